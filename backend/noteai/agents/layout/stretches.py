"""Stretches of samples that are laid out alike, and what each of them is."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from noteai.agents.layout.likeness import kept
from noteai.agents.layout.looks import Look, Surface, look, surface
from noteai.agents.layout.panels import Panel
from noteai.agents.layout.reel import Reel, changed
from noteai.agents.layout.windows import outside
from noteai.resources.face_finder import FaceFinder

Content = Literal["blank", "drawn", "screen", "board", "camera", "film", "fade"]
"""A film is a camera's picture that nobody speaks in: shown between slides, as one of them. A
fade is a picture on its way to the next."""

_CUT = 0.2
_FACE = 0.12
_NEAR_FACE = 0.33
_STEADY, _ALWAYS = 15.0, 0.9
_BOARD_LASTS = 6.0
_WORK_LASTS, _DENSE, _LITTLE, _MANY = 20.0, 0.08, 0.05, 40
_LOOKED_AT = 3


@dataclass(frozen=True)
class Stretch:
    """Samples first to last, both included, of one window and one content around it."""

    first: int
    last: int
    window: Panel | None
    content: Content | None
    """None until a camera's picture has been told from a board and a film."""
    confidence: float = 0.0

    @property
    def indices(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Samples:
    """What is known of each sample: its window, and the look of the rest."""

    reel: Reel
    windows: Sequence[Panel | None]
    looks: Sequence[Look]

    @cached_property
    def has_slides(self) -> bool:
        """Is enough of it drawn, or as still as no camera's picture is?"""
        drawn = float(np.mean([each.is_drawn for each in self.looks]))
        still = float(np.mean([self.reel.is_still(index) for index in range(len(self.reel))]))
        return drawn > 0.3 or still > 0.2


def looked_at(reel: Reel, windows: Sequence[Panel | None]) -> Samples:
    """A window in pictures that are mostly filmed themselves is furniture, and forgotten."""
    looks = _looks(reel, windows)
    rooms = {each for each in set(windows) if each and _is_furniture(each, windows, looks)}
    true = [None if each in rooms else each for each in windows]
    return Samples(reel, true, _looks(reel, true) if rooms else looks)


def _looks(reel: Reel, windows: Sequence[Panel | None]) -> list[Look]:
    looks: list[Look] = []
    for index, window in enumerate(windows):
        if index and reel.is_same(index) and window == windows[index - 1]:
            looks.append(looks[-1])
            continue
        grey = reel.picture(index)
        looks.append(look(grey, outside(grey.shape, window) if window else None))
    return looks


def _is_furniture(window: Panel, windows: Sequence[Panel | None], looks: Sequence[Look]) -> bool:
    seen = [each for each, at in zip(looks, windows, strict=True) if at == window]
    return float(np.mean([not each.is_drawn and each.softness > 0.75 for each in seen])) > 0.5


def stretches(samples: Samples, faces: FaceFinder) -> list[Stretch]:
    """All samples in order, each in one stretch."""
    return [_named(samples, each, faces) for each in _without_fades(_cut(samples))]


def _without_fades(parts: Sequence[Stretch]) -> list[Stretch]:
    """A fade belongs to what it leads to."""
    found: list[Stretch] = []
    for part in reversed(parts):
        if part.content == "fade" and found:
            found[-1] = replace(found[-1], first=part.first)
        else:
            found.append(part)
    return found[::-1]


def _cut(samples: Samples) -> list[Stretch]:
    found: list[Stretch] = []
    for index in range(len(samples.reel)):
        window, content = samples.windows[index], _content(samples, index)
        last = found[-1] if found else None
        if (
            last
            and (last.window, last.content) == (window, content)
            and not (content is None and _is_cut(samples.reel, index))
        ):
            found[-1] = replace(last, last=index)
        else:
            found.append(Stretch(index, index, window, content))
    return found


def _content(samples: Samples, index: int) -> Content | None:
    seen = samples.looks[index]
    if samples.reel.is_fade(index):
        return "fade"
    if seen.is_blank:
        return "blank"
    is_drawn = seen.is_drawn and samples.has_slides
    return "drawn" if is_drawn or samples.windows[index] else None


def _is_cut(reel: Reel, index: int) -> bool:
    if reel.change[index] < 0.25:
        return False
    return kept(reel.picture(index - 1), reel.picture(index)) < _CUT


def _named(samples: Samples, stretch: Stretch, faces: FaceFinder) -> Stretch:
    if stretch.content == "drawn" and stretch.window is None and _is_worked_on(samples, stretch):
        return replace(stretch, content="screen", confidence=0.7)
    if stretch.content is not None:
        return replace(stretch, confidence=_drawn_confidence(samples, stretch))
    pictures = [samples.reel.picture(index) for index in _spread(stretch.indices)]
    near = [max((f.h / each.shape[0] for f in faces.find(each)), default=0.0) for each in pictures]
    content, confidence = _filmed(samples, stretch, [surface(each) for each in pictures], near)
    return replace(stretch, content=content, confidence=confidence)


def _filmed(
    samples: Samples, stretch: Stretch, surfaces: Sequence[Surface], near: Sequence[float]
) -> tuple[Content, float]:
    """`near` is the height of the largest face of each picture, as a share of the picture's."""
    boards = float(np.mean([each.is_board for each in surfaces]))
    written = max(each.written for each in surfaces)
    lasts = _lasting(samples.reel, stretch) > _BOARD_LASTS or not samples.has_slides
    if lasts and boards > 0.5 and written > 0.04 and max(near) < _NEAR_FACE:
        return "board", 0.6 + 0.3 * boards
    if float(np.mean([each > _FACE for each in near])) >= 0.5:
        return "camera", 0.95
    if not samples.has_slides or _is_steady(samples.reel, stretch):
        return "camera", 0.7
    still = float(np.mean([samples.reel.is_still(index) for index in stretch.indices]))
    return ("drawn", 0.6) if still > 0.25 else ("film", 0.5)


def _lasting(reel: Reel, stretch: Stretch) -> float:
    """Seconds from its first sample to that which follows it."""
    return reel.times[min(stretch.last + 1, len(reel) - 1)] - reel.times[stretch.first]


def _is_steady(reel: Reel, stretch: Stretch) -> bool:
    """One camera on one place, with somebody moving in it, for a while."""
    inner = stretch.indices[1:]
    if reel.times[stretch.last] - reel.times[stretch.first] < _STEADY or not inner:
        return False
    moving = float(np.mean([not reel.is_same(index) for index in inner]))
    return moving > _ALWAYS


def _is_worked_on(samples: Samples, stretch: Stretch) -> bool:
    """Does a little of it change all the time, and at ever other places, as where one types?

    An animation on a slide changes again and again at the same place.
    """
    reel, inner = samples.reel, stretch.indices[1:]
    if len(inner) < 6 or reel.times[stretch.last] - reel.times[stretch.first] < _WORK_LASTS:
        return False
    moved = [index for index in inner if not reel.is_same(index)]
    dense = float(np.median([samples.looks[index].edges for index in inner])) > _DENSE
    if not dense or len(moved) < 0.7 * len(inner):
        return False
    little = float(np.median([reel.change[index] for index in moved])) < _LITTLE
    return little and _repetition(reel, moved) < 0.3


def _repetition(reel: Reel, moved: Sequence[int]) -> float:
    """How much of what changes had changed just before, on average: 0 to 1."""
    masks = [changed(reel.picture(index - 1), reel.picture(index)) for index in moved[:_MANY]]
    shares = [
        float((a & b).sum()) / max(1.0, float((a | b).sum())) for a, b in itertools.pairwise(masks)
    ]
    return float(np.mean(shares)) if shares else 1.0


def _drawn_confidence(samples: Samples, stretch: Stretch) -> float:
    if stretch.content == "blank":
        return 0.95
    clear = float(np.mean([samples.looks[index].background for index in stretch.indices]))
    return min(0.97, 0.7 + 0.4 * clear)


def _spread(indices: range) -> list[int]:
    """A few of them: the middle, the end and what lies between."""
    if len(indices) <= _LOOKED_AT:
        return list(indices)
    return [indices[round(len(indices) * share)] for share in (0.4, 0.7)] + [indices[-1]]


def changing(reel: Reel, stretch: Stretch) -> list[int]:
    """The samples of a stretch that differ from the one before, a few at most."""
    fresh = [index for index in stretch.indices if not reel.is_same(index)] or [stretch.first]
    step = max(1, len(fresh) // 8)
    return fresh[::step]
