"""Results as clients see them. Times are seconds from the start of the recording."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from noteai.jobs.schemas import FailureView
from noteai.lecture.clips import Aspect
from noteai.lecture.content import Cue, Evidence
from noteai.lecture.layout import Shot
from noteai.lecture.transcript import Sentence, Word
from noteai.results import examples
from noteai.results.repository import ClipState
from noteai.timeline import Span


class CaptionView(BaseModel):
    srt: str
    vtt: str
    is_burned: bool = Field(
        description="They are drawn into the picture, as asked for or because the recording is "
        "of sound alone; the job's warnings say where no font has their letters."
    )
    words: dict[str, str] = Field(
        description="By the id of a word, what stands in its place by hand."
    )


class EditView(BaseModel):
    """A change that was accepted and is not there yet, or failed: the clip is as it was before."""

    job_id: UUID = Field(description="Follow, cancel or retry it as any job.")
    title: str
    start: float
    end: float
    aspect: Aspect
    is_burned: bool = Field(description="They are to be drawn.")
    words: dict[str, str]
    failure: FailureView | None


class ClipView(BaseModel):
    """A clip. Its URLs hold for a limited time: ask again for fresh ones."""

    model_config = examples.shown(examples.CLIP)

    rank: int = Field(description="1 is the best.")
    title: str
    start: float
    end: float
    length: float = Field(description="Seconds that the file plays.")
    topic: str = Field(description="Id of its chapter.")
    score: float = Field(description="0 to 1.")
    reasons: list[str]
    evidence: Evidence
    text: str = Field(description="What is said in it.")
    words: list[Word]
    width: int
    height: int
    loudness: float = Field(description="LUFS, as measured after rendering.")
    aspect: Aspect
    video_url: str = Field(description="An mp4 that plays while it loads.")
    thumbnail_url: str
    captions: CaptionView
    revision: int = Field(
        description="Counts the changes that were accepted; its ETag is made of it."
    )
    state: ClipState = Field(
        description="Its files can be played in every state: while a change is rendered, and "
        "after one that failed, they are those from before."
    )
    is_edited: bool = Field(
        description="It was changed by hand: score, reasons and evidence are of what it is now."
    )
    edit: EditView | None


class ChapterView(BaseModel):
    id: str
    start: float
    end: float
    title: str
    summary: str
    keywords: list[str]
    importance: float = Field(description="0 to 1.")
    scores: dict[Cue, float]
    evidence: dict[str, Any]


class ChapterList(BaseModel):
    model_config = examples.shown(examples.CHAPTERS)

    chapters: list[ChapterView]


class SlideView(BaseModel):
    id: str
    title: str
    text: str
    picture_url: str
    visits: list[Span] = Field(description="The stretches that show it.")


class SlideList(BaseModel):
    model_config = examples.shown(examples.SLIDES)

    slides: list[SlideView]


class LayoutView(BaseModel):
    """How the picture is laid out over time; boxes are [x, y, w, h] in pixels."""

    model_config = examples.shown(examples.LAYOUT)

    width: int
    height: int
    shots: list[Shot]
    warnings: list[str]


class TranscriptView(BaseModel):
    model_config = examples.shown(examples.TRANSCRIPT)

    language: str
    words: list[Word]
    sentences: list[Sentence]


class Hit(BaseModel):
    """A sentence or a slide in which all the words are."""

    kind: Literal["sentence", "slide"]
    id: str
    start: float
    end: float
    title: str = Field(description="Of a slide.")
    text: str
    highlight: str = Field(description="HTML: escaped text with <mark> around what was found.")


class HitList(BaseModel):
    model_config = examples.shown(examples.HITS)

    hits: list[Hit] = Field(description="In order of time.")


class Links(BaseModel):
    """Where the rest is; None where the job has it not."""

    job: str
    transcript: str | None
    chapters: str | None
    slides: str | None
    layout: str | None
    silence: str | None
    content: str | None
    search: str
    timeline: str | None = Field(description="OpenTimelineIO, for editors.")
    export: str = Field(description="Everything in one ZIP.")


class ResultsView(BaseModel):
    model_config = examples.shown(examples.RESULTS)

    job_id: UUID
    title: str
    state: Literal["completed", "completed_empty"]
    is_degraded: bool
    warnings: list[Any]
    reason_if_empty: str = Field(description="Why there are no clips, where there are none.")
    duration: float | None
    language: str | None
    clips: list[ClipView]
    chapters: list[ChapterView]
    slides: list[SlideView]
    links: Links
