"""Projections of artifacts, written with the stage that made them.

A job's artifacts stand whole in the manifests of its stages; these rows are what is searched,
sorted or changed by itself.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from noteai.database import Base, Dated


def _job() -> Mapped[UUID]:
    return mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


class TranscriptRow(Base):
    __tablename__ = "transcripts"

    job_id: Mapped[UUID] = _job()
    language: Mapped[str] = mapped_column(String(8))
    words: Mapped[int]
    warnings: Mapped[list[Any]]


class TranscriptSegmentRow(Base):
    """A sentence."""

    __tablename__ = "transcript_segments"
    __table_args__ = (
        Index(
            "ix_transcript_segments_text",
            func.to_tsvector(text("'simple'"), text("text")),
            postgresql_using="gin",
        ),
    )

    job_id: Mapped[UUID] = _job()
    position: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str] = mapped_column(Text)


class SilenceRegionRow(Base):
    __tablename__ = "silence_regions"

    job_id: Mapped[UUID] = _job()
    position: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    kind: Mapped[str] = mapped_column(String(10))
    level_db: Mapped[float]


class LayoutAnalysisRow(Base):
    __tablename__ = "layout_analyses"

    job_id: Mapped[UUID] = _job()
    width: Mapped[int]
    height: Mapped[int]
    warnings: Mapped[list[Any]]


class LayoutShotRow(Base):
    __tablename__ = "layout_shots"

    job_id: Mapped[UUID] = _job()
    position: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    kind: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[float]
    screen: Mapped[list[Any] | None]
    camera: Mapped[list[Any] | None]


class LayoutSlideRow(Base):
    __tablename__ = "layout_slides"
    __table_args__ = (
        Index(
            "ix_layout_slides_text",
            func.to_tsvector(text("'simple'"), text("text")),
            postgresql_using="gin",
        ),
    )

    job_id: Mapped[UUID] = _job()
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    picture: Mapped[dict[str, Any]]
    """A `FileRef`."""
    visits: Mapped[list[Any]]


class ContentSegmentRow(Base):
    """A topic: a chapter of the lecture."""

    __tablename__ = "content_segments"

    job_id: Mapped[UUID] = _job()
    position: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text))
    importance: Mapped[float]
    scores: Mapped[dict[str, Any]]
    evidence: Mapped[dict[str, Any]]


class ClipRow(Dated, Base):
    """A clip as it is now: changed by its owner, it is rendered anew by itself."""

    __tablename__ = "clips"

    job_id: Mapped[UUID] = _job()
    rank: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    title: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(20))
    score: Mapped[float]
    reasons: Mapped[list[Any]]
    evidence: Mapped[dict[str, Any]]
    clip: Mapped[dict[str, Any]]
    """The `Clip` with its files."""
    look: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of `ClipParams`, what was chosen for this clip alone."""
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Texts by the id of the word in whose place they stand in the captions."""

    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes that were accepted, from 1; clients have it as an ETag."""
    is_edited: Mapped[bool] = mapped_column(default=False)
    wanted: Mapped[dict[str, Any] | None]
    """The `Version` that the edit job makes; None once it is this one."""
    edit_job_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("jobs.id", ondelete="SET NULL"), index=True
    )
    """The job of the newest change that is rendered. How that stands is its row's business."""
