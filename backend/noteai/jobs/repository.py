"""Every query about jobs that a person asks. None answers beyond the account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, tuple_
from sqlalchemy.orm import Session, selectinload

from noteai.jobs.errors import JobNotFound
from noteai.jobs.models import JobRow, JobState
from noteai.paging import Place

ShownState = Literal[JobState, "awaiting_upload"]


def shown_state(job: JobRow) -> ShownState:
    """A queued job that has not been given its recording is awaiting it."""
    return "awaiting_upload" if job.state == "queued" and not job.given else job.state


@dataclass(frozen=True)
class Filter:
    """Any state and any workflow, unless some are named."""

    states: tuple[ShownState, ...] = ()
    workflow: str | None = None
    with_edits: bool = False
    """Also jobs that change something of another one's results."""


@dataclass(frozen=True)
class Page:
    jobs: Sequence[JobRow]
    next: str | None
    """The cursor of the next page; None on the last."""


class Jobs:
    """The jobs of an account."""

    def __init__(self, session: Session, account: UUID) -> None:
        self._session = session
        self._account = account

    def get(self, job: UUID) -> JobRow:
        """With its stages, as they are in the database. Raises: JobNotFound."""
        found = self._session.scalar(self._all().where(JobRow.id == job))
        if found is None:
            raise JobNotFound
        return found

    def find(self, idempotency_key: str) -> JobRow | None:
        return self._session.scalar(self._all().where(JobRow.idempotency_key == idempotency_key))

    def page(
        self,
        wanted: Filter = Filter(),
        *,
        after: str | None = None,
        limit: int = 20,
        oldest_first: bool = False,
    ) -> Page:
        """The newest first, unless told otherwise, without their stages. Raises: BadCursor."""
        query = self._mine().where(*_fits(wanted))
        place = tuple_(JobRow.created_at, JobRow.id)
        if after:
            mark = tuple_(*Place.read(after))
            query = query.where(place > mark if oldest_first else place < mark)
        order = (JobRow.created_at, JobRow.id)
        sorted_ = query.order_by(*(order if oldest_first else (each.desc() for each in order)))
        found = self._session.scalars(sorted_.limit(limit + 1)).all()
        return Page(found[:limit], _cursor(found[limit - 1]) if len(found) > limit else None)

    def count(self, wanted: Filter = Filter()) -> int:
        query = select(func.count()).select_from(JobRow).where(JobRow.account_id == self._account)
        return self._session.scalar(query.where(*_fits(wanted))) or 0

    def _all(self) -> Select[JobRow]:
        """Stages come in one more query, however many jobs there are."""
        query = self._mine().options(selectinload(JobRow.stages))
        return query.execution_options(populate_existing=True)

    def _mine(self) -> Select[JobRow]:
        return select(JobRow).where(JobRow.account_id == self._account)


def _cursor(job: JobRow) -> str:
    return Place(job.created_at, job.id).cursor()


def _fits(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not wanted.with_edits:
        conditions.append(JobRow.parent_id.is_(None))
    if wanted.states:
        conditions.append(or_(*(_is(state) for state in wanted.states)))
    if wanted.workflow:
        conditions.append(JobRow.workflow == wanted.workflow)
    return conditions


def _is(state: ShownState) -> Any:
    is_without = JobRow.given == text("'{}'::jsonb")
    if state == "awaiting_upload":
        return and_(JobRow.state == "queued", is_without)
    if state == "queued":
        return and_(JobRow.state == "queued", ~is_without)
    return JobRow.state == state
