"""True times of what was seen to change between two samples."""

from dataclasses import dataclass, field

import numpy as np

from noteai.agents.layout import changes
from noteai.agents.layout.changes import Group
from noteai.agents.layout.reel import Reel, changed
from noteai.agents.layout.survey import small_at
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.film import Film
from noteai.media.packets import Packets

_NO_CHANGE = 0.04
_SAME_TIME = 2e-3


@dataclass
class Clock:
    """Asks the packets first and decodes only where they leave a doubt."""

    film: Film
    packets: Packets
    groups: list[Group]
    reel: Reel
    longest: int
    ffmpeg: Ffmpeg
    _known: dict[int, float] = field(default_factory=dict)

    def edge(self, index: int) -> float:
        """When the picture began to differ from the sample before this one."""
        if index == 0:
            return 0.0
        if index not in self._known:
            before, after = self.reel.times[index - 1], self.reel.times[index]
            self._known[index] = changes.moment(
                self.groups, before, after, lambda time: self._is_after(index, time)
            )
        return self._known[index]

    def is_key(self, index: int) -> bool:
        """Is this sample a keyframe, cheap to decode again?"""
        keys = self.packets.keys
        return bool(len(keys) and np.abs(keys - self.reel.times[index]).min() < _SAME_TIME)

    def stands_until(self, index: int, end: float) -> bool:
        """Is it certain that nothing is added between this sample and `end`?"""
        known = self.packets
        inside = (known.times > self.reel.times[index] + _SAME_TIME) & (known.times < end - 1e-3)
        if not inside.any():
            return bool(len(known.times))
        key = known.sizes[np.abs(known.times - self.reel.times[index]).argmin()]
        return bool(known.sizes[inside].max() < _NO_CHANGE * key)

    def _is_after(self, index: int, time: float) -> bool:
        """Is the picture at `time` nearer to this sample than to the one before?"""
        now = small_at(self.film, time, self.longest, self.ffmpeg)
        if now is None:
            return True
        old, new = self.reel.picture(index - 1), self.reel.picture(index)
        return float(changed(now, new).mean()) < float(changed(now, old).mean())
