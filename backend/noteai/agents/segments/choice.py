"""Choosing a set: worth, spread over topics, and no subject twice, within the limits.

A greedy choice by marginal gain, in the manner of maximal marginal relevance
(Carbonell and Goldstein 1998).
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from noteai.agents.content.terms import TIGHT, terms
from noteai.agents.segments.candidates import Candidate
from noteai.agents.segments.params import SegmentParams
from noteai.lecture.transcript import Transcript
from noteai.lecture.writing import MARKS

_WORD = re.compile(rf"[{TIGHT}]+|[^\W\d_](?:[^\W\d_]|[{MARKS}]){{3,}}")
_TIGHT = re.compile(f"[{TIGHT}]")
_EPSILON = 1e-6
_LEAST = 0.25
_SAME_TOPIC = 0.5
"""What a passage of a topic that has one already loses, at full diversity."""


def choose(
    found: Iterable[Candidate], transcript: Transcript, params: SegmentParams
) -> list[Candidate]:
    """At most `max_clips`, best first, none below the lecture's average.

    Beyond `min_clips` only what adds at least a quarter of what the first one does.
    """
    chosen: list[Candidate] = []
    duration = transcript.sentences[-1].end if transcript.sentences else 0.0
    subject = _subjects(transcript)
    left = [(each, 0.0) for each in found if each.worth >= -_EPSILON]
    floor = 0.0
    while left and len(chosen) < params.max_clips:
        gains = [_gain(each, likest, chosen, params) for each, likest in left]
        best = max(range(len(left)), key=gains.__getitem__)
        if gains[best] < (floor if len(chosen) >= params.min_clips else -_EPSILON):
            break
        floor = floor or _LEAST * gains[best]
        candidate, _ = left[best]
        chosen.append(candidate)
        room = params.max_share * duration - sum(each.cut.duration for each in chosen)
        words = subject(candidate)
        left = [
            (each, max(likest, _likeness(subject(each), words)))
            for each, likest in left
            if _is_apart(each, candidate) and each.end - each.start <= room
        ]
    return sorted(chosen, key=lambda each: -each.worth)


def probability(worth: float) -> float:
    """`worth` on a scale of 0 to 1: 0.5 is an average passage of this lecture."""
    return 1 / (1 + math.exp(-worth / 2))


def _gain(
    candidate: Candidate, likest: float, chosen: Sequence[Candidate], params: SegmentParams
) -> float:
    """`likest` is its likeness to the chosen one that it resembles most."""
    if candidate.worth <= 0:
        return candidate.worth
    again = any(each.topic.id == candidate.topic.id for each in chosen)
    spread = 1 - params.diversity * _SAME_TOPIC * again
    weight = 0.5 + candidate.topic.importance / 2
    return candidate.worth * weight * spread * (1 - params.diversity * likest)


def _is_apart(a: Candidate, b: Candidate) -> bool:
    return a.end <= b.start or b.end <= a.start


def _subjects(transcript: Transcript) -> Callable[[Candidate], Counter[str]]:
    """How often a candidate says which words; they are counted anew each time, and not kept."""
    words = [list(_words(each.text.lower())) for each in transcript.sentences]
    return lambda each: Counter(chain.from_iterable(words[each.first : each.last + 1]))


def _words(text: str) -> Iterator[str]:
    """Its words of four letters or more; pairs of letters where a script writes no spaces."""
    for word in _WORD.findall(text):
        yield from terms(word) if _TIGHT.search(word) else (word,)


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """Cosine of two word counts."""
    shared = sum(count * b[word] for word, count in a.items() if word in b)
    length = math.hypot(*a.values()) * math.hypot(*b.values())
    return shared / length if length else 0.0
