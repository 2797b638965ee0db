"""Choosing a set: worth, spread over topics, and no subject twice, within the limits.

A greedy choice by marginal gain, in the manner of maximal marginal relevance
(Carbonell and Goldstein 1998).
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from noteai.agents.segments.candidates import Candidate, sentence_range
from noteai.agents.segments.params import SegmentParams
from noteai.lecture.transcript import Transcript
from noteai.timeline import overlap

_WORD = re.compile(r"[^\W\d_]{4,}")
_EPSILON = 1e-6
_LEAST = 0.25
_SAME_TOPIC = 0.5
"""What a passage of a topic that has one already loses, at full diversity."""


def choose(
    found: Sequence[Candidate], transcript: Transcript, params: SegmentParams
) -> list[Candidate]:
    """At most `max_clips`, best first, none below the lecture's average.

    Beyond `min_clips` only what adds at least a quarter of what the first one does.
    """
    chosen: list[Candidate] = []
    duration = transcript.sentences[-1].end if transcript.sentences else 0.0
    left = [(each, _subject(each, transcript)) for each in found]
    subjects: list[Counter[str]] = []
    floor = 0.0
    while left and len(chosen) < params.max_clips:
        gains = [_gain(each, words, chosen, subjects, params) for each, words in left]
        best = max(range(len(left)), key=gains.__getitem__)
        if gains[best] < (floor if len(chosen) >= params.min_clips else -_EPSILON):
            break
        floor = floor or _LEAST * gains[best]
        candidate, words = left[best]
        chosen.append(candidate)
        subjects.append(words)
        room = params.max_share * duration - sum(each.cut.duration for each in chosen)
        left = [
            (each, its)
            for each, its in left
            if overlap(each.cut, candidate.cut) == 0 and each.cut.duration <= room
        ]
    return sorted(chosen, key=lambda each: -each.worth)


def probability(worth: float) -> float:
    """`worth` on a scale of 0 to 1: 0.5 is an average passage of this lecture."""
    return 1 / (1 + math.exp(-worth / 2))


def _gain(
    candidate: Candidate,
    words: Counter[str],
    chosen: Sequence[Candidate],
    subjects: Sequence[Counter[str]],
    params: SegmentParams,
) -> float:
    if candidate.worth <= 0:
        return candidate.worth
    again = any(each.topic.id == candidate.topic.id for each in chosen)
    likest = max((_likeness(words, each) for each in subjects), default=0.0)
    spread = 1 - params.diversity * _SAME_TOPIC * again
    weight = 0.5 + candidate.topic.importance / 2
    return candidate.worth * weight * spread * (1 - params.diversity * likest)


def _subject(candidate: Candidate, transcript: Transcript) -> Counter[str]:
    text = " ".join(each.text for each in sentence_range(candidate, transcript))
    return Counter(_WORD.findall(text.lower()))


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """Cosine of two word counts."""
    shared = sum(count * b[word] for word, count in a.items())
    length = math.hypot(*a.values()) * math.hypot(*b.values())
    return shared / length if length else 0.0
