"""How a job stands, asked often: an ETag that did not change costs a share of a small statement,
and who waits for a change holds neither a thread nor a connection to the database.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from uuid import UUID

from anyio import to_thread
from fastapi import Response, status
from sqlalchemy import JSON, Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.jobs import views
from noteai.jobs.errors import JobNotFound
from noteai.jobs.models import TERMINAL, JobRow, StageRow
from noteai.live.stream import Live

_SHOWN = (
    "id",
    "title",
    "upload_id",
    "parent_id",
    "workflow",
    "without",
    "params",
    "given",
    "state",
    "is_degraded",
    "warnings",
    "failure",
    "fraction",
    "duration",
    "cancel_requested_at",
    "created_at",
    "started_at",
    "ended_at",
    "last_seq",
)
"""Columns of a job that its view is made of."""


@dataclass(frozen=True)
class Question:
    database: Database
    live: Live
    account: UUID
    job: UUID
    known: str | None
    """ETags that the client has, as it sent them."""


@dataclass(frozen=True)
class Standing:
    """The body is None where the client has it already."""

    seq: int
    body: bytes | None
    has_ended: bool = False

    def response(self) -> Response:
        headers = {"ETag": etag(self.seq), "Cache-Control": "no-cache"}
        if self.body is None:
            return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(self.body, media_type="application/json", headers=headers)


def etag(seq: int) -> str:
    """Weak: estimates differ from one moment to the next."""
    return f'W/"{seq}"'


def is_known(seq: int, known: str | None) -> bool:
    """Whether one of the ETags of `If-None-Match` is that of `seq`; `*` is any."""
    given = {each.strip().removeprefix("W/") for each in (known or "").split(",")}
    return "*" in given or f'"{seq}"' in given


async def ask(question: Question, wait: float) -> Response:
    """Raises: JobNotFound, DatabaseUnavailable."""
    if not wait:
        return (await _look(question)).response()
    with question.live.hub.watch(question.job) as watch:
        standing = await _look(question)
        if standing.body is not None and (question.known or standing.has_ended):
            return standing.response()
        watch.backlog.begin(standing.seq)
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while watch.has_all and not watch.is_gone and loop.time() < until:
            await watch.wait(until - loop.time())
        return (await _look(question)).response()


async def _look(question: Question) -> Standing:
    if question.known:
        seq = await question.live.sequences.newest(question.account, question.job)
        if is_known(seq, question.known):
            return Standing(seq, None)
    return await to_thread.run_sync(_read, question)


def _read(question: Question) -> Standing:
    with question.database.autocommit() as connection:
        asked = {"job": question.job, "account": question.account}
        row: Any = connection.execute(_JOB, asked).one_or_none()
        if row is None:
            raise JobNotFound
        return _whole(row, question.live, Session(connection))


def _whole(row: Row[Any], live: Live, session: Session) -> Standing:
    facts = {**row._mapping, "stages": [_Stage.read(each) for each in row.stages]}  # noqa: SLF001 - its public name
    job = cast("JobRow", SimpleNamespace(**facts))
    view = views.view(job, live.eta(session, job, row.at))
    return Standing(job.last_seq, view.model_dump_json().encode(), job.state in TERMINAL)


class _Stage(NamedTuple):
    """What is shown of a `StageRow`, from one statement with its job."""

    stage: str
    state: str
    queue: str
    attempt: int
    fraction: float
    source: str | None
    seconds: float | None
    cost: float
    started_at: datetime | None
    ended_at: datetime | None
    failure: dict[str, Any] | None

    @classmethod
    def read(cls, facts: list[Any]) -> "_Stage":
        found = cls(*facts)
        return found._replace(started_at=_moment(facts[8]), ended_at=_moment(facts[9]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_STAGES = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(*(getattr(StageRow, name) for name in _Stage._fields)),
                StageRow.position,
            ),
            type_=JSON,
        )
    )
    .where(StageRow.job_id == JobRow.id)
    .scalar_subquery()
)
_JOB = select(
    *(getattr(JobRow, name) for name in _SHOWN),
    _STAGES.label("stages"),
    func.clock_timestamp().label("at"),
).where(JobRow.id == bindparam("job"), JobRow.account_id == bindparam("account"))
