"""Word times that are possible, and meet the voice beside pauses.

Whisper's times come from the attention of its decoder. They are good between words that
follow each other, but a word beside a pause often takes a part of the pause.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from noteai.resources.transcriber import HeardWord
from noteai.timeline import Span, complement

_SHORTEST = 0.02
_SLIGHT = 0.02
"""Seconds that a time may move without being called repaired: whisper's own resolution."""
_LETTER = 0.08
"""Seconds that a letter takes at an ordinary pace of speech."""
_PAUSE = 0.25
"""Shorter gaps in the voice are stops inside words and say nothing about their edges."""


class Timed(NamedTuple):
    word: HeardWord
    is_repaired: bool


def longest(text: str) -> float:
    """Seconds that a word can take: twice the ordinary pace, and a second more."""
    return 1.0 + 2 * _LETTER * len(text.strip())


def repaired(words: Sequence[HeardWord], duration: float) -> list[Timed]:
    """Words in order, inside the recording, without overlap; what had to move is marked.

    Words with sound times that rise are kept; those between them share the room there is.
    """
    firm = _rising(words, duration)
    fixed = list(words)
    for number in firm:
        fixed[number] = _trimmed(words, number, duration)
    for left, right in pairwise([-1, *firm, len(words)]):
        if right - left > 1:
            _spread(fixed, left + 1, right, duration)
    for place, (word, following) in enumerate(pairwise(list(fixed))):
        fixed[place] = word._replace(end=min(word.end, following.start))
    return [Timed(new, _has_moved(old, new)) for old, new in zip(words, fixed, strict=True)]


def snapped(words: Sequence[Timed], voice: Sequence[Span], within: float) -> list[Timed]:
    """Words beside a pause moved to the edges of the voice, at most `within` seconds."""
    if not words or not voice:
        return list(words)
    fixed = list(words)
    middles = [(word.start + word.end) / 2 for word, _ in words]
    for pause in complement(voice, max(words[-1].word.end, voice[-1].end) + _PAUSE):
        if pause.duration < _PAUSE and pause.start > 0:
            continue
        _end_before(fixed, bisect_left(middles, pause.start) - 1, pause.start, within)
        _start_after(fixed, bisect_left(middles, pause.end), pause.end, within)
    return fixed


def _end_before(words: list[Timed], number: int, edge: float, within: float) -> None:
    if number < 0:
        return
    word = words[number].word
    limit = words[number + 1].word.start if number + 1 < len(words) else math.inf
    end = min(edge, limit)
    if abs(end - word.end) <= within and end >= word.start + _SHORTEST:
        words[number] = words[number]._replace(word=word._replace(end=end))


def _start_after(words: list[Timed], number: int, edge: float, within: float) -> None:
    if number >= len(words):
        return
    word = words[number].word
    start = max(edge, words[number - 1].word.end if number else 0.0)
    if abs(start - word.start) <= within and start <= word.end - _SHORTEST:
        words[number] = words[number]._replace(word=word._replace(start=start))


def _rising(words: Sequence[HeardWord], duration: float) -> list[int]:
    """The most words whose times are possible and rise (longest increasing subsequence)."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number, word in enumerate(words):
        if not _is_possible(word, duration):
            continue
        place = bisect_left(tails, word.start, key=lambda n: words[n].start)
        before[number] = tails[place - 1] if place else None
        tails[place : place + 1] = [number]
    rising: list[int] = []
    at = tails[-1] if tails else None
    while at is not None:
        rising.append(at)
        at = before[at]
    return rising[::-1]


def _is_possible(word: HeardWord, duration: float) -> bool:
    if not (math.isfinite(word.start) and math.isfinite(word.end)):
        return False
    return 0 <= word.start <= duration - _SHORTEST and word.end >= word.start + _SHORTEST


def _trimmed(words: Sequence[HeardWord], number: int, duration: float) -> HeardWord:
    """A word no longer than words can be: the side that hangs in a pause is cut."""
    word = words[number]._replace(end=min(words[number].end, duration))
    most = longest(word.text)
    if word.end - word.start <= most:
        return word
    if number == 0 or words[number - 1].end < word.start - _SHORTEST:
        return word._replace(start=word.end - most)
    return word._replace(end=word.start + most)


def _spread(words: list[HeardWord], first: int, last: int, duration: float) -> None:
    """Give words [first, last) times between their neighbours, by their lengths.

    They stand right after the word before them, at an ordinary pace. Where there is no room
    between the neighbours, these give up some of theirs.
    """
    low = words[first - 1].end if first else 0.0
    high = words[last].start if last < len(words) else duration
    room = min(high - low, _LETTER * sum(map(_letters, words[first:last])))
    at = low if first else high - room
    if room < _SHORTEST * (last - first):
        at = words[first - 1].start if first else 0.0
        room = (words[last].end if last < len(words) else duration) - at
        first, last = max(0, first - 1), min(len(words), last + 1)
    whole = sum(map(_letters, words[first:last]))
    for number in range(first, last):
        end = at + room * _letters(words[number]) / whole
        words[number] = words[number]._replace(start=at, end=end)
        at = end


def _letters(word: HeardWord) -> int:
    return max(1, len(word.text.strip()))


def _has_moved(old: HeardWord, new: HeardWord) -> bool:
    slips = (abs(old.start - new.start), abs(old.end - new.end))
    return not all(slip <= _SLIGHT for slip in slips)
