"""What happened to a job, numbered without gaps, kept, and told to whoever listens."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from noteai import telemetry
from noteai.database import after_commit
from noteai.jobs.models import EVENTS, JOBS

Publisher = Callable[[UUID, Sequence[Mapping[str, Any]]], None]
"""Events of a job, in their order. Best effort: it never raises."""
Message = tuple[str, Mapping[str, Any]]
"""A kind and a body."""
_NONE: Mapping[str, Any] = {}
_SAID = ("seq", "source", "seconds", "delay", "state")
_WORRYING = ("stage_failed", "stage_retried", "job_ended")
"""Where a failure is told of it."""


class Journal:
    def __init__(self, publish: Publisher) -> None:
        self._publish = publish

    def tell(
        self,
        session: Session,
        job_id: UUID,
        kind: str,
        body: Mapping[str, Any],
        *,
        reached: float = 0.0,
        changes: Mapping[str, Any] = _NONE,
    ) -> int:
        """Write an event, and publish it once it is committed: its number, or 0 without a job.

        `reached` is how far the job is by now, and `changes` are of the job's row: they are made
        first, so that the event's `state` and `fraction` are those after it.
        """
        return self.tell_all(session, job_id, [(kind, body)], reached=reached, changes=changes)

    def tell_all(
        self,
        session: Session,
        job_id: UUID,
        messages: Sequence[Message],
        *,
        reached: float = 0.0,
        changes: Mapping[str, Any] = _NONE,
    ) -> int:
        """Several at once, in their order: the number of the last."""
        change(session, job_id, changes)
        given = spelled(messages)
        terms = {"job": job_id, "count": len(given), "messages": given, "reached": reached}
        rows = session.execute(_TOLD, terms).all()
        said = [published(dict(row._mapping)) for row in rows]  # noqa: SLF001 - its public name
        after_commit(session, partial(self.publish, job_id, said))
        return int(rows[-1].seq) if rows else 0

    def publish(self, job_id: UUID, messages: Sequence[Mapping[str, Any]]) -> None:
        """Tell whoever listens what has been committed."""
        self._publish(job_id, messages)
        for message in messages:
            _say(job_id, message)


def _say(job_id: UUID, message: Mapping[str, Any]) -> None:
    """Who follows a job in the logs of all processes sees what its events say, too."""
    kind, failure = message["kind"], message.get("failure") or {}
    if kind == "stage_progressed":
        return
    facts = {name: message[name] for name in _SAID if name in message}
    place = {name: message.get(name) for name in ("stage", "attempt")}
    code = {"code": failure["code"]} if failure else {}
    log = telemetry.logger()
    write = log.warning if failure and kind in _WORRYING else log.info
    write(kind, job=str(job_id), **place, **facts, **code)


def change(session: Session, job_id: UUID, changes: Mapping[str, Any]) -> None:
    """Columns of a job's row."""
    if changes:
        session.execute(update(JOBS).where(JOBS.c.id == job_id).values(**changes))


def spelled(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """As the statements that write events take them."""
    return [{"kind": kind, "body": body} for kind, body in messages]


def _telling() -> Any:
    """One statement that counts the events in the job's row and writes them down."""
    job = (
        update(JOBS)
        .where(JOBS.c.id == bindparam("job"))
        .values(
            last_seq=JOBS.c.last_seq + bindparam("count", type_=BigInteger),
            fraction=func.greatest(JOBS.c.fraction, bindparam("reached", type_=Float)),
        )
        .returning(
            *(JOBS.c[name] for name in ("id", "account_id", "last_seq", "state", "fraction")),
            func.clock_timestamp().label("at"),
        )
        .cte("job")
    )
    message = (
        func.jsonb_array_elements(bindparam("messages", type_=JSONB))
        .table_valued("value", with_ordinality="number", name="message", joins_implicitly=True)
        .render_derived()
    )
    said = type_coerce(message.c.value, JSONB)
    standing = func.jsonb_build_object("state", job.c.state, "fraction", job.c.fraction)
    rows = select(
        job.c.id,
        job.c.last_seq - bindparam("count", type_=BigInteger) + message.c.number,
        job.c.account_id,
        said["kind"].astext,
        job.c.at,
        said["body"].op("||", return_type=JSONB)(standing),
    ).order_by(message.c.number)
    columns = ("job_id", "seq", "account_id", "kind", "created_at", "body")
    return (
        insert(EVENTS)
        .from_select(columns, rows)
        .returning(*(EVENTS.c[name] for name in ("seq", "kind", "created_at", "body")))
    )


_TOLD = _telling()


def published(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as it goes over the wire."""
    at = event["created_at"].isoformat()
    return {"seq": event["seq"], "kind": event["kind"], "at": at, **event["body"]}
