"""Forms of a transcript and of chapters, and which of them a client wants."""

from collections.abc import Callable, Mapping, Sequence

from noteai.export import chapters as chapter_files
from noteai.export import forms as published
from noteai.export import paragraphs
from noteai.lecture import captions
from noteai.lecture.content import Topic
from noteai.lecture.transcript import Transcript
from noteai.results.errors import NotAcceptable

MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
}
TRANSCRIPTS: Mapping[str, Callable[[Transcript], str]] = {
    "json": lambda transcript: published.dump(published.transcript_form(transcript)),
    "srt": lambda transcript: captions.to_srt(captions.cues(transcript)),
    "vtt": lambda transcript: captions.to_vtt(captions.cues(transcript)),
}


def told(title: str, said: Transcript, topics: Sequence[Topic], suffix: str) -> str:
    """A transcript in one of its forms; the plain text has title and topics as headings."""
    write = TRANSCRIPTS.get(suffix)
    return write(said) if write else paragraphs.as_text(title, said, topics)


def chapters(topics: Sequence[Topic], duration: float, suffix: str) -> str:
    found = chapter_files.chapters_of(topics, duration)
    return chapter_files.as_vtt(found) if suffix == "vtt" else chapter_files.as_youtube(found)


def wanted(accept: str) -> str:
    """The suffix of the form that is accepted best (RFC 9110, 12.5.1); the first of equals.

    Raises: NotAcceptable.
    """
    ranges = [_range(each) for each in accept.split(",") if each.strip()] or [("*/*", 1.0)]
    quality = {suffix: _quality(bare(kind), ranges) for suffix, kind in MEDIA_TYPES.items()}
    best = max(quality, key=lambda suffix: quality[suffix])
    if quality[best] <= 0:
        raise NotAcceptable(accept=accept[:100])
    return best


def _quality(kind: str, ranges: Sequence[tuple[str, float]]) -> float:
    """By the most specific range that a type is in."""
    for pattern in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        found = [quality for name, quality in ranges if name == pattern]
        if found:
            return max(found)
    return 0.0


def _range(each: str) -> tuple[str, float]:
    name, *params = (part.strip() for part in each.lower().split(";"))
    weights = [part[2:] for part in params if part.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


def bare(kind: str) -> str:
    """A media type without its parameters."""
    return kind.partition(";")[0]
