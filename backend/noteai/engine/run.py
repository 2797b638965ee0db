"""`run_stage`: the one function that the command line and every worker call."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from noteai import telemetry
from noteai.engine.artifact import Artifact, Digest
from noteai.engine.call import Call, answer, prepare
from noteai.engine.desk import Desk, open_desk
from noteai.engine.division import Division, part_call
from noteai.engine.events import Event, Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt
from noteai.engine.stage import Part, Stage
from noteai.engine.world import Run, World
from noteai.errors import Cancelled, NotApplicable, NoteAIError, TransientError, understood

__all__ = ["NeedsMissing", "Run", "World", "artifact", "failure_of", "give_up", "run_stage"]


class NeedsMissing(NotApplicable):
    """This stage needs the result of `{stage}`, which has none."""

    hint = "See what is said of `{stage}`."


def run_stage(run: Run, name: str, world: World) -> None:
    """Do one stage of a run, or find it done. Only `TransientError` and `Cancelled` escape.

    Every other end is written to the ledger and, unless the attempt was stale, told as an event.
    """
    attempt = world.ledger.claim(run.id, name)
    if attempt is None:
        return
    try:
        manifest = _answer(run, attempt, world)
        if world.ledger.done(attempt, manifest):
            facts = {"seconds": manifest.seconds, "source": manifest.source, "fraction": 1.0}
            _tell(world, attempt, "stage_done", **facts)
    except TransientError as trouble:
        world.ledger.put_off(attempt, failure_of(trouble))
        raise
    except Cancelled:
        world.ledger.release(attempt)
        raise
    except NotApplicable as why:
        if world.ledger.skipped(attempt, failure_of(why)):
            _tell(world, attempt, "stage_skipped", failure=failure_of(why))
    except Exception as raised:  # noqa: BLE001 - the one place that answers for bugs
        error = understood(raised)
        _write_down(error, attempt)
        _fail(attempt, world, error)


def give_up(run: Run, name: str, world: World, error: Exception) -> None:
    """End a stage that was put off as failed: it will not be tried again."""
    attempt = world.ledger.claim(run.id, name)
    if attempt:
        _fail(attempt, world, error)


def artifact(run: Run, world: World, kind: type[Artifact]) -> Artifact | None:
    """What the run was given or has made of a type so far."""
    if kind in run.given:
        return run.given[kind]
    manifest = _made(run, world, kind)
    return kind.model_validate_json(manifest.output) if manifest else None


def failure_of(error: Exception) -> Failure:
    """A failure in words that a user may see; a bug shows none of its insides."""
    if isinstance(error, NoteAIError):
        return Failure(
            code=error.code,
            message=error.message,
            remedy=error.remedy,
            exit_status=error.exit_status,
        )
    return Failure(
        code="internal_error",
        message=f"A defect of NoteAI stopped this stage ({type(error).__name__}).",
        remedy="Please report it with the log; running the command again goes on from here.",
    )


def _fail(attempt: Attempt, world: World, error: Exception) -> None:
    if world.ledger.failed(attempt, failure_of(error)):
        _tell(world, attempt, "stage_failed", failure=failure_of(error))


def _answer(run: Run, attempt: Attempt, world: World) -> Manifest:
    call = _prepare(run, attempt.stage, world)
    _tell(world, attempt, "stage_started")
    return answer(call, world.store, _desk(run, attempt, world), attempt.number)


def _made(run: Run, world: World, kind: type[Artifact]) -> Manifest | None:
    giver = run.workflow.giver(kind)
    record = world.ledger.records(run.id).get(giver.name) if giver else None
    return record.manifest if record else None


def _prepare(run: Run, name: str, world: World) -> Call:
    stage = run.workflow.stage(name)
    inputs: dict[str, Artifact | None] = {}
    for key, need in stage.needs.items():
        inputs[key] = artifact(run, world, need.type)
        if inputs[key] is None and not need.optional:
            giver = run.workflow.giver(need.type)
            raise NeedsMissing(stage=giver.name if giver else need.type.__name__)
    return prepare(stage, inputs, run.params_of(name), world.resources, _written(run, stage, world))


def _written(run: Run, stage: Stage, world: World) -> dict[str, Digest]:
    """Digests of what other stages made: they wrote them down."""
    kinds = {key: need.type for key, need in stage.needs.items() if need.type not in run.given}
    made = {key: _made(run, world, kind) for key, kind in kinds.items()}
    return {key: manifest.digest for key, manifest in made.items() if manifest}


def _desk(run: Run, attempt: Attempt, world: World) -> AbstractContextManager[Desk]:
    def say(fraction: float) -> None:
        _tell(world, attempt, "stage_progressed", fraction=fraction)

    def divide(
        desk: Desk, part: Part, orders: Sequence[Artifact], until: float
    ) -> Sequence[Artifact]:
        declared = run.workflow.stage(attempt.stage).part(part.name)
        calls = [part_call(run, attempt.stage, declared, order, world) for order in orders]
        return Division(world, attempt, desk, calls, until).results()

    return open_desk(world.scratch, attempt.stage, world.store, world.cancelled, say, divide)


def _tell(world: World, attempt: Attempt, kind: Any, **facts: Any) -> None:
    world.events.emit(Event(kind=kind, run=attempt.run, stage=attempt.stage, **facts))


def _write_down(error: Exception, attempt: Attempt) -> None:
    log = telemetry.logger().bind(job=attempt.run, stage=attempt.stage)
    if isinstance(error, NoteAIError):
        log.info("stage_refused", code=error.code)
    else:
        log.error("stage_broke", exc_info=error)
