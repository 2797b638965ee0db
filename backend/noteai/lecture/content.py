"""What the lecture is about."""

from typing import Literal

from noteai.engine.artifact import Artifact
from noteai.frozen import Frozen
from noteai.timeline import Span

Cue = Literal["definition", "example", "emphasis", "exam_hint", "summary", "novelty", "delivery"]
"""The named sub-scores of importance."""


class Evidence(Frozen):
    """What proves a claim: ids of the transcript's words and of the layout's slides."""

    words: tuple[str, ...] = ()
    slides: tuple[str, ...] = ()


class TopicEvidence(Frozen):
    title: Evidence
    summary: tuple[Evidence, ...]
    """One for each sentence of the summary."""
    scores: dict[Cue, Evidence]


class Topic(Span):
    """A chapter of the lecture. `importance` and every score lie in 0 to 1."""

    id: str
    """`t0`, `t1`, ... in order of time."""
    title: str
    summary: str
    keywords: tuple[str, ...]
    importance: float
    scores: dict[Cue, float]
    evidence: TopicEvidence


class SentenceScore(Frozen):
    """How much one sentence is worth seeing again, 0 to 1, with the cues that it gives."""

    id: str
    """The sentence's id in the transcript."""
    importance: float
    scores: dict[Cue, float]
    evidence: dict[Cue, Evidence]


class ContentAnalysis(Artifact):
    """Topics that cover all sentences in order, and a score for each sentence."""

    topics: tuple[Topic, ...]
    sentences: tuple[SentenceScore, ...]
    analyst: str
    """Who worked it out: `offline` or the name of the language model."""
    degraded: bool = False
    """The language model failed and the offline analysis stands in for it."""
    warnings: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.warnings

    @property
    def is_degraded(self) -> bool:
        return self.degraded
