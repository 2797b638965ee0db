"""A transcript from a caption file: WebVTT or SubRip, as people and players really write them."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from noteai.errors import InputError
from noteai.lecture.captions.parse import RawCue, parse
from noteai.lecture.captions.timing import words_of
from noteai.lecture.language import guess
from noteai.lecture.language_codes import iso_639_1
from noteai.lecture.sentences import assemble
from noteai.lecture.transcript import Transcript, Word

MAX_BYTES = 32 << 20
_OF_NAME = re.compile(
    r"\.([a-z]{2,3})(?:-[A-Za-z]{2,4})?(?:\.(?:cc|sdh|hi|forced))?\.(?:vtt|srt|txt)$"
)
_NO_LANGUAGE = frozenset(["hi", "ts"])
"""Of a file name: for the hard of hearing and an MPEG stream, rather than Hindi and Tsonga."""
_OF_HEADER = re.compile(r"^WEBVTT[^\n]*\n(?:[^\n]+\n)*?Language:\s*([a-z]{2,3})\b", re.MULTILINE)


class CaptionsUnreadable(InputError):
    """The caption file {name} cannot be read: {reason}."""

    hint = "Give a WebVTT (.vtt) or SubRip (.srt) file, or leave --captions out."
    exit_status = 39


class CaptionsEmpty(InputError):
    """The caption file {name} holds no words."""

    hint = "Give a file with captions in it, or leave --captions out to recognise the speech."
    exit_status = 38


def read_captions(path: Path) -> Transcript:
    """The words of a caption file, timed by its inline times or else within its cues.

    Raises:
        CaptionsUnreadable: there is no such file, or it is not text with cues.
        CaptionsEmpty: it has cues, and none of them says anything.
    """
    text = _decoded(path)
    cues = parse(text)
    if not cues and text.strip() and "WEBVTT" not in text[:16]:
        raise CaptionsUnreadable(name=path.name, reason="it has no cues")
    words = words_of(_unrolled(cues))
    if not words:
        raise CaptionsEmpty(name=path.name)
    return assemble(_language(path, text, words), words)


def _decoded(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CaptionsUnreadable(name=path.name, reason="it is far too long")
        data = path.read_bytes()
    except OSError as cause:
        reason = (cause.strerror or "it cannot be opened").lower()
        raise CaptionsUnreadable(name=path.name, reason=reason) from cause
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise CaptionsUnreadable(name=path.name, reason="it is not text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _language(path: Path, text: str, words: Sequence[Word]) -> str:
    """What the header or the file's name says, where that is a language; else a guess."""
    header, name = _OF_HEADER.search(text[:2000]), _OF_NAME.search(path.name)
    said = header and iso_639_1(header.group(1))
    if not said and name and name.group(1) not in _NO_LANGUAGE:
        said = iso_639_1(name.group(1))
    return said or guess(word.text for word in words)


def _unrolled(cues: Sequence[RawCue]) -> list[RawCue]:
    """Cues without the words that roll-up captions repeat from the cue before."""
    carried = [0, *(_carried(a, b) for a, b in pairwise(cues))]
    if sum(map(bool, carried)) < max(2, len(cues) // 4):
        return list(cues)
    pairs = zip(cues, carried, strict=True)
    return [cue._replace(pieces=cue.pieces[repeated:]) for cue, repeated in pairs]


def _carried(last: RawCue, cue: RawCue) -> int:
    """How many words at the end of a cue begin the next one, when that follows at once."""
    if cue.start - last.end > 0.1:
        return 0
    left, right = ([piece.text for piece in each.pieces] for each in (last, cue))
    sizes = range(min(len(left), len(right)), 0, -1)
    return next((size for size in sizes if left[-size:] == right[:size]), 0)
