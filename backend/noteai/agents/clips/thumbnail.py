"""The picture that stands for a clip: the sharpest of a few, open eyes first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

_WIDTH = 640
"""Pictures are compared at this width, so that noise of a large one does not count."""


def choose(candidates: Sequence[Path]) -> Path:
    """The picture with most open eyes, and of those the sharpest.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., 2000): of two states of
    a slide the fuller one has more of it.
    """
    return max(candidates, key=_merit) if len(candidates) > 1 else candidates[0]


def _merit(path: Path) -> tuple[int, float]:
    import cv2

    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        return 0, 0.0
    height = max(1, round(grey.shape[0] * _WIDTH / grey.shape[1]))
    small = cv2.resize(grey, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    return _open_eyes(small), float(cv2.Laplacian(small, cv2.CV_64F).var())


def _open_eyes(grey: Any) -> int:
    """Pairs of eyes that the cascades of OpenCV see in the faces, at most one a face."""
    import cv2

    cascades = Path(cv2.__file__).parent / "data"
    faces = cv2.CascadeClassifier(str(cascades / "haarcascade_frontalface_default.xml"))
    eyes = cv2.CascadeClassifier(str(cascades / "haarcascade_eye.xml"))
    found = faces.detectMultiScale(grey, 1.1, 6, minSize=(60, 60))
    heads = (grey[y : y + h * 6 // 10, x : x + w] for x, y, w, h in found)
    return sum(len(eyes.detectMultiScale(head, 1.1, 5)) >= 2 for head in heads)
