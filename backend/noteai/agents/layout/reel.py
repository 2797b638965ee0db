"""The small pictures that were decoded, kept on disk so that a long lecture costs no memory."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""Height x width."""

_SAME = 0.0005
_STEP = 12
_FADING, _UNMIXED = 0.01, 0.12


class Reel:
    """Grey pictures of one size in order of time, in a file; and how much each one changed."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self.width, self.height = size
        self._path = path
        self._path.write_bytes(b"")
        self.times: list[float] = []
        self.change: list[float] = []
        """Share of pixels that differ from the picture before; 1 for the first."""
        self._last: Grey | None = None
        self._fades: dict[int, bool] = {}

    def __len__(self) -> int:
        return len(self.times)

    def append(self, time: float, grey: Grey) -> None:
        fresh = 1.0 if self._last is None else float(changed(self._last, grey).mean())
        with self._path.open("ab") as file:
            file.write(grey.tobytes())
        self.times.append(time)
        self.change.append(fresh)
        self._last = grey

    def picture(self, index: int) -> Grey:
        size = self.width * self.height
        with self._path.open("rb") as file:
            file.seek(index * size)
            return np.frombuffer(file.read(size), np.uint8).reshape(self.height, self.width)

    def is_same(self, index: int) -> bool:
        """Does this picture repeat the one before?"""
        return self.change[index] < _SAME

    def is_still(self, index: int) -> bool:
        """Is it the same as a neighbour? What a camera sees never is."""
        return self.is_same(index) or (index + 1 < len(self) and self.is_same(index + 1))

    def is_fade(self, index: int) -> bool:
        """Is this picture a mixture of its neighbours, caught while one became the other?

        Least squares: this = share * before + (1 - share) * after.
        """
        if index not in self._fades:
            self._fades[index] = self._is_mixed(index)
        return self._fades[index]

    def _is_mixed(self, index: int) -> bool:
        if not 0 < index < len(self) - 1 or min(self.change[index : index + 2]) < _FADING:
            return False
        before, now, after = (
            self.picture(k).astype(np.float32) for k in (index - 1, index, index + 1)
        )
        way = (before - after).ravel()
        share = float((now - after).ravel() @ way / max(1.0, float(way @ way)))
        left = (now - after).ravel() - share * way
        return 0.05 < share < 0.95 and float(left.std()) < _UNMIXED * float(way.std())


def changed(before: Grey, after: Grey) -> npt.NDArray[np.bool_]:
    """Where two pictures differ by more than an encoder's noise."""
    import cv2

    difference = cv2.absdiff(cv2.blur(before, (3, 3)), cv2.blur(after, (3, 3)))
    return np.asarray(difference > _STEP, np.bool_)
