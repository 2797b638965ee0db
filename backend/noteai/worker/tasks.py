"""The tasks. Ids travel, and nothing is ever raised: a chord always comes to its body."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from celery import Celery
from pydantic import ValidationError

from noteai import telemetry, tracing
from noteai.engine.division import help_out
from noteai.engine.ports import Attempt, Taken
from noteai.engine.run import failure_of, run_stage
from noteai.errors import Cancelled, InputError, TransientError
from noteai.jobs import canary
from noteai.jobs.claim import Claimed
from noteai.jobs.ledger import SqlLedger
from noteai.jobs.models import JobRow
from noteai.worker.app import ADVANCE_TASK, CANARY_TASK, HELP_TASK, STAGE_TASK, TRACE_HEADER
from noteai.worker.vigil import Vigil
from noteai.worker.watched import WatchedLedger
from noteai.worker.workplace import Workplace

DONE = "done"
"""What every task returns, whatever happened: facts are in the database."""


def register(app: Celery, workplace: Callable[[], Workplace]) -> None:
    """Make the tasks of an app; `workplace` is called in the process that does the work."""

    @app.task(name=STAGE_TASK, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def stage(task: Any, job: str, stage: str) -> str:
        is_part, parent = bool(task.request.chord), _parent(task)
        work = partial(do_stage, advances=not is_part, parent=parent)
        if not _safely(lambda: work(workplace(), UUID(job), stage), job, stage):
            _safely(lambda: do_advance(workplace(), UUID(job), parent), job)
        return DONE

    @app.task(name=HELP_TASK, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def help_with(task: Any, job: str, stage: str) -> str:
        _safely(lambda: do_help(workplace(), UUID(job), stage, _parent(task)), job, stage)
        return DONE

    @app.task(name=ADVANCE_TASK, bind=True, shared=False)  # type: ignore[untyped-decorator]
    def advance(task: Any, job: str) -> str:
        _safely(lambda: do_advance(workplace(), UUID(job), _parent(task)), job)
        return DONE

    # Confirmed as it is taken, and so never given again: another one is sent in any case.
    @app.task(name=CANARY_TASK, shared=False, acks_late=False)  # type: ignore[untyped-decorator]
    def answer_canary(queue: str, number: int) -> str:
        _safely(lambda: do_answer(workplace(), queue, number))
        return DONE


def do_stage(
    place: Workplace, job: UUID, name: str, *, advances: bool = True, parent: str | None = None
) -> bool:
    """One attempt at a stage, unless it is taken or has ended: whether it was done here.

    The job `advances` in the transaction that ends the stage, and this process goes on with what
    it claimed thereby; else the chord's body does it.

    Raises: TransientError, where it is to be tried again later.
    """
    claimed = place.ledger.take(job, name)
    return claimed is not None and _go_on(place, claimed, advances, parent)


def do_help(place: Workplace, job: UUID, name: str, parent: str | None = None) -> None:
    """Parts of a stage that another holds, until none is left: nothing of the stage is decided."""
    with place.database.transaction() as session:
        row = session.get(JobRow, job)
    if row is None:
        return
    with suppress(Cancelled):
        while taken := place.parts.help(str(job), name):
            vigil = place.vigil_of_part(taken)
            facts = {"job": job, "stage": name, "attempt": taken.attempt.number}
            try:
                vigil.begin(taken.attempt)
                with (
                    telemetry.about(attempt=taken.attempt.number),
                    tracing.span(f"help with {name}", parent, **facts),
                ):
                    _help(row, taken, place, vigil)
            finally:
                vigil.end()


def do_advance(place: Workplace, job: UUID, parent: str | None = None) -> None:
    """Say what comes next, and send it at once: the relay would do so a moment later.

    Where it is one stage of a queue that this worker serves, it is done here.

    Raises: TransientError, as `do_stage`.
    """
    with tracing.span("advance", parent, job=job):
        claimed = place.ledger.advance(job, place.mover)
    if claimed:
        _go_on(place, claimed, True, parent)


def do_answer(place: Workplace, queue: str, number: int) -> None:
    """Say that a canary came through its queue to a process that works."""
    with place.database.transaction() as session:
        canary.answer(session, queue, number)


def _go_on(place: Workplace, first: Claimed, advances: bool, parent: str | None) -> bool:
    """One stage after the other, as far as they were claimed here: whether the last was done."""
    claimed: Claimed | None = first
    is_done = False
    while claimed:
        inner = place.ledger.advancing(place.mover) if advances else place.ledger
        is_done = _watch(place, claimed, inner, parent)
        claimed = inner.next
    return is_done


def _watch(place: Workplace, claimed: Claimed, inner: SqlLedger, parent: str | None) -> bool:
    vigil, attempt = place.vigil(), Attempt(str(claimed.id), claimed.stage, claimed.attempt)
    ledger = WatchedLedger(inner, vigil, attempt, claimed.records)
    facts = {"workflow": claimed.workflow, "stage": claimed.stage, "attempt": claimed.attempt}
    try:
        with (
            telemetry.about(stage=claimed.stage, attempt=claimed.attempt),
            tracing.span(f"stage {claimed.stage}", parent, job=claimed.id, **facts),
        ):
            _attempt(claimed, place, ledger, vigil)
            if inner.next:
                place.ledger.hold(inner.next)
    finally:
        vigil.end()
        place.tell_connections()
    return ledger.is_done


def _attempt(claimed: Claimed, place: Workplace, ledger: WatchedLedger, vigil: Vigil) -> None:
    name = claimed.stage
    try:
        run = place.run(claimed)
    except (InputError, ValidationError) as error:
        if attempt := ledger.claim(str(claimed.id), name):
            ledger.failed(attempt, failure_of(error))
        return
    tracing.tell(queue=run.workflow.stage(name).queue)
    with suppress(Cancelled):
        run_stage(run, name, place.world(claimed.account_id, ledger, vigil))


def _help(row: JobRow, taken: Taken, place: Workplace, vigil: Vigil) -> None:
    world = place.world(row.account_id, place.ledger, vigil)
    try:
        run = place.run(row)
    except (InputError, ValidationError):  # of another version: for the holder, who is of its own
        world.parts.leave(taken)
        return
    help_out(run, taken, world)


def _parent(task: Any) -> str | None:
    """Where in which trace the sender of a message was."""
    found = task.request.get(TRACE_HEADER)
    return found if isinstance(found, str) else None


def _safely(work: Callable[[], object], job: str = "", stage: str = "") -> bool:
    facts = {name: each for name, each in (("job", job), ("stage", stage)) if each}
    with telemetry.about(**facts):
        try:
            return bool(work())
        except TransientError as error:
            telemetry.logger().warning("task_put_off", code=error.code)
        except Exception:  # noqa: BLE001 - a failure never leaves through a chord
            telemetry.logger().exception("task_broke")
    return False
