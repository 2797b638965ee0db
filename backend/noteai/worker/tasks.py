"""The two tasks. Ids travel, and nothing is ever raised: a chord always comes to its body."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from celery import Celery
from pydantic import ValidationError

from noteai import telemetry
from noteai.engine.run import failure_of, run_stage
from noteai.errors import Cancelled, InputError, TransientError
from noteai.jobs import outbox
from noteai.jobs.advance import advance
from noteai.jobs.models import JobRow
from noteai.worker.app import ADVANCE_TASK, STAGE_TASK
from noteai.worker.vigil import Vigil
from noteai.worker.watched import WatchedLedger
from noteai.worker.workplace import Workplace

DONE = "done"
"""What every task returns, whatever happened: facts are in the database."""
_BATCH = 20


def register(app: Celery, workplace: Callable[[], Workplace]) -> None:
    """Make the tasks of an app; `workplace` is called in the process that does the work."""

    @app.task(name=STAGE_TASK, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def stage(task: Any, job: str, stage: str) -> str:
        went_well = _safely(lambda: do_stage(workplace(), UUID(job), stage), job, stage)
        if not (went_well and task.request.chord):  # else the chord's body does it
            _safely(lambda: do_advance(workplace(), UUID(job)), job)
        return DONE

    @app.task(name=ADVANCE_TASK, shared=False)  # type: ignore[untyped-decorator]
    def advance(job: str) -> str:
        _safely(lambda: do_advance(workplace(), UUID(job)), job)
        return DONE


def do_stage(place: Workplace, job: UUID, name: str) -> bool:
    """One attempt at a stage, unless it is taken or has ended: whether it was done here.

    Raises: TransientError, where it is to be tried again later.
    """
    with place.database.transaction() as session:
        row = session.get(JobRow, job)
    if row is None:
        return False
    vigil = place.vigil()
    ledger = WatchedLedger(place.ledger, vigil)
    try:
        _attempt(row, name, place, ledger, vigil)
    finally:
        vigil.end()
    return ledger.is_done


def do_advance(place: Workplace, job: UUID) -> None:
    """Say what comes next, and send it at once: the relay would do so a moment later."""
    with place.database.transaction() as session:
        advance(session, job, place.journal, place.workflows)
    outbox.relay(place.database, place.send, _BATCH)


def _attempt(row: JobRow, name: str, place: Workplace, ledger: WatchedLedger, vigil: Vigil) -> None:
    try:
        run = place.run(row)
    except (InputError, ValidationError) as error:
        if attempt := ledger.claim(str(row.id), name):
            ledger.failed(attempt, failure_of(error))
        return
    with suppress(Cancelled):
        run_stage(run, name, place.world(row.account_id, ledger, vigil))


def _safely(work: Callable[[], object], job: str, stage: str = "") -> bool:
    log = telemetry.logger().bind(run=job, stage=stage)
    try:
        return bool(work())
    except TransientError as error:
        log.warning("task_put_off", code=error.code)
    except Exception:  # a failure never leaves through a chord
        log.exception("task_broke")
    return False
