"""Upright rectangles in a picture: where a camera's picture may lie in the whole.

A panel is known by its sides: straight lines of contrast along most of their length. A side on
the picture's own border needs no line.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""Height x width."""

_CONTRAST = 10
_LINES = 14
"""Of each direction, the longest: more are a table and no layout."""
_SIDE = 0.6
"""Share of a side that must show contrast."""


@dataclass(frozen=True, order=True)
class Panel:
    """Pixels [left, right) x [top, bottom) of a small picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a picture with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def shared(a: Panel, b: Panel) -> int:
    """Pixels that two panels share."""
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    return max(0, width) * max(0, height)


def likeness(a: Panel, b: Panel) -> float:
    """Intersection over union."""
    both = shared(a, b)
    return both / (a.area + b.area - both) if both else 0.0


class Edges:
    """Contrast between neighbouring columns and rows of a picture, summed for quick sides.

    `columns[y, x]` counts, in rows above y, where columns x-1 and x differ; x = 0 and x = width
    are the borders and count everywhere.
    """

    def __init__(self, grey: Grey) -> None:
        self.height, self.width = grey.shape
        self.across = _contrast(grey)
        self.down = _contrast(grey.T)
        self.columns = _summed(self.across)
        self.rows = _summed(self.down)

    def sides(self, panel: Panel) -> tuple[float, float, float, float]:
        """Share of contrast along left, right, top and bottom."""
        upright = (_share(self.columns, x, panel.top, panel.bottom) for x in (panel.left, panel.right))
        level = (_share(self.rows, y, panel.left, panel.right) for y in (panel.top, panel.bottom))
        left, right = upright
        top, bottom = level
        return left, right, top, bottom


def _contrast(grey: Grey) -> npt.NDArray[np.bool_]:
    """height x (width + 1): do columns x-1 and x differ, or x-2 and x+1 of a soft edge."""
    height, width = grey.shape
    wide = grey.astype(np.int16)
    differs = np.ones((height, width + 1), np.bool_)
    differs[:, 1:-1] = np.abs(np.diff(wide, axis=1)) > _CONTRAST
    return differs


def _summed(differs: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    return np.vstack([np.zeros((1, differs.shape[1]), np.int32), np.cumsum(differs, 0, np.int32)])


def _share(sums: npt.NDArray[np.int32], at: int, start: int, end: int) -> float:
    return float(sums[end, at] - sums[start, at]) / max(1, end - start)
