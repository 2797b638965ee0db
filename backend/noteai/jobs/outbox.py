"""Wake-ups that are sent once what they are about is committed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.jobs.models import OutboxRow

Send = Callable[[UUID, Sequence[str]], None]
_PAUSE = timedelta(seconds=5)
"""Until a wake-up is tried again that could not be sent."""


def put(session: Session, job: UUID, stages: Iterable[str], after: float = 0.0) -> None:
    """Wake a wave of stages once this transaction is committed, and `after` seconds are over."""
    due = func.now() + timedelta(seconds=after)
    session.execute(insert(OutboxRow).values(job_id=job, stages=list(stages), due_at=due))


def relay(database: Database, send: Send, batch: int = 100) -> int:
    """Send what is due, and say how much it was. Any number may do so at a time.

    Raises: whatever `send` raises. What it was raised for stays and is tried again later, so
    that one that can never be sent holds up no other.
    """
    with database.transaction() as session:
        sent, trouble = _send_due(session, send, batch)
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_(sent)))
    if trouble:
        raise trouble
    return len(sent)


def _send_due(session: Session, send: Send, batch: int) -> tuple[list[int], Exception | None]:
    query = select(OutboxRow.id, OutboxRow.job_id, OutboxRow.stages)
    due = query.where(OutboxRow.due_at <= func.now()).order_by(OutboxRow.due_at, OutboxRow.id)
    sent: list[int] = []
    for row in session.execute(due.limit(batch).with_for_update(skip_locked=True)).all():
        try:
            send(row.job_id, row.stages)
        except Exception as error:  # noqa: BLE001 - raised again once the rest is committed
            later = update(OutboxRow).where(OutboxRow.id == row.id)
            session.execute(later.values(due_at=func.now() + _PAUSE))
            return sent, error
        sent.append(row.id)
    return sent, None
