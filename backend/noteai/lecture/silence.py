"""Where nobody speaks."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

from noteai.engine.artifact import Artifact
from noteai.timeline import Seconds, Span

SilenceKind = Literal["head", "pause", "break", "tail"]


class Silence(Span):
    """A stretch without speech and its mean level in dB of full scale."""

    kind: SilenceKind
    level_db: float


class SilenceMap(Artifact):
    """Silences in order of time; they do not touch. The rest is speech."""

    duration: Seconds
    spans: tuple[Silence, ...]

    def near(self, around: Span) -> Sequence[Silence]:
        """Those that share time with a span or touch it, found without looking at the others."""
        first = bisect_left(self.spans, around.start, key=lambda each: each.end)
        after = bisect_right(self.spans, around.end, key=lambda each: each.start)
        return self.spans[first:after]
