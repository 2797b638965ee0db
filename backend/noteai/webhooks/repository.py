"""Every query about webhooks that a person asks. Each takes the account, and never answers beyond
it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from noteai.accounts.models import Account
from noteai.paging import Place
from noteai.webhooks.errors import DeliveryNotFound, WebhookNotFound
from noteai.webhooks.models import DeliveryRow, DeliveryState, WebhookRow


def get(session: Session, account: UUID, webhook: UUID, *, locked: bool = False) -> WebhookRow:
    """Locked rows can still be referred to by new deliveries. Raises: WebhookNotFound."""
    query = select(WebhookRow).where(WebhookRow.id == webhook, WebhookRow.account_id == account)
    if locked:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise WebhookNotFound
    return row


def find(
    session: Session, account: UUID, *, job: UUID | None, before: Place | None, limit: int
) -> Sequence[WebhookRow]:
    """Of a job, or without one those of the account; the newest first."""
    query = select(WebhookRow).where(WebhookRow.account_id == account, WebhookRow.job_id == job)
    if before:
        query = query.where(tuple_(WebhookRow.created_at, WebhookRow.id) < tuple_(*before))
    order = (WebhookRow.created_at.desc(), WebhookRow.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def find_of_job(session: Session, job: UUID) -> WebhookRow | None:
    return session.scalar(select(WebhookRow).where(WebhookRow.job_id == job))


def count(session: Session, account: UUID) -> int:
    """Those of the account, under a lock of it, so that the count holds until the transaction
    ends.
    """
    session.execute(select(Account.id).where(Account.id == account).with_for_update(key_share=True))
    query = select(func.count()).where(
        WebhookRow.account_id == account, WebhookRow.job_id.is_(None)
    )
    return session.scalar(query) or 0


def get_delivery(session: Session, webhook: WebhookRow, delivery: UUID) -> DeliveryRow:
    """Locked. Raises: DeliveryNotFound."""
    query = select(DeliveryRow).where(
        DeliveryRow.id == delivery, DeliveryRow.webhook_id == webhook.id
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        raise DeliveryNotFound
    return row


def find_deliveries(
    session: Session,
    account: UUID,
    webhook: UUID,
    *,
    state: DeliveryState | None,
    before: Place | None,
    limit: int,
) -> Sequence[DeliveryRow]:
    """The newest first. Raises: WebhookNotFound."""
    get(session, account, webhook)
    query = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook)
    if state:
        query = query.where(DeliveryRow.state == state)
    if before:
        query = query.where(tuple_(DeliveryRow.created_at, DeliveryRow.id) < tuple_(*before))
    order = (DeliveryRow.created_at.desc(), DeliveryRow.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()
