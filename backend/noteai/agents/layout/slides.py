"""The slides of a lecture: which pictures are builds of one slide, and when each is shown."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from noteai.agents.layout.likeness import both_ways, ink
from noteai.agents.layout.panels import Panel
from noteai.agents.layout.reel import Grey, Reel
from noteai.agents.layout.stretches import Stretch
from noteai.agents.layout.windows import outside

CANON = (288, 162)
"""Width and height to which every slide is brought, whatever its place on the picture."""
_SAME, _GROWN, _RELATED = 0.93, 0.85, 0.7
_LEAST_INK = 0.002
_AT_HAND = 128
"""Pictures kept inflated, 46 kB each."""
Mask = npt.NDArray[np.bool_]
Region = tuple[float, float, float, float]


@dataclass(frozen=True)
class Scene:
    """A stretch that shows slides, and where the screen lies: x, y, w, h in small pixels."""

    stretch: Stretch
    screen: Region


@dataclass(frozen=True)
class View:
    """What the screen shows, brought to one size, and what of it no camera covers.

    Kept deflated: a long lecture has many slides, and a slide is mostly one colour.
    """

    _picture: bytes
    _visible: bytes

    @classmethod
    def of(cls, picture: Grey, visible: Mask) -> "View":
        return cls(zlib.compress(picture.tobytes(), 1), zlib.compress(visible.tobytes(), 1))

    @property
    def picture(self) -> Grey:
        return _inflated(self._picture)

    @property
    def visible(self) -> Mask:
        return _inflated(self._visible).astype(np.bool_)

    @property
    def is_empty(self) -> bool:
        return float(ink(self.picture)[self.visible].mean()) < _LEAST_INK

    @cached_property
    def amount(self) -> int:
        """Pixels of ink in view."""
        return int(ink(self.picture)[self.visible].sum())


@dataclass(frozen=True)
class State:
    """One picture of a slide: shown in the samples first to last."""

    first: int
    last: int
    view: View


@dataclass
class Visit:
    """States in a row of what is one slide, growing or being taken back."""

    states: list[State] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.states[0].first

    @property
    def last(self) -> int:
        return self.states[-1].last

    @property
    def fullest(self) -> State:
        """The latest of those that show the most."""
        most = max(each.view.amount for each in self.states)
        return [each for each in self.states if each.view.amount > 0.97 * most][-1]


def view(grey: Grey, screen: Region, window: Panel | None) -> View:
    """The screen's part of a small picture; what lies under the window counts as unseen."""
    import cv2

    visible = outside(grey.shape, window).astype(np.uint8) * 255
    x, y, w, h = screen
    grow = np.array([[w / CANON[0], 0, x], [0, h / CANON[1], y]])
    grow[:, 2] += 0.5 * np.array([w / CANON[0] - 1, h / CANON[1] - 1])
    how = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    picture = cv2.warpAffine(grey, grow, CANON, flags=how, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(visible, grow, CANON, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return View.of(np.asarray(picture, np.uint8), np.asarray(seen == 255, np.bool_))


@lru_cache(maxsize=_AT_HAND)
def _inflated(packed: bytes) -> Grey:
    return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(CANON[1], CANON[0])


def visits(reel: Reel, scenes: Sequence[Scene]) -> list[Visit]:
    """What is shown, in order of time; empty screens are left out."""
    found: list[Visit] = []
    for state in _states(reel, scenes):
        if state.view.is_empty:
            continue
        previous = found[-1] if found else None
        if previous and state.first == previous.last + 1 and _goes_on(previous, state):
            previous.states.append(state)
        else:
            found.append(Visit([state]))
    return found


def slides(found: Sequence[Visit]) -> list[list[Visit]]:
    """Visits of the same slide together, in order of first showing."""
    together: list[list[Visit]] = []
    for visit in found:
        known = _known(together, visit)
        if known is None:
            together.append([visit])
        else:
            known.append(visit)
    return together


def _known(together: Sequence[list[Visit]], visit: Visit) -> list[Visit] | None:
    """The slide of a visit, if it was shown before."""
    alike: list[float] = []
    for each in together:
        alike.append(_likeness(each, visit))
        if alike[-1] > _SAME:
            return each
    if max(alike, default=0.0) > _GROWN:
        return together[int(np.argmax(alike))]
    return next((each for each in together if _is_of_one(each, visit, together)), None)


def _is_of_one(known: list[Visit], visit: Visit, together: Sequence[list[Visit]]) -> bool:
    """Was the slide left before it was built, or is it shown early in its build?

    Then one holds the whole of the other, however much more it shows. No other slide may, for
    the ground and the head that all slides of a deck share are not a slide begun.
    """
    others = [each[0].fullest.view for each in together if each is not known]
    for before in known:
        views = before.fullest.view, visit.fullest.view
        small, large = sorted(views, key=lambda each: each.amount)
        if _holds(large, small):
            return bool(others) and max(_compared(small, each)[0] for each in others) < _GROWN
    return False


def _holds(large: View, small: View) -> bool:
    """Is all ink of `small` in `large`? What lies under the camera is not seen there."""
    drawn = ink(small.picture) & small.visible
    in_view = float(large.visible[drawn].mean())
    return in_view * _compared(small, large)[0] > _SAME


def _states(reel: Reel, scenes: Sequence[Scene]) -> list[State]:
    return [state for scene in scenes for state in _states_of(reel, scene)]


def _states_of(reel: Reel, scene: Scene) -> list[State]:
    """A picture on its way to the next counts to that one; a film is one state."""
    states: list[State] = []
    start: int | None = None
    for index in scene.stretch.indices:
        start = index if start is None else start
        if index < scene.stretch.last and reel.is_fade(index):
            continue
        if states and (reel.is_same(index) or scene.stretch.content == "film"):
            states[-1] = replace(states[-1], last=index)
        else:
            seen = view(reel.picture(index), scene.screen, scene.stretch.window)
            states = _with(states, State(start, index, seen))
        start = None
    return states


def _with(states: list[State], state: State) -> list[State]:
    if states and _is_same(states[-1].view, state.view):
        return [*states[:-1], replace(states[-1], last=state.last)]
    return [*states, state]


def _is_same(a: View, b: View) -> bool:
    return min(_compared(a, b)) > _SAME


def _compared(a: View, b: View) -> tuple[float, float]:
    return both_ways(a.picture, b.picture, a.visible & b.visible)


def _goes_on(visit: Visit, state: State) -> bool:
    """Grown or taken back from the last state, and still much like the fullest."""
    last = _either_way(visit.states[-1].view, state.view)
    return last > _GROWN and _either_way(visit.fullest.view, state.view) > _RELATED


def _either_way(a: View, b: View) -> float:
    return max(_compared(a, b))


def _likeness(known: Sequence[Visit], visit: Visit) -> float:
    """How much of the fuller is in the other, both ways, at their fullest.

    Of the latest visit that is the same, else of the one most like it.
    """
    best = 0.0
    for each in reversed(known):
        best = max(best, _both_ways(each.fullest.view, visit.fullest.view))
        if best > _SAME:
            break
    return best


def _both_ways(a: View, b: View) -> float:
    there, back = _compared(a, b)
    return max(there, back) if min(there, back) > 0.5 else min(there, back)
