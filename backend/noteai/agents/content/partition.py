"""The best division of a sequence into segments, by dynamic programming."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


def best_totals(
    segments: Scores, boundaries: Scores, most: int
) -> tuple[Scores, NDArray[np.int32]]:
    """The best total score of the first n units in k segments, for all k up to `most`.

    Args:
        segments: (n, n), of units i to j, both included.
        boundaries: (n - 1), what an end of a segment after unit i adds.
        most: segments.

    Returns:
        totals: (most + 1, n + 1); and where the last segment of each begins, of that shape.
    """
    units = len(segments)
    ends = np.concatenate([[0.0], boundaries, [0.0]])
    totals = np.full((most + 1, units + 1), -np.inf)
    starts = np.zeros((most + 1, units + 1), np.int32)
    totals[0, 0] = 0.0
    for k in range(1, most + 1):
        reached = totals[k - 1, :-1, None] + segments
        starts[k, 1:] = reached.argmax(axis=0)
        totals[k, 1:] = reached.max(axis=0) + ends[1:]
    return totals, starts


def trace(starts: NDArray[np.int32], segments: int) -> list[int]:
    """The first units of the segments of the best division of the whole into so many."""
    begins = []
    at = starts.shape[1] - 1
    for k in range(segments, 0, -1):
        at = int(starts[k, at])
        begins.append(at)
    return begins[::-1]
