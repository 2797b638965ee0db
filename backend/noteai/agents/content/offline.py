"""The analysis that needs nobody else: statistics of words, meaning, time and phrasing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noteai.agents.content.delivery import delivery
from noteai.agents.content.importance import importance
from noteai.agents.content.params import ContentParams
from noteai.agents.content.phrases import Phrase, phrases
from noteai.agents.content.summary import summary
from noteai.agents.content.titles import Title, titles
from noteai.agents.content.topics import topics
from noteai.lecture.content import (
    ContentAnalysis,
    Cue,
    Evidence,
    SentenceScore,
    Topic,
    TopicEvidence,
)
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence, Transcript
from noteai.resources.embedder import Embedder, Matrix
from noteai.timeline import Span, span

ANALYST = "offline"
BEST = 3
"""A topic is as important as its best sentences on average: so many of them."""


def analyse(
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    params: ContentParams,
    embedder: Embedder,
) -> ContentAnalysis:
    """Topics and the worth of each sentence; the same input gives the same analysis."""
    sentences = transcript.sentences
    if not sentences:
        return ContentAnalysis(topics=(), sentences=(), analyst=ANALYST)
    vectors = embedder.embed([each.text for each in sentences])
    parts = topics(sentences, vectors, silence, layout, params.topics)
    scores = importance(transcript, vectors, parts, delivery(transcript, silence))
    spans = [_span(sentences[part.start : part.stop]) for part in parts]
    telling = phrases(transcript, parts)
    named = titles(spans, telling, [sentences[part.start] for part in parts], layout)
    described = zip(parts, spans, named, telling, strict=True)
    return ContentAnalysis(
        topics=tuple(
            _topic(number, where, title, keys, sentences, scores, vectors, part, params)
            for number, (part, where, title, keys) in enumerate(described)
        ),
        sentences=scores,
        analyst=ANALYST,
    )


def _span(sentences: Sequence[Sentence]) -> Span:
    return span(sentences[0].start, max(each.end for each in sentences))


def _topic(
    number: int,
    where: Span,
    title: Title,
    telling: Sequence[Phrase],
    sentences: Sequence[Sentence],
    scores: Sequence[SentenceScore],
    vectors: Matrix,
    part: range,
    params: ContentParams,
) -> Topic:
    own = scores[part.start : part.stop]
    worth = np.array([each.importance for each in own])
    text, proofs = summary(
        sentences[part.start : part.stop],
        worth,
        vectors[part.start : part.stop],
        params.summary_sentences,
    )
    best = strongest(own)
    return Topic(
        id=f"t{number}",
        start=where.start,
        end=where.end,
        title=title[0],
        summary=text,
        keywords=tuple(phrase.text for phrase in telling[: params.keywords]),
        importance=_mean_of_best(worth),
        scores={cue: score for cue, (score, _) in best.items()},
        evidence=TopicEvidence(
            title=title[1],
            summary=proofs,
            scores={cue: evidence for cue, (_, evidence) in best.items()},
        ),
    )


def _mean_of_best(worth: NDArray[np.float64]) -> float:
    return round(float(np.sort(worth)[-BEST:].mean()), 4)


def strongest(scores: Sequence[SentenceScore]) -> dict[Cue, tuple[float, Evidence]]:
    """For each cue its strongest score with its proof; of equals the first."""
    best: dict[Cue, tuple[float, Evidence]] = {}
    for each in scores:
        for cue, score in each.scores.items():
            if score > best.get(cue, (0.0,))[0]:
                best[cue] = (score, each.evidence[cue])
    return best
