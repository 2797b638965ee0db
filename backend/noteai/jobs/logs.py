"""What happened to a job and what workers said about it, in the order in which it arrived.

A worker's line has the number of the job's newest event, after which it comes. The job is locked
for that moment, so that whoever has read up to an event misses nothing that stands before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.jobs.models import EventRow, JobRow, LogRow

Level = Literal["info", "warning", "error"]
LEVELS: tuple[Level, ...] = ("info", "warning", "error")
MOST = 2000
"""Lines of workers about one job."""
_SAID = ("stage", "attempt", "failure")
"""What a line has fields of its own for."""
_DEFECT = "A defect of NoteAI: please report it with its reference."


@dataclass(frozen=True)
class Line:
    """What a worker said about a job, without secrets and not too long."""

    job: UUID
    at: datetime
    level: Level
    event: str
    stage: str | None = None
    attempt: int | None = None
    fields: dict[str, Any] | None = None
    reference: str | None = None
    traceback: str | None = None


class Place(NamedTuple):
    """Where a page ended: after an event, or after a line that followed it."""

    seq: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"{self.seq}.{self.line}" if self.line else str(self.seq)

    @classmethod
    def read(cls, cursor: str) -> "Place":
        """Of a cursor that has the form of one."""
        seq, _, line = cursor.partition(".")
        return cls(int(seq), int(line or 0))


def write(database: Database, lines: Iterable[Line]) -> None:
    """Lines of jobs that are gone, or that have very many already, are left out.

    Raises: DatabaseUnavailable: some may have been written.
    """
    by_job: dict[UUID, list[Line]] = defaultdict(list)
    for each in lines:
        by_job[each.job].append(each)
    for job, said in by_job.items():
        with database.transaction() as session:
            _write(session, job, said)


def _write(session: Session, job: UUID, said: Sequence[Line]) -> None:
    newest = select(JobRow.last_seq).where(JobRow.id == job).with_for_update(read=True)
    seq = session.scalar(newest)
    if seq is None:
        return
    there = session.scalar(select(func.count()).where(LogRow.job_id == job)) or 0
    rows = [_row(each, seq) for each in _fitting(said, MOST - there)]
    if rows:
        session.execute(insert(LogRow), rows)


def _fitting(said: Sequence[Line], room: int) -> list[Line]:
    """The first of them; the last for which there is room says that there is none for more."""
    if len(said) < room or room <= 0:
        return list(said[: max(0, room)])
    full = replace(
        said[room - 1], level="warning", event="log_full", fields={}, reference=None, traceback=None
    )
    return [*said[: room - 1], full]


def _row(line: Line, seq: int) -> dict[str, Any]:
    facts = {name: each for name, each in vars(line).items() if name not in ("job", "fields")}
    return {**facts, "job_id": line.job, "seq": seq, "fields": line.fields or {}}


def read(
    session: Session,
    job: UUID,
    after: Place,
    limit: int,
    *,
    level: Level = "info",
    stage: str | None = None,
) -> Sequence[Row[Any]]:
    """Of this level and above, `limit` at most; steps of progress are left out."""
    said = union_all(_events(job, after), _lines(job, after)).subquery()
    query = select(said).where(said.c.level.in_(LEVELS[LEVELS.index(level) :]))
    if stage:
        query = query.where(said.c.stage == stage)
    return session.execute(query.order_by(said.c.seq, said.c.line).limit(limit)).all()


def place_of(row: Row[Any]) -> Place:
    return Place(row.seq, row.line)


def facts_of(row: Row[Any]) -> dict[str, Any]:
    return {name: each for name, each in row.facts.items() if name not in _SAID}


def message_of(row: Row[Any]) -> str:
    if row.line:
        return _DEFECT if row.reference else ""
    return str((row.facts.get("failure") or {}).get("message", ""))


def _events(job: UUID, after: Place) -> Select[Any]:
    body = EventRow.body
    return select(
        EventRow.seq.label("seq"),
        literal(0, BigInteger).label("line"),
        EventRow.created_at.label("at"),
        _level().label("level"),
        cast(EventRow.kind, String).label("event"),
        body["stage"].astext.label("stage"),
        cast(body["attempt"].astext, Integer).label("attempt"),
        body.label("facts"),
        cast(null(), String).label("reference"),
    ).where(EventRow.job_id == job, EventRow.seq > after.seq, EventRow.kind != "stage_progressed")


def _lines(job: UUID, after: Place) -> Select[Any]:
    return select(
        LogRow.seq,
        LogRow.id,
        LogRow.at,
        LogRow.level,
        LogRow.event,
        LogRow.stage,
        LogRow.attempt,
        LogRow.fields,
        LogRow.reference,
    ).where(LogRow.job_id == job, tuple_(LogRow.seq, LogRow.id) > tuple_(*after))


def _level() -> ColumnElement[str]:
    has_failure = func.jsonb_typeof(EventRow.body["failure"]) == "object"
    is_warning = EventRow.kind.in_(("stage_retried", "stage_skipped"))
    return case((is_warning, "warning"), (has_failure, "error"), else_="info")
