"""When each word of a cue is spoken: captions time cues, and rarely words."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from noteai.lecture.captions.parse import Piece, RawCue
from noteai.lecture.transcript import Word
from noteai.lecture.writing import bare

_LETTER = 0.16
"""Most seconds a letter takes: a cue that stays longer has ended before it goes."""
_SHORTEST = 0.02
"""Seconds that every word takes, if need be from its neighbours."""
_AT_ONCE = 0.1
"""Cues whose starts are less apart, in seconds, come together, as those in two languages do."""


def words_of(cues: Sequence[RawCue]) -> list[Word]:
    """Words in order, one after another; inside the time of the cues where that has room.

    `cues` are in order of their starts. They share the time in which several are shown: those
    that come together by the lengths of their words, otherwise one ends where the next starts.
    """
    groups = _together([cue for cue in cues if cue.pieces])
    if not groups:
        return []
    untils = [*(cue.start for cue in groups[1:]), groups[-1].end]
    timed = chain.from_iterable(
        _timed(cue.pieces, cue.start, min(cue.end, until))
        for cue, until in zip(groups, untils, strict=True)
    )
    return _apart(list(timed), max(cue.end for cue in groups))


def _together(cues: Sequence[RawCue]) -> list[RawCue]:
    groups: list[list[RawCue]] = []
    for cue in cues:
        if groups and cue.start - groups[-1][0].start < _AT_ONCE:
            groups[-1].append(cue)
        else:
            groups.append([cue])
    return [_one(group) for group in groups]


def _one(group: Sequence[RawCue]) -> RawCue:
    """The cues as one. Inline times of several cues contradict each other and are left out."""
    if len(group) == 1:
        return group[0]
    pieces = (Piece(piece.text, None) for cue in group for piece in cue.pieces)
    return RawCue(group[0].start, max(cue.end for cue in group), tuple(pieces))


def _timed(pieces: Sequence[Piece], start: float, end: float) -> Iterator[Word]:
    """Words of one cue: known starts are kept, the words between share the time by length."""
    known = [n for n, piece in enumerate(pieces) if piece.start is not None]
    for first, last in pairwise(sorted({0, *known, len(pieces)})):
        at = pieces[first].start
        low = start if at is None else min(max(at, start), end)
        after = pieces[last].start if last < len(pieces) else None
        high = end if after is None else min(max(after, low), end)
        yield from _shared(pieces[first:last], low, high)


def _shared(pieces: Sequence[Piece], low: float, high: float) -> Iterator[Word]:
    sizes = [len(bare(piece.text)) + 1 for piece in pieces]
    room = min(high - low, _LETTER * sum(sizes))
    at = low
    for piece, size in zip(pieces, sizes, strict=True):
        end = at + room * size / sum(sizes)
        yield Word(
            id="w0",
            start=at,
            end=end,
            text=piece.text,
            probability=1.0,
            flags=() if piece.start is not None else ("interpolated",),
        )
        at = end


def _apart(words: Sequence[Word], end: float) -> list[Word]:
    """The words, moved as little as gives each a time of its own; rounded to milliseconds."""
    spans: list[tuple[float, float]] = []
    at = words[0].start
    for word in words:
        start = max(word.start, at)
        at = max(word.end, start + _SHORTEST)
        spans.append((start, at))
    limit = max(end, words[0].start + _SHORTEST * len(words))
    for number in reversed(range(len(spans))):
        start, until = spans[number]
        until = min(until, limit)
        limit = min(start, until - _SHORTEST)
        spans[number] = (limit, until)
    return [_at(*each) for each in zip(words, spans, strict=True)]


def _at(word: Word, times: tuple[float, float]) -> Word:
    start, end = times
    return word.model_copy(update={"start": round(start, 3), "end": round(end, 3)})
