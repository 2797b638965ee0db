"""Faces in a picture."""

from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from noteai.resources import models

if TYPE_CHECKING:
    import cv2

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, RGB; or height x width, grey."""

_WHEEL = "opencv-python-headless"
_CASCADE = "haarcascade_frontalface_alt2.xml"


class Face(NamedTuple):
    x: int
    y: int
    w: int
    h: int


class FaceFinder(Protocol):
    @property
    def identity(self) -> str: ...

    def find(self, picture: Picture) -> tuple[Face, ...]: ...


@dataclass(frozen=True)
class CascadeFaceFinder:
    """The frontal cascade of Viola and Jones (2001) that is inside OpenCV's wheel.

    It needs about 24 pixels of face, and both eyes: who turns away is not found.
    """

    smallest: int = 24
    certainty: int = 4
    """Overlapping hits that make a face."""

    @cached_property
    def identity(self) -> str:
        """Raises: ModelMissing, where the wheel is not installed."""
        digest = models.sha256(_cascade_file())
        return (
            f"{_WHEEL} {metadata.version(_WHEEL)} {_CASCADE} {digest} "
            f"smallest {self.smallest} certainty {self.certainty}"
        )

    def find(self, picture: Picture) -> tuple[Face, ...]:
        import cv2

        grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        found = self._cascade.detectMultiScale(
            grey, 1.15, self.certainty, minSize=(self.smallest, self.smallest)
        )
        return tuple(Face(*map(int, each)) for each in found)

    @cached_property
    def _cascade(self) -> "cv2.CascadeClassifier":
        import cv2

        return cv2.CascadeClassifier(str(_cascade_file()))


def _cascade_file() -> Path:
    return models.wheel_file(_WHEEL, f"cv2/data/{_CASCADE}", _CASCADE)
