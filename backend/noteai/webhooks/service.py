"""What people do with webhooks. Each takes the account, and knows no webhook of another."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert
from sqlalchemy.orm import Session

from noteai.errors import InputError
from noteai.webhooks import repository, signing
from noteai.webhooks.errors import TooManyWebhooks, WebhookDisabled
from noteai.webhooks.models import ENDS, PING, DeliveryRow, Event, WebhookRow
from noteai.webhooks.target import Guard


@dataclass(frozen=True)
class HookOrder:
    """A webhook that is wanted. The default events are the ways in which a job ends."""

    url: str
    events: tuple[Event, ...] = ENDS
    description: str = ""
    secret: str = field(default_factory=signing.new_secret)


def checked(order: HookOrder, guard: Guard) -> HookOrder:
    """As it is kept. Looks the host up, so not in a transaction.

    Raises: TargetRefused, SecretRefused.
    """
    signing.check_secret(order.secret)
    return replace(order, url=str(guard.check(order.url).url))


def checked_for_job(order: HookOrder, guard: Guard) -> HookOrder:
    """The same; errors are about fields of `webhook`. Raises: TargetRefused, SecretRefused."""
    with _inside("webhook"):
        return checked(order, guard)


def add(session: Session, account: UUID, order: HookOrder, *, limit: int) -> WebhookRow:
    """For all jobs of the account. Raises: TooManyWebhooks."""
    if repository.count(session, account) >= limit:
        raise TooManyWebhooks(limit=limit)
    return _insert(session, account, order, None)


def add_for_job(session: Session, account: UUID, job: UUID, order: HookOrder) -> WebhookRow:
    return _insert(session, account, order, job)


def change(
    session: Session, account: UUID, webhook: UUID, changes: Mapping[str, Any]
) -> WebhookRow:
    """Give some of its fields other values: to enable it forgets its failures.

    Raises: WebhookNotFound.
    """
    row = repository.get(session, account, webhook, locked=True)
    for name, value in changes.items():
        setattr(row, name, value)
    if changes.get("is_enabled") is True:
        row.disabled_by, row.failing_since = None, None
    elif "is_enabled" in changes and row.disabled_by is None:
        row.disabled_by = "request"
    return row


def rotate(
    session: Session, account: UUID, webhook: UUID, secret: str | None, overlap: float
) -> WebhookRow:
    """Sign with a new secret, and for `overlap` seconds with the old one, too.

    Raises: WebhookNotFound, SecretRefused.
    """
    fresh = signing.check_secret(secret or signing.new_secret())
    row = repository.get(session, account, webhook, locked=True)
    until = _now(session) + timedelta(seconds=overlap)
    row.previous_secret = row.secret if overlap else None
    row.previous_until = until if overlap else None
    row.secret = fresh
    return row


def delete(session: Session, account: UUID, webhook: UUID) -> None:
    """With its deliveries; nothing more is sent. Raises: WebhookNotFound."""
    session.delete(repository.get(session, account, webhook, locked=True))


def ping(session: Session, account: UUID, webhook: UUID) -> DeliveryRow:
    """A test event, in its turn. Raises: WebhookNotFound, WebhookDisabled."""
    _check_enabled(repository.get(session, account, webhook))
    said = {"type": PING, "timestamp": datetime.now(UTC).isoformat()}
    body = json.dumps({**said, "data": {"webhook_id": str(webhook)}})
    made = insert(DeliveryRow).values(webhook_id=webhook, event=PING, body=body)
    return session.scalars(made.returning(DeliveryRow)).one()


def redeliver(session: Session, account: UUID, webhook: UUID, delivery: UUID) -> DeliveryRow:
    """Once more, after all that waits; what waits itself is tried at once.

    Raises: WebhookNotFound, DeliveryNotFound, WebhookDisabled.
    """
    hook = repository.get(session, account, webhook)
    row = repository.get_delivery(session, hook, delivery)
    _check_enabled(hook)
    if row.state != "pending":
        row.position = _next_position()
        row.state, row.ended_at, row.tries, row.since = "pending", None, 0, func.now()
    row.due_at = func.now()
    session.flush()
    session.refresh(row)
    return row


def _insert(session: Session, account: UUID, order: HookOrder, job: UUID | None) -> WebhookRow:
    row = WebhookRow(
        account_id=account,
        job_id=job,
        url=order.url,
        description=order.description,
        events=list(dict.fromkeys(order.events)),
        secret=order.secret,
    )
    session.add(row)
    session.flush()
    return row


def _check_enabled(row: WebhookRow) -> None:
    if not row.is_enabled:
        raise WebhookDisabled


def _next_position() -> Any:
    return func.nextval(func.pg_get_serial_sequence(DeliveryRow.__tablename__, "position"))


def _now(session: Session) -> datetime:
    return session.execute(func.now().select()).scalar_one()


@contextmanager
def _inside(part: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        error.field = f"{part}.{error.field}"
        raise
