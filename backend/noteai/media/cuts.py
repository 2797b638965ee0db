"""Which frames of a recording a clip plays: a grid of frames and the stretches kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from noteai.timeline import Span

_COMMON_RATES = (
    *map(Fraction, (10, 12, 12.5, 15, 20)),
    Fraction(24000, 1001),
    *map(Fraction, (24, 25)),
    Fraction(30000, 1001),
    *map(Fraction, (30, 48, 50)),
    Fraction(60000, 1001),
    Fraction(60),
)
_TOLERANCE = 0.004
_INDEXED = frozenset(["mov", "matroska", "avi", "asf"])
_LEAD = 12.0
"""Seconds: longer than the keyframe interval of broadcasts and streams."""


@dataclass(frozen=True)
class Cut:
    """Frame n of the grid is shown at `start` + n / `rate` seconds of the recording.

    `kept` are half-open stretches of the grid in order; the clip plays them without a gap.
    """

    start: float
    rate: Fraction
    kept: tuple[tuple[int, int], ...]
    lead: float = 0.0
    """Seconds before `start` at which the file is opened."""

    @property
    def frames(self) -> int:
        return sum(end - first for first, end in self.kept)

    @property
    def length(self) -> float:
        """Seconds that the clip plays."""
        return float(self.frames / self.rate)

    def frame_at(self, instant: float) -> int:
        """The clip's frame that plays at `instant` of the recording, at most `frames`."""
        grid = round((instant - self.start) * self.rate)
        return sum(max(0, min(grid, end) - first) for first, end in self.kept)


def cut(passage: Span, pauses: Sequence[Span], rate: Fraction, lead: float = 0.0) -> Cut:
    """The frames of `passage` without `pauses`, which lie in it in order."""
    first, kept = 0, []
    for pause in pauses:
        kept.append((first, round((pause.start - passage.start) * rate)))
        first = round((pause.end - passage.start) * rate)
    kept.append((first, max(first + 1, round(passage.duration * rate))))
    frames = tuple((a, b) for a, b in kept if b > a)
    return Cut(passage.start, rate, frames, min(lead, passage.start))


def lead(container: str) -> float:
    """How long before an instant to open a file so that its frame can be decoded.

    0 where an index leads to the keyframe before it; elsewhere ffmpeg lands anywhere.
    """
    return 0.0 if container in _INDEXED else _LEAD


def constant_rate(average: float, highest: float) -> Fraction:
    """The constant rate at which to play a recording of `average` frames a second.

    A common rate stays as it is, any other is raised to the next common one (10 to 60);
    above `highest` every second or third frame is played.
    """
    near = [each for each in _COMMON_RATES if abs(each / average - 1) < _TOLERANCE]
    above = [each for each in _COMMON_RATES if each >= average]
    rate = min(near, key=lambda each: abs(each - average), default=(above or _COMMON_RATES[-1:])[0])
    return rate / -(-rate // Fraction(highest)) if rate > highest else rate
