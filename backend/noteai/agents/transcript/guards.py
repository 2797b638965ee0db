"""Guards against what recognisers invent: words without voice, and endless repetitions."""

from bisect import bisect_left
from collections.abc import Sequence

from noteai.lecture.writing import bare, is_tight
from noteai.resources.transcriber import HeardWord
from noteai.timeline import Span

_MARGIN = 0.3
"""Seconds around a stretch of voice in which a word may still lie: voice fades in and out."""
_LONGEST_PHRASE = 12
_REPEATS = 4
_MIN_LOOP = 8
"""Words: shorter repetitions, as in "no, no, no, no", are spoken."""


def whole_words(words: Sequence[HeardWord]) -> list[HeardWord]:
    """Words whose pieces are together: a piece without a space goes on with the last word."""
    whole: list[HeardWord] = []
    for piece in words:
        if whole and _goes_on(whole[-1].text, piece.text):
            whole[-1] = _merged(whole[-1], piece)
        elif piece.text.strip():
            whole.append(piece)
    return whole


def voiced(words: Sequence[HeardWord], voice: Sequence[Span]) -> list[HeardWord]:
    """The words that touch a stretch of voice."""
    ends = [each.end + _MARGIN for each in voice]
    return [word for word in words if _is_voiced(word, voice, ends)]


def without_loops(words: Sequence[HeardWord]) -> tuple[list[HeardWord], int]:
    """Words with endless repetitions cut to the first time, and how many were cut."""
    plain = [bare(word.text) for word in words]
    kept: list[HeardWord] = []
    at = 0
    while at < len(words):
        period, length = _loop(plain, at)
        kept += words[at : at + (period or 1)]
        at += length or 1
    return kept, len(words) - len(kept)


def _goes_on(left: str, right: str) -> bool:
    return not right[:1].isspace() and bool(right) and not is_tight(left[-1:], right[:1])


def _merged(left: HeardWord, right: HeardWord) -> HeardWord:
    return HeardWord(
        left.start,
        max(left.end, right.end),
        left.text + right.text,
        min(left.probability, right.probability),
    )


def _is_voiced(word: HeardWord, voice: Sequence[Span], ends: Sequence[float]) -> bool:
    first = bisect_left(ends, min(word.start, word.end))
    last = max(word.start, word.end)
    return first < len(voice) and voice[first].start - _MARGIN <= last


def _loop(plain: Sequence[str], at: int) -> tuple[int, int]:
    """Words of the phrase that repeats from `at` on, and of all its repetitions; or 0, 0."""
    for period in range(1, _LONGEST_PHRASE + 1):
        end = at + period
        while end < len(plain) and plain[end] == plain[end - period]:
            end += 1
        length = (end - at) // period * period
        if length >= max(_REPEATS * period, _MIN_LOOP):
            return period, length
    return 0, 0
