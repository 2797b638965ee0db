"""WebVTT and SubRip to cues of plain words.

Forgiving on purpose: numbers, settings, styling, notes, missing hours, commas for points
and the other way round are all met in real files.
"""

import html
import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from noteai.lecture.writing import is_tight

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_CLOCK}\s*-+>\s*{_CLOCK}")
_INLINE = re.compile(rf"<{_CLOCK}>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|</>|\{\\[^{}]*\}|\{[a-zA-Z]:[^{}]*\}")
_NOISE = re.compile(
    r"\[[^\[\]]*\]|♪[^♪\n]*♪|[♪♫][^\n]*|"
    r"\((?:[A-Z][A-Z ,.'-]+|(?i:music|laughter|laughs|applause|inaudible|silence)[^()]*)\)"
)
_SPEAKER = re.compile(r"^\s*(?:(?:>>+|[-–—])\s*)?(?:[A-Z][A-Z0-9.'-]*(?: [A-Z0-9.'-]+){0,3}:\s+)?")
_VTT_BLOCK = re.compile(r"^(?:NOTE|STYLE|REGION)\b")


class Piece(NamedTuple):
    """A word of a cue, with its own start where the file gives one."""

    text: str
    start: float | None


class RawCue(NamedTuple):
    start: float
    end: float
    pieces: tuple[Piece, ...]


def parse(text: str) -> list[RawCue]:
    """The cues that say something, by time."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = lines[0].lstrip("\ufeff").startswith("WEBVTT")
    found = (_cue(*each) for each in _blocks(lines, is_vtt))
    return sorted((cue for cue in found if cue and cue.pieces), key=lambda cue: cue.start)


def _blocks(lines: Sequence[str], is_vtt: bool) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Each timing line with the lines of its text."""
    at = 0
    while at < len(lines):
        timing = _TIMING.match(lines[at])
        at += 1
        if timing:
            end = _end_of_text(lines, at, is_vtt)
            yield timing, list(lines[at:end])
            at = end
        elif is_vtt and _VTT_BLOCK.match(lines[at - 1]) and (at == 1 or not lines[at - 2]):
            while at < len(lines) and lines[at]:
                at += 1


def _end_of_text(lines: Sequence[str], at: int, is_vtt: bool) -> int:
    """Where a cue's text ends: in WebVTT at an empty line, in SubRip before the next number."""
    end = at
    while end < len(lines) and not _TIMING.match(lines[end]):
        if is_vtt and not lines[end]:
            return end
        end += 1
    is_numbered = end < len(lines) and end > at and lines[end - 1].strip().isdigit()
    return end - 1 if is_numbered else end


def _cue(timing: re.Match[str], lines: Sequence[str]) -> RawCue | None:
    start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
    spoken = " \n".join(_SPEAKER.sub("", _TAG.sub("", line)) for line in lines)
    pieces = tuple(_pieces(_NOISE.sub(" ", html.unescape(spoken))))
    return RawCue(start, max(start, end), pieces)


def _pieces(text: str) -> Iterator[Piece]:
    """Words in order; an inline time belongs to the word after it."""
    start: float | None = None
    at = 0
    for stamp in [*_INLINE.finditer(text), None]:
        part = text[at : stamp.start() if stamp else len(text)]
        for number, word in enumerate(_split(part)):
            yield Piece(word, start if number == 0 else None)
            start = None
        if stamp:
            start, at = _seconds(stamp.groups()), stamp.end()


def _split(text: str) -> Iterator[str]:
    """Words; in scripts without spaces each character with the punctuation after it."""
    for chunk in text.split():
        first = 0
        for at in range(1, len(chunk)):
            if is_tight(chunk[at - 1], chunk[at]) and chunk[at].isalnum():
                yield chunk[first:at]
                first = at
        yield chunk[first:]


def _seconds(clock: Sequence[str | None]) -> float:
    hours, minutes, seconds, parts = clock
    fraction = float(f"0.{parts}") if parts else 0.0
    return math.fsum((int(hours or 0) * 3600, int(minutes or 0) * 60, int(seconds or 0), fraction))
