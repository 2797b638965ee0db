"""A whole run in this process: waves of stages, each wave side by side."""

import threading
from collections.abc import Callable
from typing import Literal

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from noteai.engine.artifact import Artifact
from noteai.engine.events import Event, Failure
from noteai.engine.run import Run, World, artifact, failure_of, run_stage
from noteai.errors import Cancelled, TransientError
from noteai.frozen import Frozen

RunState = Literal["completed", "completed_empty", "failed"]
ATTEMPTS = 3
_LOOK_UP = 0.1


class Outcome(Frozen):
    """How a run ended. `degraded`: optional stages failed or took a second-best way."""

    state: RunState
    degraded: bool
    warnings: tuple[str, ...]
    failures: dict[str, Failure]


def run_locally(run: Run, world: World) -> Outcome:
    """Do every stage that can be done.

    Raises:
        Cancelled: `world.cancelled` was set; what was finished stays in the store.
    """
    for wave in run.workflow.waves:
        _side_by_side([_worker(run, stage.name, world) for stage in wave], world.cancelled)
    outcome = conclude(run, world)
    world.events.emit(Event(kind="run_ended", run=run.id, state=outcome.state))
    return outcome


def conclude(run: Run, world: World) -> Outcome:
    """Read off the ledger how the run ended."""
    records = world.ledger.records(run.id)
    made = {name: _made(run, world, name) for name in records}
    failures = {name: each.failure for name, each in records.items() if each.state == "failed"}
    last = run.workflow.names[-1]
    remarks = [note for each in made.values() if each for note in each.remarks]
    return Outcome(
        state=_state(made[last]),
        degraded=bool(failures) or any(each.is_degraded for each in made.values() if each),
        warnings=tuple(dict.fromkeys(remarks)),
        failures={name: why for name, why in failures.items() if why},
    )


def _state(result: Artifact | None) -> RunState:
    if result is None:
        return "failed"
    return "completed_empty" if result.is_empty else "completed"


def _made(run: Run, world: World, name: str) -> Artifact | None:
    return artifact(run, world, run.workflow.stage(name).gives)


def _worker(run: Run, name: str, world: World) -> Callable[[], None]:
    @retry(
        retry=retry_if_exception_type(TransientError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(multiplier=1, max=20),
        reraise=True,
    )
    def work() -> None:
        run_stage(run, name, world)

    def until_decided() -> None:
        try:
            work()
        except TransientError as error:
            attempt = world.ledger.claim(run.id, name)
            if attempt:
                world.ledger.failed(attempt, failure_of(error))
        except Cancelled:
            world.cancelled.set()

    return until_decided


def _side_by_side(jobs: list[Callable[[], None]], cancelled: threading.Event) -> None:
    """Daemon threads: one that is deep in a model does not hold up whoever stops the run."""
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(_LOOK_UP)
        if cancelled.is_set():
            raise Cancelled
