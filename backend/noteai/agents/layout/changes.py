"""What packets tell of changes between keyframes, without decoding anything.

A change costs an encoder bytes, and another kind of picture costs it more or fewer from then
on. So a packet that stands out, or a step in the usual size, tells when something happened.
Where packets are silent an encoder that begins anew at cuts has put its keyframe at the change;
where that is in doubt pictures are compared by bisection.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from noteai.media.packets import Packets

_LARGE, _STANDS_OUT = 0.1, 3.0
"""A packet that is a change: as a share of the keyframe, and against 90 % of its neighbours."""
_REPLACED = 0.3
"""A packet that draws most of a picture anew, as a share of the keyframe."""
_STEP = 8.0
"""Factor between the usual sizes before and after another kind of picture."""
_SETTLED = 8
_CLOSE, _APART = 0.4, 0.5
_HIDDEN, _HIDDEN_AT_END = 1.9, 1.2
_EARLY = 0.97
AFTER = 0.1
"""Seconds after a keyframe at which what it shows is asked for by time."""
Times = npt.NDArray[np.float64]
IsAfter = Callable[[float], bool]
"""Does the picture at this time show what comes after the change?"""


@dataclass(frozen=True)
class Group:
    """The packets from one keyframe up to the next, the first being the keyframe."""

    times: Times
    sizes: npt.NDArray[np.int64]
    end: float
    is_cut_short: bool
    """The next keyframe came early: something happened there."""
    is_early: bool = False
    """This keyframe came early itself: what follows at once is the rest of its change."""

    def events(self) -> list[float]:
        """Times in the group at which the picture seems to change."""
        if len(self.sizes) < 3:
            return []
        found: list[float] = []
        for time in sorted([*self._outstanding(_LARGE), *self._steps()]):
            if not found or time - found[-1] > _APART:
                found.append(time)
        return found

    def redrawn(self) -> list[float]:
        """Times of packets that draw most of the picture anew, after the keyframe's own change."""
        return self._later(self._outstanding(_REPLACED)) if len(self.sizes) > 2 else []

    def stepped(self) -> list[float]:
        """The time at which another kind of picture begins, if there is one."""
        return self._later(self._steps())

    def _later(self, times: list[float]) -> list[float]:
        settled = float(self.times[0]) + (_APART if self.is_early else 0.0)
        return [time for time in times if time > settled]

    def _outstanding(self, least: float) -> list[float]:
        rest = self.sizes[1:]
        usual = float(np.quantile(rest, 0.9, method="lower"))
        large = (rest > least * self.sizes[0]) & (rest > _STANDS_OUT * usual)
        return [float(time) for time in self.times[1:][large]]

    def _steps(self) -> list[float]:
        """The one place where the usual size steps up or down the most."""
        level = np.log(np.maximum(self.sizes[1:], 1))
        count = len(level)
        if count < 2 * _SETTLED:
            return []
        sums = np.concatenate([[0.0], np.cumsum(level)])
        places = np.arange(_SETTLED, count - _SETTLED + 1)
        step = np.abs((sums[-1] - sums[places]) / (count - places) - sums[places] / places)
        best = int(step.argmax())
        return [float(self.times[1 + places[best]])] if step[best] > np.log(_STEP) else []


def groups(packets: Packets, duration: float) -> list[Group]:
    """The packets of each keyframe in order; what lies before the first belongs to none."""
    firsts = np.flatnonzero(packets.is_key)
    if not len(firsts):
        return []
    ends = [*packets.times[firsts[1:]], duration]
    lengths = np.asarray(ends) - packets.times[firsts]
    usual = float(np.quantile(lengths, 0.9))
    lasts = [*firsts[1:], len(packets.times)]
    short = [bool(each < _EARLY * usual) for each in lengths]
    early = [False, *short[:-1]]
    return [
        Group(packets.times[a:b], packets.sizes[a:b], float(end), is_cut_short, is_early)
        for a, b, end, is_cut_short, is_early in zip(firsts, lasts, ends, short, early, strict=True)
    ]


def unseen(found: list[Group]) -> list[float]:
    """Instants within pictures that no keyframe shows.

    They lie between two that were drawn anew, or between an event and a keyframe that came
    early, or the end.
    """
    instants: list[float] = []
    for place, group in enumerate(found):
        is_last = place + 1 == len(found)
        redrawn = group.redrawn()
        instants += [(a + b) / 2 for a, b in itertools.pairwise(redrawn) if b - a > _HIDDEN]
        latest = max([*redrawn, *group.stepped()], default=group.end)
        if (group.is_cut_short or is_last) and group.end - latest > _HIDDEN_AT_END:
            instants.append((latest + group.end) / 2)
    return instants


def anew(found: list[Group]) -> list[float]:
    """Instants right after keyframes that came early and that stand for a while.

    A decoder told to pass over all but keyframes may pass over these: right after another, an
    encoder that begins anew may write a picture that stands alone and is no random access point.
    """
    pairs = itertools.pairwise(found)
    lasting = (b for a, b in pairs if a.is_cut_short and b.end - b.times[0] > _HIDDEN_AT_END)
    return [float(group.times[0]) + AFTER for group in lasting]


def moment(found: list[Group], before: float, after: float, is_after: IsAfter) -> float:
    """The time of the one change between two samples: by the packets, else by looking."""
    inside = [g for g in found if g.times[0] < after - 1e-3 and g.end > before + 1e-3]
    anew = bool(inside) and inside[-1].is_cut_short and abs(inside[-1].end - after) < 1e-3
    seen = (g.redrawn() if anew else g.events() for g in inside)
    early = (g.end for g in inside if g.is_cut_short and g.end < after - 1e-3)
    told = itertools.chain(early, *seen)
    events = sorted(time for time in told if before < time <= after)
    if len(events) == 1 and not anew:
        return events[0]
    for time in events:
        if is_after(min(after, time + _CLOSE / 4)):
            return time
    return after if anew else bisected(before, after, is_after)


def bisected(before: float, after: float, is_after: IsAfter) -> float:
    """The first time that shows what comes after, to within less than half a second."""
    while after - before > _CLOSE:
        middle = (before + after) / 2
        before, after = (before, middle) if is_after(middle) else (middle, after)
    return after
