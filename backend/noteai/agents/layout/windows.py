"""Windows that show a camera's picture within the whole.

A window is a panel filled by what a camera sees, that keeps its place while its inside moves
and the rest either stands still or is replaced by something else. One that only moves may be a
film on a slide: it must outlast a slide, or stay for long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from noteai.agents.layout.likeness import both_ways, kept
from noteai.agents.layout.looks import Mask, look
from noteai.agents.layout.panels import Lines, Panel, coverage, likeness, panels, shared
from noteai.agents.layout.reel import Grey, Reel, changed

_SAME_PLACE, _SAME_ROOM = 0.75, 0.5
_INSIDE_MOVES, _OUTSIDE_CHANGES = 0.015, 0.03
_MOVING_SHARE = 0.6
_REPLACED = 0.4
"""Share of the inside that changes when it is another picture: a slide within a border."""
_LONG = 30.0
_ROOM = (96, 54)
_MOST = 24
_MOST_OF_IT = 0.6


@dataclass(frozen=True)
class Sighting:
    """A panel seen in two pictures, the second being `index`; shares of pixels that changed."""

    index: int
    panel: Panel
    sides: float
    inside: float
    outside: float


@dataclass
class Place:
    """Sightings of what is taken to be one panel."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def panel(self) -> Panel:
        """The middle of those with the clearest sides: a soft edge is seen at two columns."""
        clearest = max(each.sides for each in self.sightings)
        best = [each.panel for each in self.sightings if each.sides > clearest - 0.015]
        corners = np.median([(p.left, p.top, p.right, p.bottom) for p in best], axis=0)
        return Panel(*(round(float(each)) for each in corners))

    @property
    def pairs(self) -> dict[int, Sighting]:
        """The clearest sighting in each pair of pictures."""
        ordered = sorted(self.sightings, key=lambda each: each.sides)
        return {each.index: each for each in ordered}

    @property
    def weight(self) -> float:
        return sum(each.sides for each in self.pairs.values())


def sightings(index: int, before: Grey, after: Grey) -> list[Sighting]:
    """Panels of two pictures in a row that are filled by a camera's picture."""
    lines = Lines.of(before) & Lines.of(after)
    moved = changed(before, after)
    near = panels(lines, _around(moved))
    found = (_sighting(index, *each, moved) for each in near if _is_filmed(after, each[0]))
    return sorted(found, key=lambda each: -each.sides)[:_MOST]


def windows(seen: Sequence[Sighting], reel: Reel) -> list[Place]:
    """Places that behave like a camera's window, the most seen first.

    One that is not there for long counts where it shows the room that another window shows: the
    camera's picture was moved.
    """
    moving = [each for each in _gathered(seen) if _moves(each)]
    sure = [each for each in moving if _stays(each, reel)]
    rooms = [_room(each, reel) for each in sure]
    rest = [each for each in moving if each not in sure]
    same = [each for each in rest if any(_is_alike(_room(each, reel), room) for room in rooms)]
    return sorted([*sure, *same], key=lambda each: -each.weight)


def _room(place: Place, reel: Reel) -> Grey:
    import cv2

    inside = np.ascontiguousarray(reel.picture(max(place.pairs))[place.panel.slices])
    return np.asarray(cv2.resize(inside, _ROOM, interpolation=cv2.INTER_AREA), np.uint8)


def _is_alike(a: Grey, b: Grey) -> bool:
    return min(both_ways(a, b)) > _SAME_ROOM


def shown(reel: Reel, found: Sequence[Place]) -> list[Panel | None]:
    """The window of each picture: the most seen of those that are there."""
    in_view: list[Panel | None] = []
    for index in range(len(reel)):
        last = in_view[-1] if in_view else None
        if index and reel.is_same(index):
            in_view.append(last)
        else:
            in_view.append(_in_view(reel, index, found, last))
    return in_view


def _in_view(reel: Reel, index: int, found: Sequence[Place], last: Panel | None) -> Panel | None:
    if not found:
        return None
    picture = reel.picture(index)
    lines = Lines.of(picture)
    there = (each.panel for each in found if _is_there(picture, lines, each.panel))
    now = next(there, None)
    is_apart = now is not None and (last is None or not shared(now, last))
    if is_apart or not last or not _is_same_room(reel.picture(index - 1), picture, last):
        return now
    return last


def _is_there(picture: Grey, lines: Lines, panel: Panel) -> bool:
    least, mean = coverage(lines, panel)
    return least > 0.5 and mean > 0.7 and _is_filmed(picture, panel)


def _is_same_room(before: Grey, now: Grey, panel: Panel) -> bool:
    """A side may vanish against a slide of the same grey; what the camera sees goes on."""
    old, new = (np.ascontiguousarray(each[panel.slices]) for each in (before, now))
    return kept(old, new) > _SAME_ROOM and _is_filmed(now, panel)


def outside(shape: tuple[int, ...], window: Panel | None) -> Mask:
    """Every pixel but those of the window and a seam around it."""
    mask = np.ones(shape, np.bool_)
    if window:
        rows, columns = window.slices
        mask[
            max(0, rows.start - 2) : rows.stop + 2, max(0, columns.start - 2) : columns.stop + 2
        ] = False
    return mask


def _around(moved: Mask) -> Panel | None:
    """Where something moved, and as far again; none where it is most of the picture."""
    height, width = moved.shape
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    if not len(rows):
        return None
    top, bottom, left, right = (int(each) for each in (rows[0], rows[-1], columns[0], columns[-1]))
    high, wide = max(8, (bottom - top) // 2), max(8, (right - left) // 2)
    whole = Panel(
        max(0, left - wide), max(0, top - high),
        min(width, right + wide), min(height, bottom + high),
    )  # fmt: skip
    return whole if whole.area < _MOST_OF_IT * moved.size else None


def _sighting(index: int, panel: Panel, sides: float, moved: Mask) -> Sighting:
    within = int(moved[panel.slices].sum())
    rest = (int(moved.sum()) - within) / max(1, moved.size - panel.area)
    return Sighting(index, panel, sides, within / panel.area, rest)


def _is_filmed(picture: Grey, panel: Panel) -> bool:
    rows, columns = panel.slices
    inner = picture[rows.start + 2 : rows.stop - 2, columns.start + 2 : columns.stop - 2]
    seen = look(np.ascontiguousarray(inner))
    return not seen.is_drawn and not seen.is_blank


def _gathered(seen: Sequence[Sighting]) -> list[Place]:
    places: list[Place] = []
    for each in sorted(seen, key=lambda sighting: -sighting.sides):
        near = (p for p in places if likeness(p.sightings[0].panel, each.panel) > _SAME_PLACE)
        place = next(near, None)
        if place is None:
            places.append(place := Place())
        place.sightings.append(each)
    return places


def _moves(place: Place) -> bool:
    """Does a part of it change nearly always?"""
    pairs = list(place.pairs.values())
    moving = [each.inside for each in pairs if each.inside > _INSIDE_MOVES]
    if len(moving) < 2 or len(moving) < _MOVING_SHARE * len(pairs):
        return False
    return float(np.median(moving)) <= _REPLACED


def _stays(place: Place, reel: Reel) -> bool:
    """Does it outlast what is around it, or stay for long?"""
    first, last = min(place.pairs), max(place.pairs)
    return _outlasts(place, reel) or reel.times[last] - reel.times[first] >= _LONG


def _outlasts(place: Place, reel: Reel) -> bool:
    """Was the rest replaced while it was seen, or between two times that it was?"""
    pairs = place.pairs
    if any(each.outside > _OUTSIDE_CHANGES for each in pairs.values()):
        return True
    share = place.panel.area / (reel.width * reel.height)
    between = (k for k in range(min(pairs), max(pairs)) if k not in pairs)
    return any(reel.change[k] > _OUTSIDE_CHANGES + share for k in between)
