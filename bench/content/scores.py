"""How near found topic boundaries are to the true ones."""

from collections.abc import Iterable, Sequence

import numpy as np

from bench.content.talks import Talk

TOLERANCE = 30.0


def pooled_f1(talks: Sequence[Talk], found: Sequence[Sequence[float]]) -> float:
    """Percent; a boundary counts within 30 s of a gold one, one to one, all talks together."""
    pairs = zip(talks, found, strict=True)
    return f1(np.sum([tally(talk, each) for talk, each in pairs], axis=0))


def f1(tallied: Iterable[float]) -> float:
    matched, found, gold = tallied
    return round(float(200 * matched / max(1.0, found + gold)), 1)


def tally(talk: Talk, found: Sequence[float]) -> np.ndarray:
    """How many match, were found, and are gold. Both run in order of time, so greedy is best."""
    gold, left, matched = talk.gold_seconds, sorted(found), 0
    for boundary in gold:
        left = [each for each in left if each >= boundary - TOLERANCE]
        if left and left[0] <= boundary + TOLERANCE:
            matched, left = matched + 1, left[1:]
    return np.array([matched, len(found), len(gold)])


def mean_pk(talks: Sequence[Talk], found: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Pk and WindowDiff over units, as segeval defines them, averaged over talks."""
    pairs = [_pk(talk, each) for talk, each in zip(talks, found, strict=True)]
    pk, wd = np.mean(pairs, axis=0)
    return round(float(pk), 3), round(float(wd), 3)


def _pk(talk: Talk, found: Sequence[float]) -> tuple[float, float]:
    ends = np.array(talk.unit_ends)
    nearest = [int(np.abs(ends - second).argmin()) for second in found]
    size = max(2, round(len(ends) / (len(talk.gold) + 1) / 2))
    gold, mine = (_crossed(marks, len(ends), size) for marks in (talk.gold, nearest))
    return float(np.mean((gold > 0) != (mine > 0))), float(np.mean(gold != mine))


def _crossed(marks: Iterable[int], units: int, size: int) -> np.ndarray:
    """How many boundaries lie between each unit and the one `size` later."""
    line = np.zeros(units, int)
    line[[mark for mark in marks if mark < units - 1]] = 1
    sums = np.concatenate([[0], line.cumsum()])[:units]
    return sums[size:] - sums[:-size]
