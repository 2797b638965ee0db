"""How well a stretch of a lecture hangs together: log-likelihoods of segments."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.floating[Any]]
Scores = NDArray[np.float64]
"""Square; (i, j) is of the segment of units i to j, both included; -inf below the diagonal."""


def lexical(counts: NDArray[np.int32], concentration: float) -> Scores:
    """Log-likelihood of each segment's words under a Dirichlet-multinomial of its own.

    The model of BayesSeg (Eisenstein and Barzilay 2008), but the Dirichlet is centred on the
    whole lecture's word frequencies and not on the uniform distribution: words that are
    frequent everywhere then tell nothing, so that no list of stop words is needed.

    Args:
        counts: (units, terms).
        concentration: of the Dirichlet, in words.
    """
    units, vocabulary = counts.shape
    totals = counts.sum(axis=0)
    rising, offsets = _rising_factorials(totals, concentration)
    lengths = _log_rising(concentration, int(counts.sum()))
    seen = np.tile(offsets, (units, 1))
    scores = np.full((units, units), -np.inf)
    running, words = np.zeros(units), np.zeros(units, np.int64)
    for unit in range(units):
        terms = np.flatnonzero(counts[unit])
        before = seen[: unit + 1, terms]
        after = before + counts[unit, terms]
        running[: unit + 1] += (rising[after] - rising[before]).sum(axis=1)
        seen[: unit + 1, terms] = after
        words[: unit + 1] += counts[unit].sum()
        scores[: unit + 1, unit] = running[: unit + 1] - lengths[words[: unit + 1]]
    return scores if vocabulary else np.where(np.isfinite(scores), 0.0, scores)


def semantic(vectors: Vectors, weights: NDArray[np.float64], spread: float) -> Scores:
    """Log-likelihood ratio of each segment having a mean of its own against none.

    Vectors are normal around their segment's mean with unit variance in every dimension (they
    are centred and scaled to that), the means normal around zero with variance `spread`;
    the means are integrated out.

    Args:
        vectors: (units, d).
        weights: how many observations each unit counts for.
        spread: of the segments' means, in units of the variance within segments.
    """
    if not len(vectors):
        return np.zeros((0, 0))
    weighted = (_standardised(vectors, weights) * weights[:, None]).cumsum(axis=0)
    sums = np.vstack([np.zeros(vectors.shape[1]), weighted])
    inner = sums @ sums.T
    squares = np.diag(inner)
    energy = squares[None, 1:] + squares[:-1, None] - 2 * inner[:-1, 1:]
    edges = np.concatenate([[0.0], weights.cumsum()])
    mass = np.maximum(edges[None, 1:] - edges[:-1, None], 0.0)
    scores = 0.5 * energy * spread / (1 + mass * spread)
    scores -= 0.5 * vectors.shape[1] * np.log1p(mass * spread)
    return np.where(np.triu(np.ones_like(scores)) > 0, scores, -np.inf)


def _standardised(vectors: Vectors, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    share = weights[:, None] / max(weights.sum(), 1e-9)
    centred = vectors - (vectors * share).sum(axis=0)
    deviation = np.sqrt((centred**2 * share).sum() / vectors.shape[1])
    return np.asarray(centred / max(deviation, 1e-9), np.float64)


def _rising_factorials(
    totals: NDArray[np.int64], concentration: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A table of log Gamma(c + a) / Gamma(a) for c = 0, 1, ... and where each term's row begins."""
    tables, starts, begin = [], {}, 0
    for total in np.unique(totals):
        tables.append(_log_rising(concentration * total / totals.sum(), int(total)))
        starts[int(total)] = begin
        begin += len(tables[-1])
    offsets = np.array([starts[int(total)] for total in totals], np.int64)
    return np.concatenate(tables) if tables else np.zeros(1), offsets


def _log_rising(start: float, count: int) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.log(start + np.arange(count)).cumsum()])
