"""A whole run in this process: waves of stages, each wave side by side."""

import threading
from collections.abc import Callable

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from noteai.engine.events import Event
from noteai.engine.outcome import Outcome, conclude
from noteai.engine.run import Run, World, give_up, run_stage
from noteai.errors import Cancelled, TransientError

ATTEMPTS = 3
_LOOK_UP = 0.1


def run_locally(run: Run, world: World) -> Outcome:
    """Do every stage that can be done.

    Raises:
        Cancelled: `world.cancelled` was set; what was finished stays in the store.
    """
    for wave in run.workflow.waves:
        _side_by_side([_worker(run, stage.name, world) for stage in wave], world.cancelled)
    outcome = conclude(run.workflow, world.ledger.records(run.id))
    world.events.emit(Event(kind="run_ended", run=run.id, state=outcome.state))
    return outcome


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
            give_up(run, name, world, error)
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
