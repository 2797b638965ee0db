"""How much of one picture is still there in another."""

import numpy as np
import numpy.typing as npt

from noteai.agents.layout.reel import Grey

_INK = 24
_WINDOW = 7
_ALIKE = 0.6
_LEAST_VARIANCE = 9.0
Mask = npt.NDArray[np.bool_]


def kept(before: Grey, after: Grey, mask: Mask | None = None) -> float:
    """Share of the ink of `before` that stands at the same place in `after`; 1 without ink.

    Ink is where the grey changes; it stands where the local correlation (zero-mean, normalised,
    windows of 7 pixels) is high. What was added in `after` does not count, so a slide is kept
    in all of its later builds.
    """
    drawn = ink(before)
    if mask is not None:
        drawn &= mask
    if drawn.sum() < 20:
        return 1.0
    return float((correlation(before, after)[drawn] > _ALIKE).mean())


def ink(grey: Grey) -> Mask:
    import cv2

    steps = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return np.asarray(steps > _INK, np.bool_)


def correlation(a: Grey, b: Grey) -> npt.NDArray[np.float32]:
    first, second = a.astype(np.float32), b.astype(np.float32)
    mean_a, mean_b = _mean(first), _mean(second)
    spread_a = _mean(first * first) - mean_a * mean_a
    spread_b = _mean(second * second) - mean_b * mean_b
    both = _mean(first * second) - mean_a * mean_b
    size = np.maximum(spread_a, _LEAST_VARIANCE) * np.maximum(spread_b, _LEAST_VARIANCE)
    return np.asarray(both / np.sqrt(size), np.float32)


def _mean(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    import cv2

    return np.asarray(cv2.blur(values, (_WINDOW, _WINDOW)), np.float32)
