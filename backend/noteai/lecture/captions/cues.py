"""Words to cues: what stands on the screen at a time, in at most two lines.

Limits after the usual guides for subtitles (BBC, Netflix): 42 columns a line, 17
characters a second where speech allows it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from noteai.lecture.captions.breaks import best_cuts, lines_of
from noteai.lecture.captions.style import CueStyle
from noteai.lecture.transcript import Transcript, Word
from noteai.lecture.writing import join, width
from noteai.timeline import Span, clamp, span, subtract, total

__all__ = ["Cue", "CueStyle", "cues"]


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
    drafts = [part for words in sentences if words for part in _drafts(words, look)]
    return tuple(_timed(_joined(drafts, look), look, end if kept is not None else None))


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


def _drafts(words: Sequence[Word], style: CueStyle) -> list[_Draft]:
    edges = [0, *best_cuts(words, style), len(words)]
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
    later = following - draft.start if following is not None else style.min_seconds
    if room >= style.min_seconds and later >= style.min_seconds:
        return False
    near = draft.start - last.end <= style.max_gap
    short = draft.end - last.start <= style.max_seconds
    return near and short and lines_of([*last.words, *draft.words], style) is not None


def _timed(drafts: Sequence[_Draft], style: CueStyle, end: float | None) -> Iterable[Cue]:
    """Cues that stay long enough to be read, as far as the next one leaves room."""
    for number, draft in enumerate(drafts):
        limit = drafts[number + 1].start if number + 1 < len(drafts) else end
        needed = max(style.min_seconds, draft.width / style.characters_per_second)
        until = max(draft.end, draft.start + min(needed, style.max_seconds))
        if limit is not None:
            until = limit if limit - until < style.max_gap else until
            until = max(draft.start, min(until, limit))
        lines = lines_of(draft.words, style) or _overfull(draft)
        yield Cue(start=round(draft.start, 3), end=round(until, 3), lines=lines)


def _overfull(draft: _Draft) -> tuple[str, ...]:
    """A single word too wide for any line stands as it is."""
    return (join(word.text for word in draft.words),)
