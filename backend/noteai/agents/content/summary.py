"""A topic's summary: its best sentences as they were said."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noteai.agents.content.evidence import of_sentence
from noteai.lecture.content import Evidence
from noteai.lecture.transcript import Sentence
from noteai.lecture.writing import join

REPEATED = 0.7
"""How much likeness to what is chosen already counts against a sentence (MMR; Carbonell and
Goldstein 1998)."""


def summary(
    sentences: Sequence[Sentence],
    worth: NDArray[np.float64],
    vectors: NDArray[np.float32],
    most: int,
) -> tuple[str, tuple[Evidence, ...]]:
    """At most `most` sentences in order of time, each with its words as evidence."""
    chosen: list[int] = []
    while len(chosen) < min(most, len(sentences)):
        chosen.append(_next(worth, vectors, chosen))
    picked = [sentences[at] for at in sorted(chosen)]
    return join(each.text for each in picked), tuple(of_sentence(each) for each in picked)


def _next(worth: NDArray[np.float64], vectors: NDArray[np.float32], chosen: Sequence[int]) -> int:
    value = worth.copy()
    if chosen:
        value -= REPEATED * np.clip((vectors @ vectors[list(chosen)].T).max(axis=1), 0.0, 1.0)
    value[list(chosen)] = -np.inf
    return int(value.argmax())
