"""A board that is written on, stroke by stroke, with the lecturer before it."""

from functools import lru_cache

import cv2
import numpy as np

from noteai.sample.slides import HEIGHT, WIDTH, Colour, Picture
from noteai.sample.speaker import Plane, Speaker, clouds

_CHALK: Colour = (232, 234, 226)
_MARKER: Colour = (30, 44, 92)
_FACES = (cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SIMPLEX)


class Board:
    """A blackboard or whiteboard, drawn by the seed. Pictures are 1280 x 720."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._dark = bool(rng.random() < 0.6)
        self._blank = _surface(self._dark, rng)
        self._dust = clouds((HEIGHT, WIDTH), rng, 0.5)
        self._stands: tuple[tuple[str, ...], Picture] = ((), self._blank)
        self._side = 1110 if rng.random() < 0.5 else 170

    def picture(
        self, speaker: Speaker, lines: tuple[str, ...], written: float, second: float, mouth: float
    ) -> Picture:
        """The share `written` of the lines stands on the board."""
        board = self._written(lines, written * len(lines))
        pose = speaker.pose(second, mouth)
        scene = speaker.placed(board, pose, 1.3, (self._side, 120.0))
        return speaker.noisy(scene, second)

    def _written(self, lines: tuple[str, ...], done: float) -> Picture:
        """The board with so many lines; those that are whole are rubbed on only once."""
        whole = min(int(done), len(lines))
        if self._stands[0] != lines[:whole]:
            board = self._blank.copy()
            for place in range(whole):
                self._rub(board, lines[place], place, 1.0)
            self._stands = (lines[:whole], board)
        board = self._stands[1].copy()
        if whole < len(lines):
            self._rub(board, lines[whole], whole, done - whole)
        return board

    def _rub(self, board: Picture, line: str, place: int, share: float) -> None:
        """Write this share of a line. Chalk takes on the rough, a marker covers evenly."""
        left = 330 if self._side < WIDTH // 2 else 120
        strokes = handwriting(line, left, 190 + place * 130, seed=place)
        part = np.s_[90 + place * 130 : 250 + place * 130, left : left + int(share * 860)]
        hold = np.clip(0.85 + 0.9 * self._dust[part], 0, 1) if self._dark else 0.92
        ink = np.asarray(_CHALK if self._dark else _MARKER, np.float32)
        kept = (strokes[part] * hold)[:, :, None]
        board[part] = (board[part] * (1 - kept) + ink * kept).astype(np.uint8)


@lru_cache(maxsize=8)
def handwriting(text: str, left: int, base: int, seed: int) -> Plane:
    """Strokes of a line of writing, 0 to 1 for each pixel, 1280 x 720."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    x = float(left)
    for sign in text:
        face = _FACES[0] if sign.isalpha() else _FACES[1]
        scale = float(rng.uniform(1.85, 2.1))
        place = (int(x), base + int(rng.normal(0, 3)))
        cv2.putText(mask, sign, place, face, scale, 255, 4, cv2.LINE_AA)
        x += cv2.getTextSize(sign, face, scale, 4)[0][0] * 0.95
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.8) / 255.0, np.float32)


def _surface(dark: bool, rng: np.random.Generator) -> Picture:
    colour = np.asarray((44, 62, 54) if dark else (226, 228, 226), np.float32)
    board = np.ones((HEIGHT, WIDTH, 3), np.float32) * colour
    smears = clouds((HEIGHT, WIDTH), rng) + 0.35 * clouds((HEIGHT, WIDTH), rng, 0.9)
    board += (26 if dark else 12) * smears[:, :, None]
    frame = np.asarray((112, 86, 60) if dark else (150, 152, 156), np.float32)
    for edge in (np.s_[:34], np.s_[HEIGHT - 60 :]):
        board[edge] = frame + 14 * clouds((HEIGHT, WIDTH), rng)[edge][:, :, None]
    x = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None, None]
    light = 1.1 - 0.16 * (x + 0.3) ** 2 - 0.12 * (y + 0.2) ** 2
    return np.asarray(np.clip(board * light, 0, 255), np.uint8)
