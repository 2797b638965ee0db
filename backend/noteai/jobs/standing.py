"""A job under its lock, and how its stages stand.

Whoever changes a job or one of its stages locks the job first, so that two never wait for each
other. The lock lets others refer to the job: events and outbox rows of other jobs' stages go on.
"""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, bindparam, cast, func, select
from sqlalchemy.orm import Session

from noteai.jobs.graph import StageFacts
from noteai.jobs.models import JOBS, STAGES, TERMINAL, JobState, StageState


class Locked(NamedTuple):
    state: JobState
    is_cancelled: bool
    is_overdue: bool
    upload_id: UUID
    workflow: str
    without: list[str]
    given: dict[str, Any]
    duration: float | None
    age: float
    """Seconds since it was submitted."""

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


_JOB = select(
    JOBS.c.state,
    JOBS.c.cancel_requested_at.is_not(None),
    func.coalesce(JOBS.c.deadline < func.now(), False),
    *(JOBS.c[name] for name in Locked._fields[3:-1]),
    cast(func.extract("epoch", func.now() - JOBS.c.created_at), Float),
).where(JOBS.c.id == bindparam("job"))
_LOCKED = _JOB.with_for_update(key_share=True)
_LOCKED_IF_FREE = _JOB.with_for_update(key_share=True, skip_locked=True)
_STAGES = (
    select(*(STAGES.c[name] for name in Standing._fields))
    .where(STAGES.c.job_id == bindparam("job"))
    .order_by(STAGES.c.position)
)


def lock(session: Session, job: UUID, *, skip_locked: bool = False) -> Locked | None:
    """None where there is no such job, or where another has it and that is to be skipped."""
    query = _LOCKED_IF_FREE if skip_locked else _LOCKED
    row = session.execute(query, {"job": job}).one_or_none()
    return Locked(*row) if row else None


def stages(session: Session, job: UUID) -> list[Standing]:
    return [Standing(*row) for row in session.execute(_STAGES, {"job": job})]


def facts(session: Session, job: UUID) -> list[StageFacts]:
    return [each.facts for each in stages(session, job)]
