"""A job goes with all that was found, and with what it kept in the store."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from noteai.jobs.errors import JobNotEnded
from noteai.jobs.models import TERMINAL, JobRow, StageRow
from noteai.jobs.service import locked
from noteai.uploads import discards
from noteai.uploads import repository as uploads

_LIFE = 24 * 3600.0


def delete(
    session: Session,
    account: UUID,
    job_id: UUID,
    *,
    after: float = discards.GRACE,
    upload_life: float = _LIFE,
) -> None:
    """With all that its stages found, and the changes of it, ended or not.

    What it kept in the store follows `after` seconds later, as far as no other job needs it, and
    its upload `upload_life` seconds after the last job that was made of it.

    Raises: JobNotFound, JobNotEnded.
    """
    job = locked(session, account, job_id)
    if job.state not in TERMINAL:
        raise JobNotEnded(state=job.state)
    family = (job_id, *_edits(session, job_id))
    kept = select(StageRow.kept).where(StageRow.job_id.in_(family), StageRow.kept.is_not(None))
    names = {name for row in session.scalars(kept) for name in row or ()}
    if job.parent_id:
        _hand_over(session, job.parent_id, names)
    else:
        discards.put(session, account, names, after)
    uploads.keep(session, job.upload_id, upload_life)
    session.expunge(job)
    session.execute(sql_delete(JobRow).where(JobRow.id == job_id))


def _edits(session: Session, job: UUID) -> Sequence[UUID]:
    """Locked first, as whoever ends one of them does, and before the rows that it changes."""
    query = select(JobRow.id).where(JobRow.parent_id == job).order_by(JobRow.id)
    return session.scalars(query.with_for_update()).all()


def _hand_over(session: Session, parent: UUID, names: Collection[str]) -> None:
    """What a change made may be what the job shows: it goes with the job."""
    last = select(func.max(StageRow.position)).where(
        StageRow.job_id == parent, StageRow.kept.is_not(None)
    )
    row = update(StageRow).where(
        StageRow.job_id == parent, StageRow.position == last.scalar_subquery()
    )
    more = row.values(kept=StageRow.kept.concat(sorted(names)))
    session.execute(more.execution_options(synchronize_session=False))
