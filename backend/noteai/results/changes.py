"""What clients may change of a clip, and what the clip is to be then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from noteai.agents.segments.by_hand import Lecture, Limits, rated, snapped
from noteai.engine.key import digest_of
from noteai.jobs.schemas import Seen
from noteai.lecture.clips import Aspect
from noteai.lecture.transcript import Word
from noteai.results.errors import SpanUnfit, WordNotInClip
from noteai.results.version import Version
from noteai.timeline import Span, span

_LATEST = 1e6
_MOST_WORDS = 1000
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Seen]
WordId = Annotated[str, StringConstraints(pattern=r"^w[0-9]{1,7}$")]
WordText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Seen
]
Instant = Annotated[float, Field(ge=0, le=_LATEST, allow_inf_nan=False, strict=True)]


def _left_out() -> Any:
    """What is left out stays as it is: there is no value that a client could send for it."""
    return None


class CaptionChange(BaseModel):
    """A field that was left out is None here."""

    model_config = ConfigDict(extra="forbid")

    is_burned: bool = Field(
        default_factory=_left_out,
        strict=True,
        description="Draw them into the picture. Recordings of sound alone have them there anyway.",
    )
    words: dict[WordId, WordText | None] = Field(
        default_factory=_left_out,
        max_length=_MOST_WORDS,
        description="By the id of a word, what stands in its place; null is what was heard.",
    )


class ClipChange(BaseModel):
    """What is to be changed of a clip. What is not named stays as it is (RFC 7396)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Why entropy grows",
                    "start": 61.0,
                    "captions": {"is_burned": True, "words": {"w112": "Boltzmann"}},
                }
            ]
        },
    )

    title: Title = Field(default_factory=_left_out)
    start: Instant = Field(
        default_factory=_left_out, description="Seconds from the start of the recording."
    )
    end: Instant = Field(default_factory=_left_out)
    snap: bool = Field(
        True,
        strict=True,
        description="Move a new start or end to the edge of a sentence or word near by.",
    )
    aspect: Aspect = Field(
        default_factory=_left_out,
        description="Shape of the picture; `source` keeps it as it is.",
    )
    captions: CaptionChange = Field(default_factory=_left_out)


@dataclass(frozen=True)
class Clipping:
    """What a change is measured by. `is_title_drawn`: the title is part of the picture."""

    lecture: Lecture
    limits: Limits
    look: Mapping[str, Any]
    """Parameters of the job's clips."""
    is_title_drawn: bool

    def is_drawn_alike(self, a: Version, b: Version) -> bool:
        """Whether one's files are good for the other."""
        return self._drawn(a) == self._drawn(b)

    def _drawn(self, version: Version) -> str:
        passage = version.highlight
        title = passage.title if self.is_title_drawn else ""
        look = {**self.look, **version.look}
        return digest_of([passage.start, passage.end, title, look, self._said(version)])

    def _said(self, version: Version) -> dict[str, str]:
        """Corrections of words that are in it."""
        inside = {each.id for each in _words(version.highlight, self.lecture)}
        return {word: text for word, text in version.words.items() if word in inside}


def merged(base: Version, change: ClipChange, by: Clipping) -> Version:
    """Raises: SpanUnfit, WordNotInClip."""
    highlight = base.highlight
    if change.title is not None:
        highlight = highlight.model_copy(update={"title": change.title})
    if change.start is not None or change.end is not None:
        chosen = _span(highlight, change, by)
        if chosen != span(highlight.start, highlight.end):
            highlight = rated(highlight, chosen, by.lecture)
    look = dict(base.look)
    if change.aspect is not None:
        look["aspect"] = change.aspect
    captions = change.captions or CaptionChange()
    if captions.is_burned is not None:
        look["burn_captions"] = captions.is_burned
    words = _corrected(base.words, captions.words or {}, highlight, by.lecture)
    return Version(highlight=highlight, look=look, words=words)


def _span(before: Span, change: ClipChange, by: Clipping) -> Span:
    """Raises: SpanUnfit."""
    start = before.start if change.start is None else change.start
    end = before.end if change.end is None else change.end
    _check(start, end, by.limits, "start" if change.end is None else "end")
    asked = span(start, end)
    return snapped(asked, before, by.lecture, by.limits) if change.snap else asked


def _check(start: float, end: float, limits: Limits, field: str) -> None:
    """Raises: SpanUnfit."""
    reasons = {
        "that is backwards": end <= start,
        "the recording ends before": end > limits.duration,
        "that is too short": end - start < limits.shortest,
        "that is too long": end - start > limits.longest,
    }
    reason = next((reason for reason, holds in reasons.items() if holds), None)
    if reason:
        facts = {name: f"{value:g}" for name, value in vars(limits).items()}
        error = SpanUnfit(start=f"{start:g}", end=f"{end:g}", reason=reason, **facts)
        error.field = field
        raise error


def _corrected(
    before: Mapping[str, str], changes: Mapping[str, str | None], passage: Span, lecture: Lecture
) -> dict[str, str]:
    """Raises: WordNotInClip."""
    heard = {each.id: each.text for each in _words(passage, lecture)}
    for word in changes:
        if word not in heard:
            error = WordNotInClip(word=word)
            error.field = f"captions.words.{word}"
            raise error
    words = {**before, **{word: text or heard[word] for word, text in changes.items()}}
    return {word: text for word, text in words.items() if heard.get(word) != text}


def _words(passage: Span, lecture: Lecture) -> list[Word]:
    return [each for each in lecture.transcript.words if passage.contains(each.middle)]
