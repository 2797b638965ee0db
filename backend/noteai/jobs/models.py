"""Jobs and their stages as rows. Postgres is the truth; every queue may be wiped."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from noteai.accounts.models import Account
from noteai.database import Base, Dated, Identified
from noteai.engine.ports import PartState
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
        Index(None, "account_id", "workflow", "created_at", "id"),
        Index(None, "account_id", "idempotency_key", unique=True),
        Index(
            "ix_jobs_deadline",
            "deadline",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    upload_id: Mapped[UUID] = mapped_column(ForeignKey(UploadRow.id), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), index=True
    )
    """The job of whose results this one changes something: it goes with that."""
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
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The request that submitted it, where that was traced: all its spans are in that trace."""

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
        Index("ix_stage_runs_kept", "kept", postgresql_using="gin"),
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
    woken_at: Mapped[datetime | None]
    """When the sweeper woke it last; what is before `ready_at` was another time."""
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
    kept: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)), deferred=True)
    """What of the store it refers to: its manifest's key, and the digests of its files."""

    job: Mapped[JobRow] = relationship(back_populates="stages")


class PartRow(Base):
    """A part of the work of a stage that runs; deleted when the work is done.

    It counts only while its attempt is the one that the stage runs under.
    """

    __tablename__ = "stage_parts"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    """Of the stage."""
    part: Mapped[str] = mapped_column(String(40))
    order: Mapped[dict[str, Any]]
    """What is to be made, as JSON."""
    state: Mapped[PartState] = mapped_column(String(8), default="ready")
    take: Mapped[int] = mapped_column(default=0)
    """Counted each time that somebody takes it: the fencing token."""
    owner: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None]
    """None where the stage's holder has it: then the stage's own lease counts."""
    fraction: Mapped[float] = mapped_column(default=0.0)
    cost: Mapped[float] = mapped_column(default=0.0)
    """US dollars."""


class OutboxRow(Dated, Base):
    """Something to be sent once its transaction is committed; deleted when it was."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    stages: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    """A wave: stages that are ready together."""
    helpers: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """0 where the stages are to be done; else how many are asked to help whoever does them."""
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The job's."""


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


class LogRow(Dated, Base):
    """A line that a worker wrote about a job."""

    __tablename__ = "processing_logs"
    __table_args__ = (Index(None, "job_id", "seq", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger)
    """Of the job's newest event when it was written down: it comes after that."""
    at: Mapped[datetime]
    """By the worker's clock."""
    level: Mapped[str] = mapped_column(String(10))
    event: Mapped[str] = mapped_column(String(80))
    stage: Mapped[str | None] = mapped_column(String(40))
    attempt: Mapped[int | None]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reference: Mapped[str | None] = mapped_column(String(12))
    """By which whoever met a defect names it."""
    traceback: Mapped[str | None] = mapped_column(Text, deferred=True)
    """For operators alone."""


class WorkerRow(Dated, Base):
    """A worker that has given a sign of life not long ago."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    """`HOST:PROCESS`; the owners of its stages begin with it and a slash."""
    hostname: Mapped[str] = mapped_column(String(150))
    process: Mapped[int]
    queues: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    concurrency: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CanaryRow(Base):
    """The last message that was sent through a queue to see whether it comes through."""

    __tablename__ = "canaries"

    queue: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    """Of the last that was sent: an answer to another one is none."""
    sent_at: Mapped[datetime]
    outstanding_since: Mapped[datetime | None]
    """When the first was sent of those that were not answered; none where the last one was."""
    answered_at: Mapped[datetime | None]
    seconds: Mapped[float | None]
    """From the sending of the last that was answered to its answer."""


JOBS, STAGES, EVENTS, OUTBOX = (
    cast("Table", each.__table__) for each in (JobRow, StageRow, EventRow, OutboxRow)
)
"""For what is done at every stage: without what the mapper does besides."""
