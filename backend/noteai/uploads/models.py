"""An upload is a file that a client sends in parts; complete, it is content of its account.

What an account no longer needs is written down before it is removed.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from noteai.database import Base, Dated, Identified

UploadState = Literal["awaiting_parts", "verifying", "complete", "aborted", "expired", "refused"]


class UploadRow(Identified, Dated, Base):
    __tablename__ = "uploads"
    __table_args__ = (
        Index(None, "account_id", "created_at", "id"),
        Index(None, "account_id", "digest"),
        Index(None, "state", "expires_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    """As the client called it; shown, and never used as a path."""
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256: declared first, and once the state is `complete` known to be true."""
    state: Mapped[UploadState] = mapped_column(String(20), default="awaiting_parts")
    part_size: Mapped[int] = mapped_column(BigInteger)
    multipart_id: Mapped[str | None]
    """The object store's own name of the unfinished upload."""
    expires_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(String(60))
    """The code of the error that ended it."""


class DiscardRow(Base):
    """Something in the store of an account that may be removed, unless somebody needs it.

    First it is condemned, then removed: whoever comes to rely on it in between finds out here.
    """

    __tablename__ = "discards"
    __table_args__ = (
        Index("ix_discards_due", "due_at", postgresql_where=text("condemned_at IS NULL")),
        Index(
            "ix_discards_condemned",
            "condemned_at",
            postgresql_where=text("condemned_at IS NOT NULL AND removed_at IS NULL"),
        ),
        Index("ix_discards_removed", "removed_at", postgresql_where=text("removed_at IS NOT NULL")),
    )

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of a file, or the key of a manifest."""
    due_at: Mapped[datetime]
    """Not to be touched before."""
    condemned_at: Mapped[datetime | None]
    """Since when nobody may rely on it any more: nobody did."""
    removed_at: Mapped[datetime | None]
    """Since when it is certainly not there, unless it was kept anew."""
