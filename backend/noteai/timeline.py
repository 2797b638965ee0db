"""Time as a type: spans of a recording, in seconds from its start, and their algebra."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field, model_validator

from noteai.frozen import Frozen

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Span(Frozen):
    """The half-open stretch [start, end) of a recording, in seconds."""

    start: Seconds
    end: Seconds

    @model_validator(mode="after")
    def _runs_forwards(self) -> "Span":
        if self.end < self.start:
            raise ValueError(f"a span ends before it starts: {self.start} > {self.end}")
        return self

    @property
    def duration(self) -> float:
        return self.end - self.start

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    def contains(self, instant: float) -> bool:
        return self.start <= instant < self.end


def span(start: float, end: float) -> Span:
    return Span(start=start, end=end)


def overlap(a: Span, b: Span) -> float:
    """Seconds that two spans share."""
    return max(0.0, min(a.end, b.end) - max(a.start, b.start))


def merge(spans: Iterable[Span], gap: float = 0.0) -> list[Span]:
    """Sorted spans that neither touch nor lie within `gap` seconds of each other."""
    merged: list[Span] = []
    for each in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and each.start - merged[-1].end <= gap:
            merged[-1] = span(merged[-1].start, max(merged[-1].end, each.end))
        else:
            merged.append(span(each.start, each.end))
    return merged


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of `spans` outside every hole, in time linear in both after sorting."""
    left: list[Span] = []
    dug, next_hole = merge(holes), 0
    for each in merge(spans):
        start = each.start
        while next_hole < len(dug) and dug[next_hole].start < each.end:
            if dug[next_hole].start > start:
                left.append(span(start, dug[next_hole].start))
            start = max(start, dug[next_hole].end)
            if dug[next_hole].end > each.end:
                break
            next_hole += 1
        if start < each.end:
            left.append(span(start, each.end))
    return left


def complement(spans: Iterable[Span], duration: float) -> list[Span]:
    """What [0, duration) has outside `spans`."""
    return subtract([span(0.0, duration)], spans)


def clamp(spans: Iterable[Span], within: Span) -> list[Span]:
    """The parts of `spans` that lie in `within`, empty ones dropped."""
    cut = ((max(s.start, within.start), min(s.end, within.end)) for s in spans)
    return [span(start, end) for start, end in cut if end > start]


def total(spans: Iterable[Span]) -> float:
    """Seconds covered by `spans`, each instant counted once."""
    return sum(each.duration for each in merge(spans))


def snap(instant: float, edges: Sequence[float], within: float) -> float:
    """The edge nearest to `instant`, or `instant` itself when none lies `within` seconds."""
    nearest = min(edges, key=lambda edge: abs(edge - instant), default=instant)
    return nearest if abs(nearest - instant) <= within else instant
