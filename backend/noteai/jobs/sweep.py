"""Mends what got stuck: any number of processes may do so at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from noteai import telemetry
from noteai.database import Database
from noteai.engine.run import failure_of
from noteai.jobs import figures, outbox, parts
from noteai.jobs.advance import advance
from noteai.jobs.attempts import is_dead
from noteai.jobs.errors import WorkerLost
from noteai.jobs.graph import Workflows
from noteai.jobs.journal import Journal
from noteai.jobs.models import JobRow, StageRow
from noteai.jobs.standing import lock
from noteai.uploads.models import UploadRow
from noteai.workflows import WORKFLOWS

_ALL_LOST = 10
"""Times as many are woken where nothing runs at all: the queue itself was probably lost."""
_MOST_PATIENT = 30
"""Times as long as at first, a quarter of an hour, is the longest pause between two wake-ups."""


@dataclass(frozen=True)
class Swept:
    """How much of each kind was mended."""

    taken_back: int = 0
    """Stages whose worker died."""
    advanced: int = 0
    """Jobs that nobody advanced, or that are overdue."""
    woken: int = 0
    """Jobs with ready stages that nobody claimed."""


@dataclass(frozen=True)
class Sweeper:
    database: Database
    journal: Journal
    attempts: int
    workflows: Workflows

    def take_back(self, job: UUID, stage: str) -> bool:
        """Let another worker do a stage whose worker died, unless too many have died of it."""
        with self.database.transaction() as session:
            locked = lock(session, job, skip_locked=True)
            if locked is None:
                return False
            tries = session.scalar(
                select(StageRow.tries).where(
                    StageRow.job_id == job, StageRow.stage == stage, is_dead()
                )
            )
            if tries is None:
                return False
            parts.forget(session, job, stage)
            if locked.is_cancelled:
                _give(session, job, stage, state="cancelled", ended_at=func.now())
            elif tries >= self.attempts:
                self._lose(session, job, stage, tries)
                figures.stage_failed(session, locked, stage, WorkerLost(times=tries).code)
            else:
                self._wake_again(session, job, stage)
            advance(session, job, self.journal, self.workflows)
        return True

    def advance(self, job: UUID) -> bool:
        with self.database.transaction() as session:
            if lock(session, job, skip_locked=True) is None:
                return False
            advance(session, job, self.journal, self.workflows)
        return True

    def _lose(self, session: Session, job: UUID, stage: str, tries: int) -> None:
        why = failure_of(WorkerLost(times=tries)).model_dump()
        _give(session, job, stage, state="failed", failure=why, ended_at=func.now())
        self.journal.tell(session, job, "stage_failed", {"stage": stage, "failure": why})

    def _wake_again(self, session: Session, job: UUID, stage: str) -> None:
        _give(session, job, stage, state="ready", ready_at=func.now())
        outbox.put(session, job, [stage])
        self.journal.tell(session, job, "stage_retried", {"stage": stage, "delay": 0.0})


def sweep(
    database: Database,
    journal: Journal,
    *,
    attempts: int = 3,
    patience: float = 30.0,
    batch: int = 100,
    workflows: Workflows = WORKFLOWS,
) -> Swept:
    """Look for each kind of stuck job once, for at most `batch` of each.

    `patience`: seconds that a ready stage may wait until it is woken again. In a long queue that
    is a message too many, which lies there until a worker is free, so the pauses grow.
    """
    sweeper = Sweeper(database, journal, attempts, workflows)
    with database.transaction() as session:
        dead = session.execute(dead_leases(batch)).all()
    taken = [_mended(row.job_id, partial(sweeper.take_back, stage=row.stage)) for row in dead]
    with database.transaction() as session:
        stuck = {*session.scalars(overdue(batch)), *session.scalars(idle(batch))}
    advanced = [_mended(job, sweeper.advance) for job in stuck]
    with database.transaction() as session:
        woken = _wake(session, patience, batch)
    return Swept(sum(taken), sum(advanced), woken)


def dead_leases(batch: int) -> Any:
    return (
        select(StageRow.job_id, StageRow.stage)
        .where(is_dead())
        .order_by(StageRow.lease_until)
        .limit(batch)
    )


def overdue(batch: int) -> Any:
    is_late = and_(_unended(), JobRow.deadline < func.now())
    return select(JobRow.id).where(is_late).order_by(JobRow.deadline).limit(batch)


def idle(batch: int) -> Any:
    """Jobs of which nothing runs or is to be claimed, though their recording is there."""
    at_work = exists().where(StageRow.job_id == JobRow.id, StageRow.state.in_(("ready", "running")))
    has_come = select(UploadRow.state.not_in(("awaiting_parts", "verifying")))
    may_go_on = or_(
        JobRow.given != text("'{}'::jsonb"),
        JobRow.cancel_requested_at.is_not(None),
        has_come.where(UploadRow.id == JobRow.upload_id).scalar_subquery(),
    )
    return select(JobRow.id).where(_unended(), ~at_work, may_go_on).limit(batch)


def unclaimed(patience: float, batch: int) -> Any:
    """Stages that were woken long ago, and of whose job no wake-up waits to be sent.

    Each is woken again when it has waited twice as long as at the last time, so that a queue in
    which all are at work gets few messages. Where a worker of the queue has room, a message would
    have been heard: there the pause stays as short as at first.
    """
    return text(
        """
        WITH held AS (
            SELECT split_part(owner, '/', 1) AS worker, count(*) AS places
            FROM (SELECT owner FROM stage_runs WHERE state = 'running'
                  UNION SELECT owner FROM stage_parts WHERE state = 'running') AS work
            GROUP BY 1
        ), idle AS (
            SELECT DISTINCT unnest(queues) AS queue
            FROM workers LEFT JOIN held ON held.worker = workers.name
            WHERE seen_at > now() - :patience AND concurrency > coalesce(places, 0)
        ), stale AS (
            SELECT job_id, stage FROM stage_runs
            WHERE state = 'ready' AND ready_at < now() - :patience
              AND (woken_at IS NULL OR woken_at < ready_at OR woken_at < now() - CASE
                   WHEN queue IN (SELECT queue FROM idle) THEN :patience
                   ELSE least(woken_at - ready_at, :longest) END)
              AND NOT EXISTS (SELECT FROM outbox WHERE outbox.job_id = stage_runs.job_id)
            ORDER BY ready_at
            LIMIT CASE WHEN EXISTS (SELECT FROM stage_runs WHERE state = 'running')
                  THEN :batch ELSE :batch * :all_lost END
            FOR UPDATE SKIP LOCKED
        ), woken AS (
            UPDATE stage_runs SET woken_at = now() FROM stale
            WHERE stage_runs.job_id = stale.job_id AND stage_runs.stage = stale.stage
            RETURNING stage_runs.job_id, stage_runs.stage
        )
        INSERT INTO outbox (job_id, stages, traceparent)
        SELECT job_id, array_agg(stage), (SELECT traceparent FROM jobs WHERE id = job_id)
        FROM woken GROUP BY job_id
        """
    ).bindparams(
        patience=timedelta(seconds=patience),
        longest=timedelta(seconds=_MOST_PATIENT * patience),
        batch=batch,
        all_lost=_ALL_LOST,
    )


def _wake(session: Session, patience: float, batch: int) -> int:
    done: Any = session.execute(unclaimed(patience, batch))
    return int(done.rowcount)


def _unended() -> ColumnElement[bool]:
    return literal_column("jobs.state IN ('queued', 'running')", Boolean)


def _give(session: Session, job: UUID, stage: str, **values: Any) -> None:
    row = update(StageRow).where(StageRow.job_id == job, StageRow.stage == stage)
    freed = row.values(owner=None, lease_until=None, **values)
    session.execute(freed.execution_options(synchronize_session=False))


def _mended(job: UUID, mend: Callable[[UUID], bool]) -> bool:
    try:
        return mend(job)
    except Exception as error:  # noqa: BLE001 - one broken job holds up no other
        telemetry.logger().error("job_not_mended", job=str(job), exc_info=error)
        return False
