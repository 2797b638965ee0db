"""Words to cues: what stands on the screen at a time, in at most two lines.

Limits after the usual guides for subtitles (BBC, Netflix): 42 columns a line, 17
characters a second where speech allows it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf

from noteai.lecture.captions.breaks import best_cuts, lines_of
from noteai.lecture.captions.style import CueStyle
from noteai.lecture.transcript import Transcript, Word
from noteai.lecture.writing import join, width
from noteai.timeline import Span, clamp, span, subtract, total

__all__ = ["Cue", "CueStyle", "cues"]

_GAP = 0.083
"""Seconds between cues that follow at once, two frames: without them a change is overlooked."""
_EARLY = 0.3
"""Most seconds by which a cue comes before its first word."""


class Cue(Span):
    """Lines that are shown together; times count from the start of the video they belong to."""

    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return join(self.lines)


@dataclass(frozen=True)
class _Draft:
    """The words of a cue to be."""

    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return max(self.words[0].start, self.words[-1].end)

    @property
    def width(self) -> int:
        return width(join(word.text for word in self.words))


def cues(
    transcript: Transcript,
    style: CueStyle | None = None,
    within: Span | None = None,
    removed: Sequence[Span] = (),
) -> tuple[Cue, ...]:
    """The cues of a transcript, or of the part `within` with `removed` stretches cut out.

    Times count from the start of `within`, as in a video that was cut in the same way.
    """
    look = style or CueStyle()
    sentences = [list(transcript.words_of(each)) for each in transcript.sentences]
    end = transcript.words[-1].end if transcript.words else 0.0
    kept: list[Span] | None = None
    if within is not None or removed:
        whole = within or span(0.0, end)
        kept = subtract([whole], clamp(removed, whole))
        sentences = [_moved(words, kept) for words in sentences]
        end = total(kept)
    limit = end if kept is not None else None
    return tuple(_timed(_joined(_divided(sentences, look, limit), look), look, limit))


def _moved(words: Iterable[Word], kept: Sequence[Span]) -> list[Word]:
    """The words whose middle is kept, on the clock of the cut video."""
    lengths = accumulate((each.duration for each in kept), initial=0.0)
    placed = list(zip(kept, lengths, strict=False))
    moved: list[Word] = []
    for word in words:
        home = next((each for each in placed if each[0].contains(word.middle)), None)
        if home is None:
            continue
        part, offset = home
        start = offset + max(word.start, part.start) - part.start
        end = offset + min(word.end, part.end) - part.start
        moved.append(word.model_copy(update={"start": start, "end": end}))
    return moved


def _divided(
    sentences: Iterable[Sequence[Word]], style: CueStyle, end: float | None
) -> list[_Draft]:
    """Each sentence in cues, with regard to how soon the next one begins."""
    said = [words for words in sentences if words]
    limits = [*(words[0].start for words in said[1:]), end if end is not None else inf]
    pairs = zip(said, limits, strict=False)
    return [part for words, limit in pairs for part in _drafts(words, style, limit)]


def _drafts(words: Sequence[Word], style: CueStyle, limit: float) -> list[_Draft]:
    edges = [0, *best_cuts(words, style, limit), len(words)]
    return [_Draft(words=tuple(words[a:b])) for a, b in pairwise(edges)]


def _joined(drafts: Sequence[_Draft], style: CueStyle) -> list[_Draft]:
    """Cues that would be too short to read go together with a neighbour where they fit."""
    joined: list[_Draft] = []
    for number, draft in enumerate(drafts):
        following = drafts[number + 1].start if number + 1 < len(drafts) else None
        last = joined[-1] if joined else None
        if last and _belongs(last, draft, following, style):
            joined[-1] = _Draft(words=last.words + draft.words)
        else:
            joined.append(draft)
    return joined


def _belongs(last: _Draft, draft: _Draft, following: float | None, style: CueStyle) -> bool:
    """Whether two cues become one: one of them is too short, and together they fit."""
    room = draft.start - last.start
    shortest = style.min_seconds + _GAP
    later = following - draft.start if following is not None else shortest
    if room >= shortest and later >= shortest:
        return False
    near = draft.start - last.end <= style.max_gap
    short = draft.end - last.start <= style.max_seconds
    return near and short and lines_of([*last.words, *draft.words], style) is not None


def _timed(drafts: Sequence[_Draft], style: CueStyle, end: float | None) -> Iterable[Cue]:
    """Cues that stay long enough to be read, as far as the next one leaves room."""
    starts = _starts(drafts, style, end)
    for number, (draft, start) in enumerate(zip(drafts, starts, strict=True)):
        following = starts[number + 1] if number + 1 < len(drafts) else None
        lines = lines_of(draft.words, style) or _overfull(draft)
        until = _until(draft, start, following, end, style)
        yield Cue(start=start, end=round(until, 3), lines=lines)


def _starts(drafts: Sequence[_Draft], style: CueStyle, end: float | None) -> list[float]:
    """When cues come, in milliseconds: at their first word, or a little before it.

    Before it where it takes longer to read than to say, and the one before has been read.
    """
    starts: list[float] = []
    limits = [*(draft.start for draft in drafts[1:]), end if end is not None else inf]
    free = 0.0
    for draft, limit in zip(drafts, limits, strict=False):
        lacking = _needed(draft, style) - (limit - _GAP - draft.start)
        early = max(0.0, min(lacking, _EARLY, draft.start - free))
        starts.append(round(draft.start - early, 3))
        free = starts[-1] + _needed(draft, style) + _GAP
    return starts


def _until(
    draft: _Draft, start: float, following: float | None, end: float | None, style: CueStyle
) -> float:
    """When a cue goes: two frames before another follows at once, or with the video."""
    until = max(draft.end, start + _needed(draft, style))
    limit = following if following is not None else end
    if limit is None:
        return until
    gap = min(_GAP, (limit - start) / 2) if following is not None else 0.0
    until = limit if limit - until < style.max_gap else until
    return max(start, min(until, limit - gap))


def _needed(draft: _Draft, style: CueStyle) -> float:
    """Seconds in which a cue can be read."""
    reading = draft.width / style.characters_per_second
    return min(max(style.min_seconds, reading), style.max_seconds)


def _overfull(draft: _Draft) -> tuple[str, ...]:
    """A single word too wide for any line stands as it is."""
    return (join(word.text for word in draft.words),)
