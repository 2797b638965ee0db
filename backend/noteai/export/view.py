"""What the page shows: cards, slides, files."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from noteai.export.finished import Finished
from noteai.export.names import ClipFiles, Names
from noteai.export.proofs import Reason, reasons
from noteai.lecture.clips import Clip
from noteai.lecture.layout import Slide

LEFTWARD = frozenset(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])
"""Languages that are written from right to left."""
_LABELS = {
    "transcript.txt": "Transcript, plain text",
    "transcript.srt": "Captions, SubRip",
    "transcript.vtt": "Captions, WebVTT",
    "chapters.txt": "Chapters for a YouTube description",
    "chapters.vtt": "Chapters, WebVTT",
    "chapters.ffmetadata": "Chapters, ffmpeg metadata",
    "highlights.otio": "Highlights for video editors (OpenTimelineIO)",
    "transcript.json": "Words and sentences",
    "silence.json": "Silences",
    "layout.json": "Layout and slides",
    "content.json": "Topics and importance",
    "highlights.json": "Highlights",
    "run.json": "How it was made",
}


@dataclass(frozen=True)
class Card:
    """A clip to be played."""

    clip: Clip
    number: int
    topic: str
    """Empty where the title begins with it."""
    score: float | None
    reasons: tuple[Reason, ...]
    urls: Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """A slide of the gallery."""

    slide: Slide
    url: str


@dataclass(frozen=True)
class Download:
    name: str
    label: str
    url: str


def cards(lecture: Finished, names: Names) -> list[Card]:
    titles = {topic.id: topic.title for topic in lecture.topics}
    plans = {passage.rank: passage for passage in lecture.passages}
    return [
        Card(
            clip=files.clip,
            number=number,
            topic=_other_than(files.clip.title, titles.get(files.clip.topic, "")),
            score=plans[files.clip.rank].score if files.clip.rank in plans else None,
            reasons=reasons(lecture, plans[files.clip.rank]) if files.clip.rank in plans else (),
            urls=_urls(files),
        )
        for number, files in enumerate(names.clips, 1)
    ]


def language(lecture: Finished) -> str:
    """What is spoken, as the page's `lang`; empty where that is not known."""
    found = lecture.transcript.language if lecture.transcript else "und"
    return "" if found == "und" else found


def why_empty(lecture: Finished) -> str:
    """Why there are no highlights, in a sentence."""
    if lecture.highlights is None:
        return "The run was not asked for any, or ended before it came to them."
    said = lecture.highlights.reason_if_empty
    return said or "Nothing in this lecture stood out as a passage complete in itself."


def notes(lecture: Finished) -> list[str]:
    """What a reader should know; why there are no highlights is said in their place."""
    return [each for each in lecture.all_warnings if each != why_empty(lecture)]


def pictures(lecture: Finished, names: Names) -> list[Picture]:
    slides = lecture.layout.slides if lecture.layout else ()
    return [Picture(slide, quote(names.slides[slide.id])) for slide in slides]


def downloads(files: Sequence[str]) -> list[Download]:
    """The files of the whole lecture among `files`, in a reader's order."""
    return [Download(name, label, quote(name)) for name, label in _LABELS.items() if name in files]


def source_url(out: Path, source: Path | None) -> str | None:
    """The recording as the page may refer to it, so that both can be moved together."""
    if source is None:
        return None
    try:
        path = os.path.relpath(source.resolve(), out.resolve())
    except ValueError:  # another drive
        return source.resolve().as_uri()
    return quote(os.fsencode(Path(path).as_posix()))


def _other_than(title: str, topic: str) -> str:
    return "" if title.casefold().startswith(topic.casefold()) else topic


def _urls(files: ClipFiles) -> dict[str, str]:
    kinds = {
        "video": files.video,
        "srt": files.srt,
        "vtt": files.vtt,
        "thumbnail": files.thumbnail,
    }
    return {kind: quote(path) for kind, path in kinds.items()}
