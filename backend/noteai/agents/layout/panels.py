"""Upright rectangles in a picture: where a camera's picture may lie in the whole.

A panel is known by its sides: straight lines of contrast along most of their length, in two
pictures one after the other. A side on the picture's own border needs no line.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from noteai.agents.layout.reel import Grey

Marks = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

_CONTRAST = 8
_LINES = 14
"""Of each direction, the longest: more are a table and no layout."""
_EACH_SIDE = 0.6
_ALL_SIDES = 0.75
_SPLIT = 0.9
"""Shares of a side that must show contrast: each, on average, and where it is the only one."""
_LEAST_WIDTH, _LEAST_HEIGHT, _LARGEST = 0.08, 0.1, 0.6
_NARROWEST, _WIDEST = 0.35, 2.6


@dataclass(frozen=True, order=True)
class Panel:
    """Pixels [left, right) x [top, bottom) of a small picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

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


class Lines:
    """Contrast between columns and between rows, summed so that a side costs two look-ups.

    `across[y, x]` tells whether columns x-1 and x differ in row y, `down[x, y]` the same of
    rows; a line may wobble by a pixel.
    """

    def __init__(self, across: Marks, down: Marks) -> None:
        self.across, self.down = across, down
        self._columns, self._rows = _summed(across), _summed(down)

    @classmethod
    def of(cls, grey: Grey) -> "Lines":
        return cls(*marks(grey))

    def __and__(self, other: "Lines") -> "Lines":
        return Lines(self.across & other.across, self.down & other.down)

    def sides(self, left: Places, top: Places, right: Places, bottom: Places) -> Shares:
        """Rows: share of contrast along left, right, top and bottom; a column for each panel."""
        columns, rows = self._columns, self._rows
        high, wide = bottom - top, right - left
        return np.stack(
            [
                (columns[bottom, left] - columns[top, left]) / high,
                (columns[bottom, right] - columns[top, right]) / high,
                (rows[right, top] - rows[left, top]) / wide,
                (rows[right, bottom] - rows[left, bottom]) / wide,
            ]
        )


def panels(
    lines: Lines,
    near: Panel | None = None,
    largest: float = _LARGEST,
    widest: float = _WIDEST,
) -> list[tuple[Panel, float]]:
    """Rectangles that have sides, each with the share of its inner sides that shows contrast.

    Of the lines only the parts beside or above `near` are weighed, so that a page of print
    elsewhere cannot crowd out the rest. `largest` is a share of the whole picture, `widest` is
    width by height.
    """
    height, width = lines.across.shape[0], lines.down.shape[0]
    rows, columns = near.slices if near else (slice(0, height), slice(0, width))
    xs = np.array([0, *_longest(lines.across[rows], height * _LEAST_HEIGHT), width])
    ys = np.array([0, *_longest(lines.down[columns], width * _LEAST_WIDTH), height])
    left, right = _pairs(xs, _LEAST_WIDTH * width)
    top, bottom = _pairs(ys, _LEAST_HEIGHT * height)
    left, right = np.repeat(left, len(top)), np.repeat(right, len(top))
    top, bottom = (np.tile(each, len(left) // max(1, len(top))) for each in (top, bottom))
    shape, area = (right - left) / (bottom - top), (right - left) * (bottom - top)
    fits = (shape > _NARROWEST) & (shape < widest) & (area < largest * width * height)
    left, right, top, bottom = left[fits], right[fits], top[fits], bottom[fits]
    is_border = np.stack([left == 0, right == width, top == 0, bottom == height])
    sides = lines.sides(left, top, right, bottom)
    least, mean = (
        np.where(is_border, 1, sides).min(axis=0, initial=1),
        _inner_mean(sides, is_border),
    )
    needed = np.where(is_border.sum(axis=0) >= 3, _SPLIT, _EACH_SIDE)
    good = np.flatnonzero((least > needed) & (mean > _ALL_SIDES) & ~is_border.all(axis=0))
    return [
        (Panel(int(left[k]), int(top[k]), int(right[k]), int(bottom[k])), float(mean[k]))
        for k in good
    ]


def coverage(lines: Lines, panel: Panel) -> tuple[float, float]:
    """Share of contrast of the weakest and of all inner sides of one panel."""
    height, width = lines.across.shape[0], lines.down.shape[0]
    ends = [np.array([each]) for each in (panel.left, panel.top, panel.right, panel.bottom)]
    sides = lines.sides(*ends)
    on_border = (panel.left == 0, panel.right == width, panel.top == 0, panel.bottom == height)
    is_border = np.array(on_border)[:, None]
    return float(np.where(is_border, 1, sides).min()), float(_inner_mean(sides, is_border)[0])


def _inner_mean(sides: Shares, is_border: npt.NDArray[np.bool_]) -> Shares:
    inner = np.where(is_border, 0, sides).sum(axis=0)
    return np.asarray(inner / np.maximum(1, 4 - is_border.sum(axis=0)), np.float64)


def _pairs(places: Places, least: float) -> tuple[Places, Places]:
    first, second = (each.ravel() for each in np.meshgrid(places, places))
    apart = second - first >= least
    return first[apart], second[apart]


def _longest(marks: Marks, least: float) -> list[int]:
    """Columns with the longest unbroken lines, at most one of neighbours."""
    import cv2

    shortest = max(8, int(least))
    closed = cv2.morphologyEx(
        np.ascontiguousarray(marks), cv2.MORPH_CLOSE, np.ones((7, 1), np.uint8)
    )
    kept = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((shortest, 1), np.uint8))
    lengths = kept.sum(axis=0, dtype=np.int64)
    lengths[[0, -1]] = 0
    found: list[int] = []
    while len(found) < _LINES and lengths.max() >= shortest:
        at = int(lengths.argmax())
        found.append(at)
        lengths[max(0, at - 1) : at + 2] = 0
    return sorted(found)


def marks(grey: Grey) -> tuple[Marks, Marks]:
    """Contrast between columns and between rows, as `Lines` takes it."""
    return _contrast(grey), _contrast(grey.T)


def _contrast(grey: Grey) -> Marks:
    height, width = grey.shape
    wide = grey.astype(np.int16)
    sharp = np.zeros((height, width + 1), np.uint8)
    sharp[:, 1:-1] = np.abs(wide[:, 1:] - wide[:, :-1]) > _CONTRAST
    marks = sharp.copy()
    marks[:, 1:] |= sharp[:, :-1]
    marks[:, :-1] |= sharp[:, 1:]
    marks[:, [0, -1]] = 1
    return marks


def _summed(marks: Marks) -> npt.NDArray[np.int32]:
    """Row y holds the sums of the rows above it."""
    sums = np.zeros((marks.shape[0] + 1, marks.shape[1]), np.int32)
    np.cumsum(marks, axis=0, dtype=np.int32, out=sums[1:])
    return sums
