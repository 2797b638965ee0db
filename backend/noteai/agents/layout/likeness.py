"""How much of one picture is still there in another."""

import numpy as np
import numpy.typing as npt

from noteai.agents.layout.reel import Grey

_INK = 24
_WINDOW = 7
_ALIKE = 0.6
_LEAST_INK = 20
_LEAST_VARIANCE = 9.0
Mask = npt.NDArray[np.bool_]


def kept(before: Grey, after: Grey, mask: Mask | None = None) -> float:
    """Share of the ink of `before` that stands at the same place in `after`; 1 without ink.

    Ink is where the grey changes; it stands where the local correlation (zero-mean, normalised,
    windows of 7 pixels) is high. What was added in `after` does not count, so a slide is kept
    in all of its later builds.
    """
    return both_ways(before, after, mask)[0]


def both_ways(a: Grey, b: Grey, mask: Mask | None = None) -> tuple[float, float]:
    """How much of the first is kept in the second, and of the second in the first."""
    stands = correlation(a, b) > _ALIKE
    return _share(stands, ink(a), mask), _share(stands, ink(b), mask)


def _share(stands: Mask, drawn: Mask, mask: Mask | None) -> float:
    if mask is not None:
        drawn = drawn & mask
    return float(stands[drawn].mean()) if drawn.sum() >= _LEAST_INK else 1.0


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
