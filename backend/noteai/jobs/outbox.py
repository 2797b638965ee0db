"""Wake-ups that are sent once what they are about is committed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Interval, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from noteai import metrics, telemetry
from noteai.database import Database, after_commit
from noteai.jobs.models import JOBS, OUTBOX, OutboxRow


class Send(Protocol):
    def __call__(
        self, job: UUID, stages: Sequence[str], helpers: int = 0, traceparent: str | None = None, /
    ) -> None:
        """Wake a wave of stages; with `helpers`, ask so many to help with a stage instead.

        What is done then belongs to the trace of `traceparent`.
        """
        ...


_PAUSE = timedelta(seconds=5)
"""Until a wake-up is tried again that could not be sent."""


CHANNEL = "noteai_outbox"
"""Where Postgres says that something was put: whoever relays listens."""
SENT = "wake_up_sent"
"""A line of the log: of who relays at level info, of who only was quicker at debug."""
_HEAD_START = 2.0
"""Seconds that a courier has before the relay sends a wake-up in its place."""
_TRACE = select(JOBS.c.traceparent).where(JOBS.c.id == bindparam("job")).scalar_subquery()
"""Also of what the sweeper wakes, long after the request."""
_PUT = (
    insert(OUTBOX)
    .values(
        job_id=bindparam("job"),
        traceparent=_TRACE,
        stages=bindparam("wave"),
        due_at=func.now() + bindparam("delay", type_=Interval),
    )
    .returning(OUTBOX.c.id, OUTBOX.c.traceparent)
)
_PUT_AND_SAID = _PUT.returning(func.pg_notify(CHANNEL, ""))
_RELAYED = ("id", "job_id", "stages", "helpers", "traceparent")
_SENT = delete(OUTBOX).where(OUTBOX.c.id == bindparam("sent"))


@dataclass(frozen=True)
class Courier:
    """Sends a wake-up as soon as it is committed, and spares the relay the work.

    Where it cannot, or dies, the relay does it a moment later: nothing is lost. What was sent but
    could not be crossed out is sent twice, which changes nothing.
    """

    database: Database
    send: Send

    def __call__(
        self, number: int, job: UUID, stages: Sequence[str], traceparent: str | None
    ) -> None:
        try:
            self.send(job, stages, 0, traceparent)
            telemetry.logger().debug(SENT, job=str(job), stages=list(stages))
            with self.database.autocommit() as connection:
                connection.execute(_SENT, {"sent": number})
        except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
            telemetry.logger().warning("wake_up_left_to_relay", job=str(job), reason=repr(error))


def put(
    session: Session,
    job: UUID,
    stages: Iterable[str],
    after: float = 0.0,
    courier: Courier | None = None,
) -> None:
    """Wake a wave of stages once this transaction is committed, and `after` seconds are over.

    With a `courier` it is sent at once, else when the relay looks next.
    """
    wave = list(stages)
    delay = timedelta(seconds=_HEAD_START if courier else after)
    facts: dict[str, Any] = {"job": job, "wave": wave, "delay": delay}
    putting = _PUT if courier or after else _PUT_AND_SAID
    row = session.execute(putting, facts).one()
    if courier:
        after_commit(session, partial(courier, row.id, job, wave, row.traceparent))


def ask_for_help(session: Session, job: UUID, stage: str, helpers: int) -> None:
    """Once this transaction is committed: for whoever has nothing else to do."""
    row = {"job_id": job, "stages": [stage], "helpers": helpers, "traceparent": _TRACE}
    put_it = insert(OUTBOX).values(row).returning(func.pg_notify(CHANNEL, ""))
    session.execute(put_it, {"job": job})


def relay(database: Database, send: Send, batch: int = 100) -> int:
    """Send what is due, and say how much it was. Any number may do so at a time.

    Raises: whatever `send` raises. What it was raised for stays and is tried again later, so
    that one that can never be sent holds up no other.
    """
    with database.transaction() as session:
        sent, trouble = _send_due(session, send, batch)
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_(sent)))
    metrics.add("noteai_relay_sent_total", len(sent))
    if trouble:
        raise trouble
    return len(sent)


def _send_due(session: Session, send: Send, batch: int) -> tuple[list[int], Exception | None]:
    query = select(*(OUTBOX.c[name] for name in _RELAYED))
    due = query.where(OutboxRow.due_at <= func.now()).order_by(OutboxRow.due_at, OutboxRow.id)
    sent: list[int] = []
    for row in session.execute(due.limit(batch).with_for_update(skip_locked=True)).all():
        try:
            send(row.job_id, row.stages, row.helpers, row.traceparent)
            telemetry.logger().info(SENT, job=str(row.job_id), stages=row.stages)
        except Exception as error:  # noqa: BLE001 - raised again once the rest is committed
            later = update(OutboxRow).where(OutboxRow.id == row.id)
            session.execute(later.values(due_at=func.now() + _PAUSE))
            return sent, error
        sent.append(row.id)
    return sent, None
