"""Results put together for clients."""

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noteai.agents.clips import ClipParams
from noteai.engine.artifact import FileRef
from noteai.export.names import safe
from noteai.jobs.models import JobRow
from noteai.jobs.views import failure_view
from noteai.lecture.clips import Clip
from noteai.lecture.content import Evidence
from noteai.lecture.transcript import Transcript, Word
from noteai.lecture.writing import join
from noteai.results.excerpt import corrected
from noteai.results.models import ContentSegmentRow, LayoutSlideRow
from noteai.results.repository import BEGIN, END, LESS, MORE, Match, Results, Shown
from noteai.results.schemas import (
    CaptionView,
    ChapterView,
    ClipView,
    EditView,
    Hit,
    Links,
    ResultsView,
    SlideView,
)
from noteai.results.version import Version
from noteai.timeline import Span

Url = Callable[[FileRef, str], str]
"""Where a file can be had under a name for people."""


@dataclass(frozen=True)
class Page:
    """What the main view of results is made of."""

    results: Results
    url: Url
    has: frozenset[str]
    """Stages that gave something."""

    def view(self, reason: str, transcript: Transcript | None) -> ResultsView:
        job = self.results.job
        assert job.state in ("completed", "completed_empty")
        return ResultsView(
            job_id=job.id,
            title=job.title,
            state=job.state,
            is_degraded=job.is_degraded,
            warnings=job.warnings,
            reason_if_empty=reason,
            duration=job.duration,
            language=transcript.language if transcript else None,
            clips=[clip_view(each, job, transcript, self.url) for each in self.results.clips()],
            chapters=[chapter_view(row) for row in self.results.topics()],
            slides=[slide_view(row, self.url) for row in self.results.slides()],
            links=_links(str(job.id), self.has),
        )


def clip_view(shown: Shown, job: JobRow, transcript: Transcript | None, url: Url) -> ClipView:
    row = shown.row
    clip, look = Clip.model_validate(row.clip), _look(job, row.look)
    heard = words_in(transcript.words if transcript else (), row.start, row.end)
    words = corrected(heard, row.words)
    name = f"{row.rank:02}-{safe(row.title, 'clip')}"
    return ClipView(
        rank=row.rank,
        title=row.title,
        start=row.start,
        end=row.end,
        length=clip.length,
        topic=row.topic,
        score=row.score,
        reasons=row.reasons,
        evidence=Evidence.model_validate(row.evidence),
        text=join(each.text for each in words),
        words=words,
        width=clip.width,
        height=clip.height,
        loudness=clip.loudness,
        video_url=url(clip.video, f"{name}.mp4"),
        thumbnail_url=url(clip.thumbnail, f"{name}.jpg"),
        aspect=look.aspect,
        captions=CaptionView(
            srt=url(clip.srt, f"{name}.srt"),
            vtt=url(clip.vtt, f"{name}.vtt"),
            is_burned=clip.is_captioned,
            words=row.words,
        ),
        revision=row.revision,
        state=shown.state,
        is_edited=row.is_edited,
        edit=edit_view(shown, job),
    )


def edit_view(shown: Shown, job: JobRow) -> EditView | None:
    row = shown.row
    if shown.state == "ready" or row.edit_job_id is None:
        return None
    wanted = Version.model_validate(row.wanted)
    look = _look(job, wanted.look)
    return EditView(
        job_id=row.edit_job_id,
        title=wanted.highlight.title,
        start=wanted.highlight.start,
        end=wanted.highlight.end,
        aspect=look.aspect,
        is_burned=look.burn_captions,
        words=wanted.words,
        failure=failure_view(shown.failure),
    )


def chapter_view(row: ContentSegmentRow) -> ChapterView:
    return ChapterView(
        id=f"t{row.position}",
        start=row.start,
        end=row.end,
        title=row.title,
        summary=row.summary,
        keywords=row.keywords,
        importance=row.importance,
        scores=row.scores,
        evidence=row.evidence,
    )


def slide_view(row: LayoutSlideRow, url: Url) -> SlideView:
    picture = FileRef.model_validate(row.picture)
    suffix = picture.media_type.rpartition("/")[2]
    return SlideView(
        id=f"v{row.position}",
        title=row.title,
        text=row.text,
        picture_url=url(picture, f"{row.position + 1:02}-{safe(row.title, 'slide')}.{suffix}"),
        visits=[Span.model_validate(each) for each in row.visits],
    )


def words_in(words: Sequence[Word], start: float, end: float) -> list[Word]:
    """Those that lie in a stretch with their middle."""
    return [each for each in words if start <= each.middle < end]


def hits(sentences: Iterable[Match], slides: Iterable[Match]) -> list[Hit]:
    """In order of time."""
    found = [*(_hit("sentence", each) for each in sentences), *(_hit("slide", s) for s in slides)]
    return sorted(found, key=lambda hit: (hit.start, hit.kind))


def marked(headline: str) -> str:
    """As HTML: nothing of the text is markup."""
    escaped = html.escape(headline.replace(LESS, "<").replace(MORE, ">"))
    return escaped.replace(BEGIN, "<mark>").replace(END, "</mark>")


def _hit(kind: str, match: Match) -> Hit:
    return Hit(
        kind="slide" if kind == "slide" else "sentence",
        id=f"{'v' if kind == 'slide' else 's'}{match.position}",
        start=match.start,
        end=match.end,
        title=match.title,
        text=match.text,
        highlight=marked(match.headline),
    )


def _look(job: JobRow, own: Mapping[str, Any]) -> ClipParams:
    """How a clip is to look: as all of the job, but for what was chosen for it alone."""
    return ClipParams.model_validate({**job.params.get("clips", {}), **own})


def _links(job: str, has: frozenset[str]) -> Links:
    here = f"/api/v1/results/{job}"

    def where(path: str, stage: str) -> str | None:
        return f"{here}/{path}" if stage in has else None

    return Links(
        job=f"/api/v1/jobs/{job}",
        transcript=where("transcript", "transcript"),
        chapters=where("chapters", "content"),
        slides=where("slides", "layout"),
        layout=where("layout", "layout"),
        silence=where("silence", "silence"),
        content=where("content", "content"),
        search=f"{here}/search",
        timeline=where("highlights.otio", "segments"),
        export=f"{here}/export.zip",
    )
