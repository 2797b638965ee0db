"""The engine's `Parts` in Postgres: who does which part of a stage that runs.

Rows are about who works, never about results, and count only while their attempt is in force.
Time is the database's.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.engine.ports import Attempt, PartOrder, PartStanding, PartState, Taken
from noteai.jobs import outbox
from noteai.jobs.models import JobRow, PartRow, StageRow
from noteai.jobs.standing import lock

MOST_HELPERS = 16
"""Messages that ask for help with one stage; each helper goes on until nothing is left."""
_NOBODYS: dict[str, Any] = {"owner": None, "lease_until": None}


class SqlParts:
    """`owner` names this process, `lease` is seconds."""

    def __init__(self, database: Database, owner: str, lease: float) -> None:
        self._database = database
        self._owner = owner
        self._lease = timedelta(seconds=lease)

    def offer(self, attempt: Attempt, orders: Sequence[PartOrder]) -> bool:
        """Under the job's lock, so that a stale attempt does not replace its successor's."""
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            if lock(session, job) is None or session.scalar(_in_force(attempt)) is None:
                return False
            forget(session, job, attempt.stage)
            session.execute(insert(PartRow), [_row(attempt, each) for each in orders])
            if len(orders) > 1:
                helpers = min(len(orders) - 1, MOST_HELPERS)
                outbox.ask_for_help(session, job, attempt.stage, helpers)
        return True

    def take(self, attempt: Attempt) -> Taken | None:
        is_dead = and_(PartRow.state == "running", PartRow.lease_until < func.now())
        free = or_(PartRow.state.in_(("ready", "own")), is_dead)
        mine = select(PartRow.number).where(*_of(attempt), free)
        return self._taken(UUID(attempt.run), attempt.stage, mine, lease_until=None)

    def help(self, run: str, stage: str) -> Taken | None:
        job = UUID(run)
        free = (
            select(PartRow.number)
            .where(PartRow.job_id == job, PartRow.stage == stage, PartRow.state == "ready")
            .where(_goes_on())
        )
        return self._taken(job, stage, free, lease_until=func.now() + self._lease)

    def beat(self, taken: Taken, fraction: float) -> bool:
        """Also keeps the lease."""
        renewed = (
            _change(taken)
            .where(_goes_on())
            .values(
                lease_until=func.now() + self._lease,
                fraction=func.greatest(PartRow.fraction, fraction),
            )
        )
        return self._did(renewed)

    def done(self, taken: Taken, cost: float) -> bool:
        ended = _change(taken).values(state="done", fraction=1.0, cost=cost, lease_until=None)
        return self._did(ended)

    def leave(self, taken: Taken) -> bool:
        return self._give_back(taken, "own")

    def release(self, taken: Taken) -> bool:
        return self._give_back(taken, "ready")

    def standing(self, attempt: Attempt) -> Sequence[PartStanding]:
        query = select(PartRow.number, PartRow.state, PartRow.fraction, PartRow.cost)
        with self._database.transaction() as session:
            rows = session.execute(query.where(*_of(attempt)).order_by(PartRow.number)).all()
        return [PartStanding(*row) for row in rows]

    def close(self, attempt: Attempt) -> None:
        with self._database.transaction() as session:
            forget(session, UUID(attempt.run), attempt.stage, until=attempt.number)

    def _taken(self, job: UUID, stage: str, free: Select[int], **values: Any) -> Taken | None:
        first = free.order_by(PartRow.number).limit(1).with_for_update(skip_locked=True, of=PartRow)
        taken = (
            update(PartRow)
            .where(PartRow.job_id == job, PartRow.stage == stage)
            .where(PartRow.number == first.scalar_subquery())
            .values(
                state="running", take=PartRow.take + 1, owner=self._owner, fraction=0.0, **values
            )
            .returning(PartRow.attempt, PartRow.number, PartRow.part, PartRow.order, PartRow.take)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as session:
            row = session.execute(taken).one_or_none()
        if row is None:
            return None
        order = PartOrder(row.number, row.part, row.order)
        return Taken(Attempt(str(job), stage, row.attempt), order, row.take)

    def _give_back(self, taken: Taken, state: PartState) -> bool:
        return self._did(_change(taken).values(state=state, fraction=0.0, **_NOBODYS))

    def _did(self, change: Update) -> bool:
        with self._database.transaction() as session:
            return session.scalar(change.returning(PartRow.number)) is not None


def forget(session: Session, job: UUID, stage: str, until: int | None = None) -> None:
    """The parts of a stage that nobody holds any more; of attempts up to `until`."""
    rows = delete(PartRow).where(PartRow.job_id == job, PartRow.stage == stage)
    if until is not None:
        rows = rows.where(PartRow.attempt <= until)
    session.execute(rows.execution_options(synchronize_session=False))


def _row(attempt: Attempt, order: PartOrder) -> dict[str, Any]:
    return {
        "job_id": UUID(attempt.run),
        "stage": attempt.stage,
        "number": order.number,
        "attempt": attempt.number,
        "part": order.part,
        "order": order.order,
    }


def _of(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        PartRow.job_id == UUID(attempt.run),
        PartRow.stage == attempt.stage,
        PartRow.attempt == attempt.number,
    )


def _change(taken: Taken) -> Update:
    """Of a part that is still held."""
    held = (PartRow.number == taken.order.number, PartRow.take == taken.take)
    rows = update(PartRow).where(*_of(taken.attempt), *held, PartRow.state == "running")
    return rows.execution_options(synchronize_session=False)


def _in_force(attempt: Attempt) -> Select[int]:
    return select(StageRow.attempt).where(
        StageRow.job_id == UUID(attempt.run),
        StageRow.stage == attempt.stage,
        StageRow.attempt == attempt.number,
        StageRow.state == "running",
    )


def _goes_on() -> ColumnElement[bool]:
    """The stage runs under the attempt that asked for help, and nobody stopped the job."""
    return exists().where(
        StageRow.job_id == PartRow.job_id,
        StageRow.stage == PartRow.stage,
        StageRow.attempt == PartRow.attempt,
        StageRow.state == "running",
        JobRow.id == PartRow.job_id,
        JobRow.cancel_requested_at.is_(None),
        func.coalesce(JobRow.deadline > func.now(), True),
    )
