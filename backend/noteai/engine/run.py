"""`run_stage`: the one function that the command line and every worker call."""

import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noteai import telemetry
from noteai.engine.artifact import Artifact, Digest, FileRef, Params
from noteai.engine.events import Event, Failure
from noteai.engine.key import artifact_digest, cache_key
from noteai.engine.manifest import Manifest
from noteai.engine.ports import ArtifactStore, Attempt, EventSink, Ledger, Resource
from noteai.engine.stage import Stage
from noteai.engine.workflow import Workflow
from noteai.errors import Cancelled, NotApplicable, NoteAIError, TransientError, understood


@dataclass(frozen=True)
class Run:
    """One workflow on one recording. `params` holds only what differs from the defaults."""

    id: str
    workflow: Workflow
    given: Mapping[type[Artifact], Artifact]
    params: Mapping[str, Params] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Everything outside a run that it touches."""

    store: ArtifactStore
    ledger: Ledger
    events: EventSink
    resources: Mapping[Any, Resource]
    scratch: Path
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Call:
    """A stage with all that it is called with, before its folder is made."""

    stage: Stage
    inputs: Mapping[str, Artifact | None]
    params: Params
    resources: Mapping[str, Resource | None]

    @property
    def identities(self) -> dict[str, str]:
        return {key: each.identity if each else "none" for key, each in self.resources.items()}

    @property
    def input_digests(self) -> dict[str, Digest | None]:
        return {key: artifact_digest(each) if each else None for key, each in self.inputs.items()}

    @property
    def key(self) -> Digest:
        return cache_key(self.stage, self.input_digests, self.params, self.identities)


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
        if world.ledger.failed(attempt, failure_of(error)):
            _tell(world, attempt, "stage_failed", failure=failure_of(error))


def artifact(run: Run, world: World, kind: type[Artifact]) -> Artifact | None:
    """What the run was given or has made of a type so far."""
    if kind in run.given:
        return run.given[kind]
    giver = run.workflow.giver(kind)
    record = world.ledger.records(run.id).get(giver.name) if giver else None
    if record is None or record.manifest is None:
        return None
    return kind.model_validate(record.manifest.output)


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


def _answer(run: Run, attempt: Attempt, world: World) -> Manifest:
    call = _prepare(run, attempt.stage, world)
    _tell(world, attempt, "stage_started")
    found = world.store.load(call.key)
    if found and all(world.store.has(ref) for ref in found.files):
        return found.model_copy(update={"source": "cached", "attempt": attempt.number})
    manifest = _execute(call, attempt, world)
    if not manifest.is_degraded:
        world.store.save(manifest)
    return manifest


def _prepare(run: Run, name: str, world: World) -> Call:
    stage = run.workflow.stage(name)
    inputs: dict[str, Artifact | None] = {}
    for key, need in stage.needs.items():
        inputs[key] = artifact(run, world, need.type)
        if inputs[key] is None and not need.optional:
            giver = run.workflow.giver(need.type)
            raise NeedsMissing(stage=giver.name if giver else need.type.__name__)
    resources = {key: world.resources.get(_plain(hint)) for key, hint in stage.resources.items()}
    return Call(stage, inputs, run.params.get(name) or stage.params(), resources)


def _execute(call: Call, attempt: Attempt, world: World) -> Manifest:
    started = time.monotonic()
    with _desk(attempt, world) as desk:
        result = call.stage.call(**_arguments(call, desk))
    return Manifest(
        key=call.key,
        stage=call.stage.name,
        version=call.stage.version,
        inputs=call.input_digests,
        params=call.params.model_dump(mode="json"),
        resources=call.identities,
        output=result.model_dump(mode="json"),
        digest=artifact_digest(result),
        files=tuple(desk.kept),
        seconds=time.monotonic() - started,
        peak_memory=_peak_memory(),
        cost=desk.cost,
        is_degraded=result.is_degraded,
        attempt=attempt.number,
    )


def _arguments(call: Call, desk: "Desk") -> dict[str, Any]:
    arguments: dict[str, Any] = {**call.inputs, **call.resources}
    if call.stage.params_name:
        arguments[call.stage.params_name] = call.params
    if call.stage.context_name:
        arguments[call.stage.context_name] = desk
    return arguments


@dataclass
class Desk:
    """The context of one attempt at a stage."""

    workdir: Path
    store: ArtifactStore
    cancelled: threading.Event
    say: Callable[[float], None]
    kept: list[FileRef] = field(default_factory=list)
    cost: float = 0.0
    _reached: float = 0.0

    def fetch(self, ref: FileRef) -> Path:
        return self.store.fetch(ref, self.workdir)

    def keep(self, path: Path, media_type: str) -> FileRef:
        self.kept.append(self.store.put(path, media_type))
        return self.kept[-1]

    def progress(self, fraction: float) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        self._reached = max(self._reached, min(1.0, fraction))
        self.say(self._reached)

    def charge(self, dollars: float) -> None:
        self.cost += dollars


@contextmanager
def _desk(attempt: Attempt, world: World) -> Iterator[Desk]:
    world.scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{attempt.stage}-", dir=world.scratch))

    def say(fraction: float) -> None:
        _tell(world, attempt, "stage_progressed", fraction=fraction)

    try:
        yield Desk(folder, world.store, world.cancelled, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(world: World, attempt: Attempt, kind: Any, **facts: Any) -> None:
    world.events.emit(Event(kind=kind, run=attempt.run, stage=attempt.stage, **facts))


def _write_down(error: Exception, attempt: Attempt) -> None:
    log = telemetry.logger().bind(stage=attempt.stage, run=attempt.run)
    if isinstance(error, NoteAIError):
        log.info("stage_refused", code=error.code)
    else:
        log.error("stage_broke", exc_info=error)


def _plain(hint: Any) -> Any:
    """`LanguageModel | None` is looked up as `LanguageModel`."""
    arguments = [each for each in getattr(hint, "__args__", ()) if each is not type(None)]
    return arguments[0] if len(arguments) == 1 else hint


def _peak_memory() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(each).ru_maxrss for each in who) * unit
