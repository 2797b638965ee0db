"""Made-up speech: sentences of one length, and what an analysis may find in them."""

from collections.abc import Sequence
from itertools import pairwise

from noteai.lecture.content import (
    ContentAnalysis,
    Evidence,
    SentenceScore,
    Topic,
    TopicEvidence,
)
from noteai.lecture.transcript import Sentence, Transcript, Word

SECONDS, PAUSE = 6.0, 1.0
PLAIN = "A router forwards packets between networks every day."


def lecture(texts: Sequence[str], language: str = "en") -> Transcript:
    """A sentence of six seconds each, with a second between them."""
    words: list[Word] = []
    sentences: list[Sentence] = []
    for number, text in enumerate(texts):
        start = number * (SECONDS + PAUSE) + PAUSE
        parts = text.split()
        step = SECONDS / len(parts)
        first = len(words)
        words += [
            Word(
                id=f"w{first + i}",
                start=start + i * step,
                end=start + (i + 1) * step,
                text=part,
                probability=0.9,
            )
            for i, part in enumerate(parts)
        ]
        sentences.append(
            Sentence(
                id=f"s{number}",
                start=start,
                end=start + SECONDS,
                text=text,
                first_word=f"w{first}",
                last_word=words[-1].id,
            )
        )
    return Transcript(language=language, words=tuple(words), sentences=tuple(sentences))


def analysis(
    transcript: Transcript, importance: Sequence[float], topics: Sequence[int] = (0,)
) -> ContentAnalysis:
    """Topics begin at the sentences with the numbers given."""
    edges = [*topics, len(transcript.sentences)]
    made = [
        Topic(
            id=f"t{number}",
            start=transcript.sentences[first].start,
            end=transcript.sentences[after - 1].end,
            title=f"Topic {number}",
            summary="",
            keywords=(),
            importance=0.5,
            scores={},
            evidence=TopicEvidence(title=Evidence(), summary=(), scores={}),
        )
        for number, (first, after) in enumerate(pairwise(edges))
    ]
    scores = [
        SentenceScore(
            id=each.id,
            importance=value,
            scores={"definition": value},
            evidence={"definition": Evidence(words=(each.first_word,))},
        )
        for each, value in zip(transcript.sentences, importance, strict=True)
    ]
    return ContentAnalysis(topics=tuple(made), sentences=tuple(scores), analyst="offline")
