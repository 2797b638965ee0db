"""Jobs and their stages as rows. Postgres is the truth; every queue may be wiped."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from noteai.accounts.models import Account
from noteai.database import Base, Dated, Identified
from noteai.uploads.models import UploadRow

JobState = Literal["queued", "running", "completed", "completed_empty", "failed", "cancelled"]
TERMINAL: tuple[JobState, ...] = ("completed", "completed_empty", "failed", "cancelled")
StageState = Literal["blocked", "ready", "running", "done", "failed", "skipped", "cancelled"]
ENDED: tuple[StageState, ...] = ("done", "failed", "skipped", "cancelled")


class JobRow(Identified, Dated, Base):
    """One workflow on one upload.

    `awaiting_upload`, which clients see, is a job that is `queued` for an unfinished upload.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "account_id", "created_at", "id"),
        Index(None, "account_id", "state", "created_at", "id"),
        Index(None, "account_id", "idempotency_key", unique=True),
        Index(
            "ix_jobs_deadline",
            "deadline",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    upload_id: Mapped[UUID] = mapped_column(ForeignKey(UploadRow.id), index=True)
    title: Mapped[str] = mapped_column(String(255))
    workflow: Mapped[str] = mapped_column(String(40))
    without: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    """Stages that are switched off."""
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By stage, only what differs from the defaults."""
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The artifacts that the run begins with, by the name of their type."""

    state: Mapped[JobState] = mapped_column(String(20), default="queued")
    is_degraded: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    failure: Mapped[dict[str, Any] | None]
    """`Failure` of the engine: code, message, remedy."""
    cancel_requested_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    duration: Mapped[float | None]
    """Seconds of the recording, once they are known."""
    fraction: Mapped[float] = mapped_column(default=0.0)
    """0 to 1; never falls."""
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """Number of the newest event; clients have its progress as an ETag."""

    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the request that the key came with."""

    stages: Mapped[list["StageRow"]] = relationship(
        back_populates="job", order_by="StageRow.position", cascade="all, delete-orphan"
    )


class StageRow(Base):
    """A stage of a job: who works on it, how far it is, and what came of it."""

    __tablename__ = "stage_runs"
    __table_args__ = (
        Index(
            "ix_stage_runs_lease",
            "lease_until",
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_stage_runs_at_work",
            "job_id",
            postgresql_where=text("state IN ('ready', 'running')"),
        ),
        Index(
            "ix_stage_runs_ready",
            "ready_at",
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "ix_stage_runs_past",
            "stage",
            "ended_at",
            postgresql_where=text("state = 'done' AND source = 'ran'"),
        ),
    )

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    queue: Mapped[str] = mapped_column(String(20))
    state: Mapped[StageState] = mapped_column(String(12), default="blocked")
    attempt: Mapped[int] = mapped_column(default=0)
    """Counted before each try: the fencing token, which is never used again."""
    tries: Mapped[int] = mapped_column(default=0)
    """Attempts since it was submitted or retried, without those that were given back."""
    owner: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    """Not to be claimed before; set when it became ready, later when it must wait to be retried."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    fraction: Mapped[float] = mapped_column(default=0.0)
    seconds: Mapped[float | None]
    """What the work took; a cached answer has the seconds of the run that made it."""
    source: Mapped[str | None] = mapped_column(String(8))
    cost: Mapped[float] = mapped_column(default=0.0)
    """US dollars."""
    failure: Mapped[dict[str, Any] | None]
    manifest: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)

    job: Mapped[JobRow] = relationship(back_populates="stages")


class OutboxRow(Dated, Base):
    """Something to be sent once its transaction is committed; deleted when it was."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    stages: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    """A wave: stages that are ready together."""
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EventRow(Dated, Base):
    """What happened to a job, numbered from 1 without gaps."""

    __tablename__ = "events"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
