"""Where topics begin: segmentation by words, meaning, pauses, slides and turns of phrase."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noteai.agents.content import turns
from noteai.agents.content.cohesion import lexical, semantic
from noteai.agents.content.partition import best_totals, trace
from noteai.agents.content.terms import count, terms
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence

MOST_UNITS = 1200
"""Longer lectures are divided between groups of sentences, so that time stays bounded."""
MOST_TOPICS = 60
UNIT_WORDS = 35.0
"""Words that count as one observation of the meaning: a clip of the AVLecture set."""

# Tuned on the 35 lectures of the AVLecture development set, where F1 at 30 s hardly changes
# between half and twice each of them. Scores are natural logarithms of likelihoods.
CONCENTRATION, SPREAD, MEANING = 600.0, 0.08, 0.45
PENALTY = 1.6
"""What a boundary costs, times the root of the lecture's words: by it the number is found."""
OPENING = 18.0
# That set has neither pauses nor slides: these two were set on six synthetic lectures.
PAUSE, SLIDE = 10.0, 15.0


def topics(
    sentences: Sequence[Sentence],
    vectors: NDArray[np.float32],
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    wanted: int | None,
) -> list[range]:
    """The sentences of each topic: ranges of indices, in order, that cover all of them.

    `vectors` are unit rows, (sentences, d). Where `wanted` is None their number is found.
    """
    if not sentences:
        return []
    groups = _groups(len(sentences))
    spoken = [terms(sentence.text) for sentence in sentences]
    words = sum(map(len, spoken))
    segments = _cohesion(spoken, groups, vectors)
    boundaries = _signs(sentences, silence, layout)[[group.stop - 1 for group in groups[:-1]]]
    most = min(len(groups), wanted or MOST_TOPICS)
    totals, starts = best_totals(segments, boundaries, most)
    number = most if wanted else _number(totals[1:, -1], words)
    begins = [groups[unit].start for unit in trace(starts, number)]
    return [range(a, b) for a, b in zip(begins, [*begins[1:], len(sentences)], strict=True)]


def _groups(sentences: int) -> list[range]:
    size = math.ceil(sentences / MOST_UNITS)
    return [range(at, min(at + size, sentences)) for at in range(0, sentences, size)]


def _cohesion(
    spoken: Sequence[Sequence[str]], groups: Sequence[range], vectors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Scores of all segments of groups."""
    weights = np.array([max(1.0, len(each)) for each in spoken]) / UNIT_WORDS
    firsts = [group.start for group in groups]
    mass = np.add.reduceat(weights, firsts)
    means = np.add.reduceat(vectors * weights[:, None], firsts) / mass[:, None]
    counts = count([[term for at in group for term in spoken[at]] for group in groups])
    return lexical(counts, CONCENTRATION) + MEANING * semantic(means, mass, SPREAD)


def _signs(
    sentences: Sequence[Sentence], silence: SilenceMap | None, layout: LayoutTimeline | None
) -> NDArray[np.float64]:
    opens = np.array([turns.opens_topic(each) for each in sentences[1:]], float)
    paused = turns.pauses(sentences, silence)
    shown = turns.new_slides(sentences, layout)
    return OPENING * opens + PAUSE * paused + SLIDE * shown


def _number(totals: NDArray[np.float64], words: int) -> int:
    """How many topics are best when each boundary must be worth its penalty."""
    penalties = PENALTY * math.sqrt(words) * np.arange(len(totals))
    return int((totals - penalties).argmax()) + 1
