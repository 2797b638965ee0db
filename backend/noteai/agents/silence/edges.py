"""The edges of silences, found to 10 ms by the level."""

import numpy as np

from noteai.agents.silence.evidence import Mask
from noteai.agents.silence.levels import Levels
from noteai.resources.voice_activity import Track

_REACH = 16  # steps of 10 ms
_MOST_EXCESS = 5.0  # deviations
_LEAST_DEVIATION = 1.0  # dB


def until_quiet(spoken: Mask, levels: Levels, deviations: float) -> Mask:
    """Speech drawn out to where the level falls to that of the silence beside it.

    A voice dies away in the band in which it stands out most: a hiss above, a vowel below. The
    edge moves to the change point of the level, the place where most excess has been gathered.
    """
    drawn = spoken.copy()
    for start, end in runs(~spoken):
        above = excess(levels[start:end], deviations)
        if start > 0:
            drawn[start : start + _gathered(above)] = True
        if end < len(spoken):
            drawn[end - _gathered(above[::-1]) : end] = True
    return drawn


def excess(silence: Levels, deviations: float) -> Track:
    """By how much more than `deviations` the loudest band stands above this silence's median.

    A deviation is that of the quieter half, which no remnant of speech widens.
    """
    bands = silence.astype(np.float32)
    low, usual = np.percentile(bands, (16, 50), axis=0)
    above = (bands - usual) / np.maximum(usual - low, _LEAST_DEVIATION)
    return np.asarray(np.clip(above.max(axis=1) - deviations, -_MOST_EXCESS, _MOST_EXCESS))


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Where the mask is true: pairs of first step and step behind the last."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _gathered(above: Track) -> int:
    """Length of the beginning in which most excess lies; less than half of the silence."""
    reach = min(_REACH, (len(above) - 1) // 2)
    return int(np.argmax(np.cumsum(np.concatenate([[0.0], above[:reach]]))))
