"""The published JSON forms: seconds from the start of the recording, boxes as [x, y, w, h]."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic_core import to_json

from noteai.export.finished import Finished, State
from noteai.export.names import ClipFiles, Names
from noteai.frozen import Frozen
from noteai.lecture.content import SentenceScore, Topic
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import LayoutTimeline, Shot
from noteai.lecture.recording import AudioTrack, VideoTrack
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.lecture.writing import join
from noteai.timeline import Span, overlap

_DIGITS = 3
"""Times to the millisecond, which is finer than any stage measures."""


class TranscriptForm(Frozen):
    language: str
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]


class SlideForm(Frozen):
    id: str
    title: str
    text: str
    picture: str
    """Path relative to the output folder."""
    visits: tuple[Span, ...]


class LayoutForm(Frozen):
    width: int
    height: int
    shots: tuple[Shot, ...]
    slides: tuple[SlideForm, ...]


class ContentForm(Frozen):
    topics: tuple[Topic, ...]
    sentences: tuple[SentenceScore, ...]
    analyst: str
    degraded: bool


class HighlightsForm(RootModel[tuple[Highlight, ...]]):
    """By rank; 1 is the best."""


class ClipForm(Span):
    """One clip; paths are relative to the folder that the clip lies in."""

    rank: int
    title: str
    topic: str
    score: float | None
    reasons: tuple[str, ...]
    video: str
    thumbnail: str
    captions: tuple[str, ...]
    width: int
    height: int
    length: float
    loudness: float
    text: str
    """What is said in it."""


class RunForm(Frozen):
    """How the folder came about: each manifest is the birth certificate of one artifact."""

    title: str
    state: State
    warnings: tuple[str, ...]
    duration: float
    video: VideoTrack | None
    audio: AudioTrack | None
    manifests: tuple[Mapping[str, Any], ...]


FORMS: Mapping[str, type[BaseModel]] = {
    "silence": SilenceMap,
    "transcript": TranscriptForm,
    "layout": LayoutForm,
    "content": ContentForm,
    "highlights": HighlightsForm,
    "clip": ClipForm,
    "run": RunForm,
}


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (2020-12) of each form, by its name."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        name: dialect | form.model_json_schema(mode="serialization") for name, form in FORMS.items()
    }


def dump(form: BaseModel) -> str:
    """As JSON text, which ends with a line end."""
    return to_json(_rounded(form.model_dump(mode="json")), indent=1).decode() + "\n"


def transcript_form(transcript: Transcript) -> TranscriptForm:
    return TranscriptForm(
        language=transcript.language, words=transcript.words, sentences=transcript.sentences
    )


def layout_form(layout: LayoutTimeline, pictures: Mapping[str, str]) -> LayoutForm:
    slides = (
        SlideForm(
            id=slide.id,
            title=slide.title,
            text=slide.text,
            picture=pictures[slide.id],
            visits=slide.visits,
        )
        for slide in layout.slides
    )
    return LayoutForm(
        width=layout.width, height=layout.height, shots=layout.shots, slides=tuple(slides)
    )


def clip_form(files: ClipFiles, lecture: Finished) -> ClipForm:
    clip = files.clip
    plan = next((each for each in lecture.passages if each.rank == clip.rank), None)
    return ClipForm(
        **clip.model_dump(include=set(ClipForm.model_fields) - {"video", "thumbnail"}),
        score=plan.score if plan else None,
        reasons=plan.reasons if plan else (),
        video=_name(files.video),
        thumbnail=_name(files.thumbnail),
        captions=(_name(files.srt), _name(files.vtt)),
        text=_said_in(clip, lecture.transcript.sentences if lecture.transcript else ()),
    )


def run_form(lecture: Finished) -> RunForm:
    return RunForm(
        title=lecture.name,
        state=lecture.state,
        warnings=tuple(lecture.all_warnings),
        duration=lecture.recording.duration,
        video=lecture.recording.video,
        audio=lecture.recording.audio_track,
        manifests=tuple(lecture.manifests),
    )


def all_forms(lecture: Finished, names: Names) -> dict[str, BaseModel]:
    """File name to form, for what the lecture has."""
    forms: dict[str, BaseModel] = {"run.json": run_form(lecture)}
    if lecture.silence:
        forms["silence.json"] = lecture.silence
    if lecture.transcript:
        forms["transcript.json"] = transcript_form(lecture.transcript)
    if lecture.layout:
        forms["layout.json"] = layout_form(lecture.layout, names.slides)
    if lecture.content:
        forms["content.json"] = ContentForm(**lecture.content.model_dump(exclude={"warnings"}))
    if lecture.highlights:
        forms["highlights.json"] = HighlightsForm(lecture.highlights.highlights)
    return forms | {files.facts: clip_form(files, lecture) for files in names.clips}


def _said_in(clip: Span, sentences: Sequence[Sentence]) -> str:
    """The sentences that lie in `clip` with most of their time."""
    return join(each.text for each in sentences if _is_in(each, clip))


def _is_in(sentence: Sentence, clip: Span) -> bool:
    if not sentence.duration:
        return clip.contains(sentence.start)
    return overlap(sentence, clip) > sentence.duration / 2


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_rounded(each) for each in value]
    return value
