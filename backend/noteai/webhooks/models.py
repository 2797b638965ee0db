"""A webhook is an address that is told of events; a delivery is one event on its way there."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from noteai.database import Base, Dated, Identified

Event = Literal["job.started", "stage.done", "job.completed", "job.failed", "job.cancelled"]
ENDS: tuple[Event, ...] = ("job.completed", "job.failed", "job.cancelled")
PING = "webhook.ping"
"""What a delivery is called that was asked for as a test."""
DisabledBy = Literal["request", "gone", "failing"]
"""Its owner, its own answer 410, or days without a success."""
DeliveryState = Literal["pending", "delivered", "given_up"]


class WebhookRow(Identified, Dated, Base):
    """Of an account, or of one job alone. Who delivers to it holds its lease."""

    __tablename__ = "webhooks"
    __table_args__ = (
        Index(
            "ix_webhooks_of_account",
            "account_id",
            "created_at",
            "id",
            postgresql_where=text("job_id IS NULL"),
        ),
        Index(None, "job_id", unique=True),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2048))
    description: Mapped[str] = mapped_column(String(255))
    events: Mapped[list[str]] = mapped_column(ARRAY(String(30)))
    secret: Mapped[str] = mapped_column(String(100))
    previous_secret: Mapped[str | None] = mapped_column(String(100))
    previous_until: Mapped[datetime | None]
    """Deliveries are signed with the previous secret, too, until then."""
    is_enabled: Mapped[bool] = mapped_column(default=True)
    disabled_by: Mapped[DisabledBy | None] = mapped_column(String(10))
    failing_since: Mapped[datetime | None]
    """The first failure after the last success."""
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    """Counted at each claim: who delivers knows by it that the lease is still its own."""


class DeliveryRow(Dated, Base):
    """One event for one webhook. Of each webhook they go out in the order of `position`.

    A trigger of the table of events writes them (`tell_webhooks`, in the migration), so that no
    writer of events can forget it and none sends a statement more.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(None, "webhook_id", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_pending",
            "webhook_id",
            "position",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_webhook_deliveries_old",
            "created_at",
            postgresql_where=text("state <> 'pending'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey(WebhookRow.id, ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    """Given anew when it is delivered again: that goes to the end of what waits."""
    event: Mapped[str] = mapped_column(String(30))
    body: Mapped[str] = mapped_column(Text)
    """JSON as it is sent, the same at every attempt."""
    state: Mapped[DeliveryState] = mapped_column(String(12), server_default="pending")
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    """It is given up some time after this: when it was told, or asked for again."""
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    tries: Mapped[int] = mapped_column(server_default="0")
    """Since then."""
    attempts: Mapped[list[Any]] = mapped_column(server_default="[]")
    """The newest last: when, how long, and what was answered."""
    ended_at: Mapped[datetime | None]
