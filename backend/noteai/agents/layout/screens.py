"""Where the screen lies in a stretch, in small pixels; and any panel in the source's pixels."""

from collections.abc import Sequence

import numpy as np

from noteai.agents.layout.likeness import ink
from noteai.agents.layout.panels import Lines, Panel, coverage, marks, panels, shared
from noteai.agents.layout.reel import Grey
from noteai.agents.layout.windows import outside
from noteai.lecture.layout import Box

_LEAST_AREA = 0.2
_STRAY_INK = 0.04
_IN_MOST = 0.6
_CLEAR = 0.8
_DARK = 70
_REACH = 1.6
"""Small pixels that a side may be off before it is sought in the source's pixels."""


def screen(pictures: Sequence[Grey], window: Panel | None) -> Panel | None:
    """The rectangle of the slide inside its borders; none when it fills the picture.

    A border holds nothing: what is drawn lies inside, but for the window and a station's mark.
    Without a window beside it only a dark border counts, for slides have frames of their own.
    """
    height, width = pictures[0].shape
    lines = _in_all(pictures)
    around = outside((height, width), window)
    found = [
        panel
        for panel, _ in panels(lines, largest=0.97, widest=4.0)
        if panel.area > _LEAST_AREA * width * height
        and (window is None or shared(panel, window) < 0.9 * window.area)
        and (window is not None or _is_dark_around(pictures[-1], panel))
        and _is_clear(lines, panel)
        and _holds_all(pictures, panel, around)
    ]
    return min(found, key=lambda each: each.area, default=None)


def _is_clear(lines: Lines, panel: Panel) -> bool:
    """In a corner of the picture two sides tell it all, and must do so along their length.

    A line of print over a bar down the side of a slide would be a corner else.
    """
    height, width = lines.across.shape[0], lines.down.shape[0]
    is_corner = (panel.left == 0 or panel.right == width) and (
        panel.top == 0 or panel.bottom == height
    )
    return not is_corner or coverage(lines, panel)[0] > _CLEAR


def _in_all(pictures: Sequence[Grey]) -> Lines:
    every = zip(*map(marks, pictures), strict=True)
    across, down = (np.mean(each, axis=0) > _IN_MOST for each in every)
    return Lines(across.astype(np.uint8), down.astype(np.uint8))


def _holds_all(pictures: Sequence[Grey], panel: Panel, around: np.ndarray) -> bool:
    rows, columns = panel.slices
    inner = np.zeros(around.shape, np.bool_)
    inner[max(0, rows.start - 2) : rows.stop + 2, max(0, columns.start - 2) : columns.stop + 2] = (
        True
    )
    for each in pictures:
        drawn = ink(each) & around
        if (drawn & ~inner).sum() > _STRAY_INK * max(1, drawn.sum()):
            return False
    return True


def _is_dark_around(picture: Grey, panel: Panel) -> bool:
    rest = np.ones(picture.shape, np.bool_)
    rest[panel.slices] = False
    return float(np.percentile(picture[rest], 90)) < _DARK


def whole(panel: Panel, small: tuple[int, int], full: tuple[int, int]) -> Box:
    """The panel in the source's pixels, as it lies on the grid of the small ones."""
    x, y = full[0] / small[0], full[1] / small[1]
    left, right = round(panel.left * x), round(panel.right * x)
    top, bottom = round(panel.top * y), round(panel.bottom * y)
    return Box(left, top, right - left, bottom - top)


def refined(box: Box, pictures: Sequence[Grey], scale: float) -> Box:
    """The box with each side moved to the clearest line near it in full-size pictures."""
    height, width = pictures[0].shape
    reach = max(2, round(_REACH * scale))
    x0, x1, y0, y1 = box.x, box.x + box.w, box.y, box.y + box.h
    rows = slice(y0 + box.h // 8, max(y0 + box.h // 8 + 1, y1 - box.h // 8))
    columns = slice(x0 + box.w // 8, max(x0 + box.w // 8 + 1, x1 - box.w // 8))
    bands = [each[rows] for each in pictures]
    beams = [each[:, columns].T for each in pictures]
    left, right = _clearest(bands, x0, reach, width), _clearest(bands, x1, reach, width)
    top, bottom = _clearest(beams, y0, reach, height), _clearest(beams, y1, reach, height)
    if right - left < 8 or bottom - top < 8:
        return box
    return Box(left, top, right - left, bottom - top)


def _clearest(bands: Sequence[Grey], at: int, reach: int, end: int) -> int:
    """The column near `at` where most rows of the bands change; borders stay."""
    if at <= 0 or at >= end:
        return min(max(at, 0), end)
    first, last = max(1, at - reach), min(end - 1, at + reach)
    steps = [
        np.abs(np.diff(band[:, first - 1 : last + 1].astype(np.int16), axis=1)) for band in bands
    ]
    clear = np.mean([np.minimum(step, 24).mean(axis=0) for step in steps], axis=0)
    return first + int(clear.argmax()) if clear.max() > 2 else at
