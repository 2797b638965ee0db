"""How much each sentence is worth seeing again."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noteai.agents.content.cues import cues
from noteai.agents.content.function_words import function_words
from noteai.agents.content.phrasing import said
from noteai.agents.content.terms import is_letter_alone, terms
from noteai.lecture.content import Cue, Evidence, SentenceScore
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.lecture.writing import bare

Array = NDArray[np.float64]

# A logistic model of the sentences that VT-SSum's slides repeat, fitted on its 60 development
# talks (Lv et al. 2021). F1 of the best three of a segment: 39.7; in 6-fold cross-validation 39.3.
# The weight of the cues is set by hand: slides do not show what a lecturer stresses.
WEIGHTS = {"length": 0.65, "centrality": 1.35, "salience": 0.1, "late": -1.3}
CUES = 1.0
BIAS = -2.1
"""Sets the mean over VT-SSum's sentences to 0.3."""
LATE = 10
"""The first sentences after a topic begins say what it is about; from here on all are late."""


def features(
    transcript: Transcript, vectors: NDArray[np.float32], groups: Sequence[range]
) -> dict[str, Array]:
    """What speaks for each sentence.

    `length`: log of its words of subject matter; `centrality`: cosine with its group's mean
    meaning; `salience`: root of the sum, over its different words of subject matter, of the log
    of how often the lecture says them; `late`: 0 for a group's first sentence, rising to 1.
    """
    empty = function_words(transcript)
    words = [_subject_matter(transcript.words_of(each), empty) for each in transcript.sentences]
    often = Counter(word for line in words for word in line)
    centrality, late = np.zeros(len(words)), np.zeros(len(words))
    for group in groups:
        rows = slice(group.start, group.stop)
        centrality[rows] = vectors[rows] @ _mean(vectors[rows])
        late[rows] = np.minimum(np.arange(len(group)) / LATE, 1.0)
    return {
        "length": np.log1p([len(line) for line in words]),
        "centrality": centrality,
        "salience": np.sqrt([sum(math.log(often[word]) for word in set(line)) for line in words]),
        "late": late,
    }


def _subject_matter(words: Sequence[Word], empty: frozenset[str]) -> list[str]:
    kept = (word.text for word in words if bare(word.text).replace("’", "'") not in empty)
    return [term for text in kept for term in terms(text)]


def _mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = vectors.sum(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def importance(
    transcript: Transcript,
    vectors: NDArray[np.float32],
    groups: Sequence[range],
    delivery: Sequence[tuple[float, Evidence]],
) -> tuple[SentenceScore, ...]:
    """Each sentence's worth, 0 to 1, and its cues, each with the words that prove it.

    Args:
        transcript: its sentences are scored.
        vectors: (sentences, d), unit rows.
        groups: the topics.
        delivery: how strikingly each sentence was said.
    """
    sentences = transcript.sentences
    if not sentences:
        return ()
    given = features(transcript, vectors, groups)
    marked = [cues(said(transcript.words_of(each))) for each in sentences]
    new = novelty(transcript)
    proofs = [
        _proofs(marks, ("novelty", fresh), ("delivery", struck))
        for marks, fresh, struck in zip(marked, new, delivery, strict=True)
    ]
    marks_strength = np.array([_strongest(marks) for marks in marked])
    linear = sum(weight * given[name] for name, weight in WEIGHTS.items())
    worth = 1 / (1 + np.exp(-(linear + CUES * marks_strength + BIAS)))
    return tuple(
        SentenceScore(
            id=sentence.id,
            importance=round(float(value), 4),
            scores={cue: score for cue, (score, _) in proof.items()},
            evidence={cue: evidence for cue, (_, evidence) in proof.items()},
        )
        for sentence, value, proof in zip(sentences, worth, proofs, strict=True)
    )


def _strongest(marks: dict[Cue, tuple[float, Evidence]]) -> float:
    return max((strength for strength, _ in marks.values()), default=0.0)


def _proofs(
    marks: dict[Cue, tuple[float, Evidence]], *more: tuple[Cue, tuple[float, Evidence]]
) -> dict[Cue, tuple[float, Evidence]]:
    return marks | {cue: given for cue, given in more if given[0] > 0 and given[1].words}


def novelty(transcript: Transcript) -> list[tuple[float, Evidence]]:
    """The terms that each sentence is the first to say and that come again later.

    Scores grow with how often they come again; two terms said ten times make about 1.
    """
    words = [[terms(word.text) for word in transcript.words_of(s)] for s in transcript.sentences]
    totals = Counter(term for line in words for word in line for term in word)
    common = _common(words)
    seen: set[str] = set()
    found = []
    for sentence, line in zip(transcript.sentences, words, strict=True):
        fresh = {t for word in line for t in word} - seen - common
        again = {term for term in fresh if totals[term] >= 3 and not is_letter_alone(term)}
        seen |= {t for word in line for t in word}
        ids = _saying(transcript, sentence, line, again)
        score = 1 - 0.75 ** sum(min(totals[term], 10) / 5 for term in again)
        found.append((round(score, 4), Evidence(words=ids)))
    return found


def _common(words: Sequence[Sequence[Sequence[str]]]) -> set[str]:
    """Terms that say nothing: in more than a tenth of all sentences."""
    frequency = Counter(term for line in words for term in {t for word in line for t in word})
    return {term for term, lines in frequency.items() if lines > max(5, 0.1 * len(words))}


def _saying(
    transcript: Transcript, sentence: Sentence, line: Sequence[Sequence[str]], wanted: set[str]
) -> tuple[str, ...]:
    pairs = zip(transcript.words_of(sentence), line, strict=True)
    return tuple(word.id for word, stems in pairs if wanted.intersection(stems))
