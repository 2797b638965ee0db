"""How far a job is, from how far its stages are."""

from collections.abc import Iterable, Mapping

from noteai.jobs.graph import StageFacts
from noteai.jobs.models import ENDED

WEIGHTS: Mapping[str, float] = {
    "recording": 0.02,
    "silence": 0.02,
    "transcript": 0.50,
    "layout": 0.30,
    "content": 0.03,
    "segments": 0.01,
    "clips": 0.12,
}
"""Shares of the seconds that whole runs took."""
OTHER = 0.05
"""Of a stage that was not measured."""


def reached(stages: Iterable[StageFacts]) -> float:
    """0 to 1; 1 is left to the end of the job."""
    facts = list(stages)
    whole = sum(_weight(each) for each in facts)
    part = sum(_weight(each) * _done(each) for each in facts)
    return round(min(0.99, part / whole), 4) if whole else 0.0


def _weight(facts: StageFacts) -> float:
    return WEIGHTS.get(facts.stage, OTHER)


def _done(facts: StageFacts) -> float:
    return 1.0 if facts.state in ENDED else facts.fraction
