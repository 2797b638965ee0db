"""Rows of what a stage gave, written in the transaction that ends the stage.

What an earlier attempt wrote is replaced. The rows hold what is searched, sorted or changed by
itself; the artifact whole is in the stage's manifest.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from noteai.database import Base
from noteai.engine.artifact import Artifact
from noteai.jobs.models import JobRow, StageRow
from noteai.lecture.clips import ClipSet
from noteai.lecture.content import ContentAnalysis, Evidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.results import models
from noteai.results.version import land

Row = dict[str, Any]
Rows = list[tuple[type[Base], list[Row]]]
Kind = TypeVar("Kind", bound=Artifact)

SEGMENTS, CLIPS = "segments", "clips"
"""The stage whose plan says why each clip was chosen, and the one that renders it."""


def project(session: Session, job: UUID, stage: str, output: dict[str, Any]) -> None:
    """Replace the rows of a stage by those of `output`, its artifact as JSON.

    A stage that has no rows is passed over.
    """
    if stage == CLIPS and _is_edit(session, job):
        _land(session, job, ClipSet.model_validate(output))
        return
    if stage == CLIPS:
        rows = _clips(ClipSet.model_validate(output), _passages(session, job))
    elif stage in _ROWS:
        rows = _ROWS[stage](output)
    else:
        return
    for table, values in rows:
        session.execute(delete(table).where(table.__table__.c.job_id == job))
        if values:
            session.execute(insert(table), [{"job_id": job, **each} for each in values])


def _is_edit(session: Session, job: UUID) -> bool:
    return session.scalar(select(JobRow.parent_id).where(JobRow.id == job)) is not None


def _land(session: Session, job: UUID, made: ClipSet) -> None:
    """Show the clip that a change made, unless a newer change was accepted meanwhile."""
    mine = select(models.ClipRow).where(
        models.ClipRow.edit_job_id == job, models.ClipRow.wanted.is_not(None)
    )
    if row := session.scalar(mine.with_for_update()):
        land(row, made.clips[0])
        session.flush()


def _passages(session: Session, job: UUID) -> Mapping[int, Highlight]:
    """The planned highlights by rank; none where the plan was brought along or is gone."""
    manifest = session.scalar(
        select(StageRow.manifest).where(StageRow.job_id == job, StageRow.stage == SEGMENTS)
    )
    if not manifest:
        return {}
    plan = HighlightPlan.model_validate(manifest["output"])
    return {each.rank: each for each in plan.highlights}


def _transcript(output: Transcript) -> Rows:
    whole = {
        "language": output.language,
        "words": len(output.words),
        "warnings": list(output.warnings),
    }
    sentences = _spans(output.sentences, "text")
    return [(models.TranscriptRow, [whole]), (models.TranscriptSegmentRow, sentences)]


def _silence(output: SilenceMap) -> Rows:
    return [(models.SilenceRegionRow, _spans(output.spans, "kind", "level_db"))]


def _layout(output: LayoutTimeline) -> Rows:
    whole = {"width": output.width, "height": output.height, "warnings": list(output.warnings)}
    shots = _spans(output.shots, "kind", "confidence", "screen", "camera")
    slides = [
        {
            "position": position,
            "title": slide.title,
            "text": slide.text,
            "picture": slide.picture.model_dump(mode="json"),
            "visits": [each.model_dump(mode="json") for each in slide.visits],
        }
        for position, slide in enumerate(output.slides)
    ]
    return [
        (models.LayoutAnalysisRow, [whole]),
        (models.LayoutShotRow, shots),
        (models.LayoutSlideRow, slides),
    ]


def _content(output: ContentAnalysis) -> Rows:
    fields = ("title", "summary", "keywords", "importance", "scores", "evidence")
    return [(models.ContentSegmentRow, _spans(output.topics, *fields))]


def _clips(output: ClipSet, passages: Mapping[int, Highlight]) -> Rows:
    rows = []
    for clip in output.clips:
        passage = passages.get(clip.rank)
        row = {
            "rank": clip.rank,
            "start": clip.start,
            "end": clip.end,
            "title": clip.title,
            "topic": clip.topic,
            "score": passage.score if passage else 0.0,
            "reasons": list(passage.reasons) if passage else [],
            "evidence": (passage.evidence if passage else Evidence()).model_dump(mode="json"),
            "clip": clip.model_dump(mode="json"),
        }
        rows.append(row)
    return [(models.ClipRow, rows)]


def _spans(spans: tuple[Any, ...], *fields: str) -> list[Row]:
    dumped = (each.model_dump(mode="json", include={"start", "end", *fields}) for each in spans)
    return [{"position": position, **row} for position, row in enumerate(dumped)]


def _read(kind: type[Kind], rows: Callable[[Kind], Rows]) -> Callable[[Row], Rows]:
    return lambda output: rows(kind.model_validate(output))


_ROWS: Mapping[str, Callable[[Row], Rows]] = {
    "transcript": _read(Transcript, _transcript),
    "silence": _read(SilenceMap, _silence),
    "layout": _read(LayoutTimeline, _layout),
    "content": _read(ContentAnalysis, _content),
}
