"""A job under its lock, and how its stages stand.

Whoever changes a job or one of its stages locks the job first, so that two never wait for each
other. The lock lets others refer to the job: events and outbox rows of other jobs' stages go on.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from noteai.jobs.graph import StageFacts
from noteai.jobs.models import TERMINAL, JobRow, JobState, StageRow, StageState


class Locked(NamedTuple):
    state: JobState
    is_cancelled: bool
    is_overdue: bool

    @property
    def has_ended(self) -> bool:
        return self.state in TERMINAL


class Standing(NamedTuple):
    stage: str
    state: StageState
    fraction: float
    attempt: int
    tries: int
    failure: dict[str, object] | None

    @property
    def facts(self) -> StageFacts:
        return StageFacts(self.stage, self.state, self.fraction)


def lock(session: Session, job: UUID, *, skip_locked: bool = False) -> Locked | None:
    """None where there is no such job, or where another has it and that is to be skipped."""
    query = select(
        JobRow.state,
        JobRow.cancel_requested_at.is_not(None),
        func.coalesce(JobRow.deadline < func.now(), False),
    )
    row = session.execute(
        query.where(JobRow.id == job).with_for_update(key_share=True, skip_locked=skip_locked)
    ).one_or_none()
    return Locked(*row) if row else None


def stages(session: Session, job: UUID) -> list[Standing]:
    query = select(
        StageRow.stage,
        StageRow.state,
        StageRow.fraction,
        StageRow.attempt,
        StageRow.tries,
        StageRow.failure,
    )
    rows = session.execute(query.where(StageRow.job_id == job).order_by(StageRow.position))
    return [Standing(*row) for row in rows]


def facts(session: Session, job: UUID) -> list[StageFacts]:
    return [each.facts for each in stages(session, job)]
