"""What streams read of the database. Sync: called in a thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from noteai.jobs.errors import JobNotFound
from noteai.jobs.journal import published
from noteai.jobs.models import TERMINAL, EventRow, JobRow
from noteai.jobs.repository import shown_state
from noteai.live.backlog import Event
from noteai.live.hub import Head

PAGE = 200
"""Events that are read at a time."""


@dataclass(frozen=True)
class Standing:
    """A job as it stands, and the database's time."""

    job: JobRow
    at: datetime

    @property
    def state(self) -> str:
        """As clients see it."""
        return shown_state(self.job)

    @property
    def has_ended(self) -> bool:
        return self.job.state in TERMINAL


def standing(session: Session, account: UUID, job_id: UUID) -> Standing:
    """Raises: JobNotFound."""
    found = session.execute(
        select(JobRow, func.clock_timestamp())
        .where(JobRow.id == job_id, JobRow.account_id == account)
        .options(selectinload(JobRow.stages))
    ).one_or_none()
    if found is None:
        raise JobNotFound
    return Standing(*found)


def before_end(session: Session, standing: Standing) -> int:
    """Number of the event before the one that ended a job."""
    job = standing.job
    end = session.scalar(
        select(func.max(EventRow.seq)).where(
            EventRow.job_id == job.id, EventRow.kind == "job_ended"
        )
    )
    return job.last_seq if end is None else end - 1


def events_after(session: Session, account: UUID, job_id: UUID, seq: int) -> list[Event]:
    """The next events in order, a page at most."""
    columns = (EventRow.seq, EventRow.kind, EventRow.created_at, EventRow.body)
    rows = session.execute(
        select(*columns)
        .where(EventRow.job_id == job_id, EventRow.account_id == account, EventRow.seq > seq)
        .order_by(EventRow.seq)
        .limit(PAGE)
    )
    return [published(dict(row._mapping)) for row in rows]  # noqa: SLF001 - its public name


def heads(session: Session, jobs: Sequence[UUID]) -> Mapping[UUID, Head]:
    """Of jobs that readers were let in to; a job that was deleted is left out."""
    rows = session.execute(
        select(JobRow.id, JobRow.last_seq, JobRow.state).where(JobRow.id.in_(jobs))
    )
    return {row.id: Head(row.last_seq, row.state in TERMINAL) for row in rows}
