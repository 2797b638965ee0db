"""Results as clients see them. Times are seconds from the start of the recording."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from noteai.lecture.content import Cue, Evidence
from noteai.lecture.layout import Shot
from noteai.lecture.transcript import Sentence, Word
from noteai.timeline import Span


class CaptionUrls(BaseModel):
    srt: str
    vtt: str


class ClipView(BaseModel):
    """A clip. Its URLs hold for a limited time: ask again for fresh ones."""

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
    video_url: str = Field(description="An mp4 that plays while it loads.")
    thumbnail_url: str
    captions: CaptionUrls


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
    chapters: list[ChapterView]


class SlideView(BaseModel):
    id: str
    title: str
    text: str
    picture_url: str
    visits: list[Span] = Field(description="The stretches that show it.")


class SlideList(BaseModel):
    slides: list[SlideView]


class LayoutView(BaseModel):
    """How the picture is laid out over time; boxes are [x, y, w, h] in pixels."""

    width: int
    height: int
    shots: list[Shot]
    warnings: list[str]


class TranscriptView(BaseModel):
    language: str
    words: list[Word]
    sentences: list[Sentence]
    warnings: list[str]


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
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hits": [
                        {
                            "kind": "sentence",
                            "id": "s12",
                            "start": 61.4,
                            "end": 66.0,
                            "title": "",
                            "text": "Entropy never falls.",
                            "highlight": "<mark>Entropy</mark> never falls.",
                        }
                    ]
                }
            ]
        }
    )

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
