"""The picture that stands for a clip: the sharpest of a few, open eyes first."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_WIDTH = 640
"""Pictures are compared at this width, so that noise of a large one does not count."""
_FACES_WIDTH = 320


def choose(candidates: Sequence[Path]) -> Path:
    """The picture with most open eyes, and of those the sharpest.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., 2000): of two states of
    a slide the fuller one has more of it.
    """
    return max(candidates, key=_merit) if len(candidates) > 1 else candidates[0]


def _merit(path: Path) -> tuple[int, float]:
    import cv2

    grey = cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    if grey is None:
        return 0, 0.0
    sharpness = cv2.Laplacian(_narrow(grey, _WIDTH), cv2.CV_64F).var()
    return _open_eyes(_narrow(grey, _FACES_WIDTH)), float(sharpness)


def _narrow(grey: Any, width: int) -> Any:
    import cv2

    height = max(1, round(grey.shape[0] * width / grey.shape[1]))
    return cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)


def _open_eyes(grey: Any) -> int:
    """Pairs of eyes that the cascades of OpenCV see in the faces, at most one a face."""
    faces, eyes = _cascade("frontalface_default"), _cascade("eye")
    found = faces.detectMultiScale(grey, 1.2, 5, minSize=(36, 36))
    heads = (grey[y : y + h * 6 // 10, x : x + w] for x, y, w, h in found)
    return sum(len(eyes.detectMultiScale(head, 1.1, 4)) >= 2 for head in heads)


@cache
def _cascade(name: str) -> Any:
    import cv2

    return cv2.CascadeClassifier(
        str(Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml")
    )
