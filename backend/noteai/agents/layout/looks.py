"""What a picture is made of: drawn by a computer, filmed, written on a board, or nothing.

What a computer draws has one background of exactly one colour and hard edges; what a camera
sees is shaded and soft. A board is a camera's picture too: one even surface, thin strokes.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from noteai.agents.layout.reel import Grey

Content = Literal["blank", "drawn", "board", "natural"]
Mask = npt.NDArray[np.bool_]

_FLAT, _SOFT, _HARD = 4, 20, 40
"""Grey levels between the darkest and the lightest of nine pixels."""


@dataclass(frozen=True)
class Look:
    """Shares of pixels, 0 to 1, but for `spread` in grey levels.

    `background` have the commonest grey; `softness` is the share of soft edges among all;
    `spread` is the standard deviation; `edges` are hard.
    """

    background: float
    softness: float
    spread: float
    edges: float

    @property
    def is_blank(self) -> bool:
        return self.spread < 6 and self.edges < 0.0005

    @property
    def is_drawn(self) -> bool:
        """Margins: drawn slides of the bench have background >= .31 and softness <= .57."""
        return (self.background > 0.28 and self.softness < 0.62) or (
            self.background > 0.5 and self.softness < 0.8
        )


@dataclass(frozen=True)
class Surface:
    """The largest even surface: its share of the picture, grey level and unevenness in grey
    levels, and the share of its cells that bear thin strokes.
    """

    area: float
    level: float
    unevenness: float
    written: float

    @property
    def is_board(self) -> bool:
        """Light falls off by a share of the level, so a white board is more uneven than a black.

        Synthetic white boards reach 9.7 % of the level; rooms begin at 16 %.
        """
        even = self.unevenness < max(17.0, 0.12 * self.level)
        return self.area > 0.6 and self.level > 40 and even


def look(grey: Grey, mask: Mask | None = None) -> Look:
    """Of the pixels where `mask` is set, or of all."""
    steps = _range(grey)
    if mask is not None:
        grey, steps = grey[mask], steps[mask]
    if grey.size == 0:
        return Look(1.0, 0.0, 0.0, 0.0)
    share = np.bincount(grey.ravel(), minlength=256) / grey.size
    levels = np.arange(256)
    mean = float((share * levels).sum())
    soft = float(((steps > _FLAT) & (steps <= _SOFT)).mean())
    hard = float((steps > _HARD).mean())
    return Look(
        background=float(np.convolve(share, np.ones(3), "same").max()),
        softness=soft / max(soft + hard, 1e-3),
        spread=float(np.sqrt((share * (levels - mean) ** 2).sum())),
        edges=hard,
    )


def surface(grey: Grey) -> Surface:
    import cv2

    side = max(5, min(grey.shape) // 9 | 1)
    ground = cv2.medianBlur(grey, side)
    even = cv2.erode((_range(ground) <= 5).astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    if count < 2:
        return Surface(0.0, 0.0, 0.0, 0.0)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    whole = cv2.dilate((labels == largest).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    values = ground[whole]
    return Surface(
        area=float(whole.mean()),
        level=float(values.mean()),
        unevenness=float(values.std()),
        written=_written(_thin(grey), whole),
    )


def _thin(grey: Grey) -> Mask:
    """Lines thinner than five pixels, darker or lighter than both of their sides."""
    import cv2

    kernel = np.ones((5, 5), np.uint8)
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    light = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel)
    return np.asarray(max((dark, light), key=lambda each: int(each.sum())) > 12, np.bool_)


def _written(thin: Mask, whole: Mask) -> float:
    inside, ink = _cells(whole), _cells(thin & whole)
    used = inside > 0.7
    return float((ink[used] > 0.02).mean()) if used.any() else 0.0


def _cells(mask: Mask, side: int = 12) -> npt.NDArray[np.float64]:
    """Mean of each cell; what is left over at the right and bottom is dropped."""
    high, wide = mask.shape[0] // side, mask.shape[1] // side
    cut = mask[: high * side, : wide * side].reshape(high, side, wide, side)
    return np.asarray(cut.mean(axis=(1, 3)), np.float64)


def _range(grey: Grey) -> npt.NDArray[np.uint8]:
    import cv2

    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, kernel), np.uint8)
