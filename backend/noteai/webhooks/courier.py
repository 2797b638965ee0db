"""Carries deliveries out: any number of couriers, each with one at a time.

A webhook's deliveries go out one after the other, so the webhook is what a courier takes the
lease of. Whoever settles asks for the fence: one that was asleep past its lease changes nothing.
A courier that dies between sending and settling has its delivery sent again, with the same id.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from noteai import metrics, telemetry
from noteai.database import Database, after_commit
from noteai.webhooks import signing
from noteai.webhooks.models import DeliveryRow, WebhookRow
from noteai.webhooks.patience import Patience
from noteai.webhooks.sending import Answer

Post = Callable[[str, Mapping[str, str], bytes], Answer]
"""URL, headers, body. It never raises for what the other side does."""

_USUAL = Patience()
_ATTEMPTS_KEPT = 30
_KEPT = timedelta(days=30)
_BATCH = 1000
_DUE = text(
    """
    WITH RECURSIVE heads AS (
        (SELECT webhook_id, due_at FROM webhook_deliveries WHERE state = 'pending'
         ORDER BY webhook_id, position LIMIT 1)
        UNION ALL
        SELECT next.webhook_id, next.due_at FROM heads, LATERAL (
            SELECT webhook_id, due_at FROM webhook_deliveries
            WHERE state = 'pending' AND webhook_id > heads.webhook_id
            ORDER BY webhook_id, position LIMIT 1
        ) AS next
    )
    SELECT webhooks.id FROM heads JOIN webhooks ON webhooks.id = heads.webhook_id
    WHERE heads.due_at <= now() AND webhooks.is_enabled
      AND (webhooks.lease_until IS NULL OR webhooks.lease_until < now())
    ORDER BY heads.due_at
    LIMIT 1
    FOR NO KEY UPDATE OF webhooks SKIP LOCKED
    """
)
"""One webhook whose oldest delivery is due. From webhook to webhook along the index: what waits
behind the oldest is not looked at, however much it is."""


@dataclass(frozen=True)
class Parcel:
    """A delivery in the hands of a courier."""

    webhook: UUID
    fence: int
    delivery: UUID
    url: str
    secrets: tuple[str, ...]
    body: bytes
    at: datetime
    """By the database's clock."""
    age: float
    """Seconds since it was told."""
    tries: int
    attempts: tuple[Any, ...]

    def headers(self) -> dict[str, str]:
        seconds = int(self.at.timestamp())
        return signing.headers(self.secrets, str(self.delivery), seconds, self.body)


def deliver_next(database: Database, post: Post, patience: Patience = _USUAL) -> bool:
    """Carry out one delivery that is due; False where there is none."""
    with database.transaction() as session:
        parcel = claim(session, patience.lease)
    if parcel is None:
        return False
    answer = _posted(post, parcel)
    with database.transaction() as session:
        if not settle(session, parcel, answer, patience):
            telemetry.logger().info("webhook_lease_lost", webhook=str(parcel.webhook))
    return True


def claim(session: Session, lease: float) -> Parcel | None:
    webhook = session.scalar(_DUE)
    if webhook is None:
        return None
    found = session.execute(_head(webhook)).one_or_none()
    if found is None or not found.is_due:  # another settled it before the lock was ours
        return None
    hook, delivery = found.WebhookRow, found.DeliveryRow
    until = func.now() + timedelta(seconds=lease)
    taken = update(WebhookRow).where(WebhookRow.id == webhook)
    taken = taken.values(lease_until=until, fence=WebhookRow.fence + 1)
    fence = session.scalar(taken.returning(WebhookRow.fence).execution_options(**_BLIND))
    return Parcel(
        webhook=webhook,
        fence=fence or 0,
        delivery=delivery.id,
        url=hook.url,
        secrets=_secrets(hook, found.at),
        body=delivery.body.encode(),
        at=found.at,
        age=(found.at - delivery.since).total_seconds(),
        tries=delivery.tries,
        attempts=tuple(delivery.attempts),
    )


def settle(session: Session, parcel: Parcel, answer: Answer, patience: Patience) -> bool:
    """Write down what came of it; False where another has it by now, or it was deleted."""
    since = None if answer.is_success else func.coalesce(WebhookRow.failing_since, func.now())
    freed = (
        update(WebhookRow)
        .where(WebhookRow.id == parcel.webhook, WebhookRow.fence == parcel.fence)
        .values(lease_until=None, failing_since=since)
        .returning(WebhookRow.failing_since < func.now() - timedelta(seconds=patience.failing))
        .execution_options(**_BLIND)
    )
    found = session.execute(freed).one_or_none()
    if found is None:
        return False
    outcome = _outcome(parcel, answer, patience)
    row = update(DeliveryRow).where(DeliveryRow.id == parcel.delivery)
    session.execute(row.values(**outcome).execution_options(**_BLIND))
    _count(session, outcome.get("state", "failed"))
    if answer.is_gone or found[0]:
        _disable(session, parcel.webhook, "gone" if answer.is_gone else "failing")
    return True


def tidy(database: Database) -> int:
    """Forget deliveries that are 30 days old, and give up what waits too long for a webhook that
    is disabled: how many were forgotten. Any number of processes may do so at a time.
    """
    with database.transaction() as session:
        stranded: Any = session.execute(_stranded())
        _count(session, "given_up", stranded.rowcount)
        old = select(DeliveryRow.id).where(
            DeliveryRow.state != "pending", DeliveryRow.created_at < func.now() - _KEPT
        )
        batch = old.limit(_BATCH).with_for_update(skip_locked=True)
        gone: Any = session.execute(
            delete(DeliveryRow).where(DeliveryRow.id.in_(batch)).execution_options(**_BLIND)
        )
        return int(gone.rowcount)


_BLIND: dict[str, Any] = {"synchronize_session": False}


def _head(webhook: UUID) -> Any:
    is_due = (DeliveryRow.due_at <= func.now()).label("is_due")
    query = select(WebhookRow, DeliveryRow, is_due, func.now().label("at"))
    query = query.join(DeliveryRow, DeliveryRow.webhook_id == WebhookRow.id)
    waiting = query.where(WebhookRow.id == webhook, DeliveryRow.state == "pending")
    return waiting.order_by(DeliveryRow.position).limit(1)


def _secrets(hook: WebhookRow, now: datetime) -> tuple[str, ...]:
    if hook.previous_secret and hook.previous_until and now < hook.previous_until:
        return (hook.secret, hook.previous_secret)
    return (hook.secret,)


def _posted(post: Post, parcel: Parcel) -> Answer:
    try:
        return post(parcel.url, parcel.headers(), parcel.body)
    except Exception as error:  # noqa: BLE001 - counted like any failure, so that it ends
        telemetry.logger().error("webhook_broke", exc_info=error, webhook=str(parcel.webhook))
        return Answer(error="It could not be sent.")


def _outcome(parcel: Parcel, answer: Answer, patience: Patience) -> dict[str, Any]:
    tries = parcel.tries + 1
    attempts = [*parcel.attempts, _attempt(parcel, answer)][-_ATTEMPTS_KEPT:]
    done = {"tries": tries, "attempts": attempts}
    if answer.is_success:
        return {**done, "state": "delivered", "ended_at": func.now()}
    chance = random.random()  # noqa: S311 - spreads retries, hides nothing
    pause = patience.pause(tries, answer.retry_after, chance)
    if answer.is_gone or parcel.age + pause > patience.life:
        return {**done, "state": "given_up", "ended_at": func.now()}
    return {**done, "due_at": func.now() + timedelta(seconds=pause)}


def _count(session: Session, outcome: str, many: int = 1) -> None:
    counted = partial(metrics.add, "noteai_webhook_deliveries_total", many, outcome=outcome)
    after_commit(session, counted)


def _attempt(parcel: Parcel, answer: Answer) -> dict[str, Any]:
    return {
        "at": parcel.at.isoformat(),
        "seconds": round(answer.seconds, 3),
        "status": answer.status,
        "error": answer.error or None,
        "answer": answer.text,
    }


def _disable(session: Session, webhook: UUID, why: str) -> None:
    row = update(WebhookRow).where(WebhookRow.id == webhook, WebhookRow.is_enabled)
    off = row.values(is_enabled=False, disabled_by=why).execution_options(**_BLIND)
    session.execute(off)
    telemetry.logger().warning("webhook_disabled", webhook=str(webhook), why=why)


def _stranded() -> Any:
    """Of webhooks that are disabled, what is older than a delivery may become."""
    late = DeliveryRow.since < func.now() - timedelta(seconds=_USUAL.life)
    row = update(DeliveryRow).where(DeliveryRow.state == "pending", late)
    of_disabled = row.where(WebhookRow.id == DeliveryRow.webhook_id, ~WebhookRow.is_enabled)
    return of_disabled.values(state="given_up", ended_at=func.now()).execution_options(**_BLIND)
