"""From stretches to shots: kinds, boxes, and times that are true to the frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from noteai.agents.layout.panels import Panel, shared
from noteai.agents.layout.reel import Reel
from noteai.agents.layout.screens import screen
from noteai.agents.layout.stretches import Stretch, changing
from noteai.lecture.layout import Box, Shot, ShotKind

SHOWN = ("drawn", "screen", "film")
"""Contents that are shown on the screen, as slides are."""
_WEIGHED = 12
"""Pictures, or nearly twice as many, that tell where the screen is."""
_OVERLAP = 0.2
"""Share of the camera's window that lies on the screen where it is an inset."""
Edge = Callable[[int], float]
"""The time at which the picture of this sample began to differ from the one before."""


@dataclass(frozen=True)
class Layout:
    """A kind with its places in small pixels; `screen` none is the whole picture."""

    kind: ShotKind
    screen: Panel | None = None
    window: Panel | None = None


def layouts(reel: Reel, parts: Sequence[Stretch]) -> list[Layout]:
    """The layout of each stretch; the screen has one place for each window."""
    shown = [each for each in parts if each.content in SHOWN]
    places: dict[Panel | None, Panel | None] = {}
    for window in {each.window for each in shown}:
        chosen = [k for each in shown if each.window == window for k in changing(reel, each)]
        step = max(1, len(chosen) // _WEIGHED)
        places[window] = screen([reel.picture(index) for index in chosen[::step]], window)
    return [_layout(each, places) for each in parts]


def _layout(stretch: Stretch, places: dict[Panel | None, Panel | None]) -> Layout:
    if stretch.content not in SHOWN:
        kind = stretch.content
        return Layout(kind if kind in ("blank", "board", "camera") else "unknown")
    window, place = stretch.window, places[stretch.window]
    if window is None:
        return Layout("screen" if stretch.content == "screen" else "slides", place)
    overlap = shared(window, place) / window.area if place else 1.0
    return Layout("slides_inset" if overlap > _OVERLAP else "side_by_side", place, window)


def joined(
    parts: Sequence[tuple[Stretch, Layout]], edge: Edge, duration: float, shortest: float
) -> list[tuple[Stretch, Layout]]:
    """Neighbours of one layout made one; what is too short to be a shot goes to its neighbour."""
    starts = [edge(part.first) for part, _ in parts]
    ends = [*starts[1:], duration]
    spans = zip(parts, starts, ends, strict=True)
    long = [part for part, start, end in spans if end - start >= shortest]
    groups: list[list[tuple[Stretch, Layout]]] = []
    for part in long or list(parts[:1]):
        if groups and groups[-1][0][1] == part[1]:
            groups[-1].append(part)
        else:
            groups.append([part])
    return [(_longest(group), group[0][1]) for group in groups]


def _longest(group: Sequence[tuple[Stretch, Layout]]) -> Stretch:
    """One stretch over all of them, as sure as they are on average."""
    parts = [part for part, _ in group]
    weights = [len(part.indices) for part in parts]
    sure = sum(p.confidence * w for p, w in zip(parts, weights, strict=True)) / sum(weights)
    return replace(parts[0], last=parts[-1].last, confidence=sure)


def timed(
    parts: Sequence[tuple[Stretch, Layout]],
    duration: float,
    edge: Edge,
    boxes: Callable[[Layout], tuple[Box | None, Box | None]],
) -> tuple[Shot, ...]:
    """Shots from 0 to the end without gaps."""
    starts = [0.0, *(edge(part.first) for part, _ in parts[1:])]
    ends = [*starts[1:], duration]
    return tuple(
        Shot(
            start=start,
            end=max(start, end),
            kind=way.kind,
            confidence=round(part.confidence, 3),
            screen=boxes(way)[0],
            camera=boxes(way)[1],
        )
        for (part, way), start, end in zip(parts, starts, ends, strict=True)
    )
