"""Why a passage is worth seeing again, and what proves it."""

from collections.abc import Sequence

from noteai.agents.content.evidence import of_sentence
from noteai.lecture.content import Cue, Evidence, SentenceScore
from noteai.lecture.transcript import Sentence, Transcript

_CLEAR = 0.7
"""A cue is named as a reason from this score on: one weak word, such as "always", is none."""
_CLEAR_BY_MEASURE: dict[Cue, float] = {"novelty": 0.3, "delivery": 0.3}
_MOST = 3
_SAID: dict[Cue, str] = {
    "definition": "Defines a term",
    "example": "Works through an example",
    "emphasis": "The lecturer stresses it",
    "exam_hint": "Announced for the exam",
    "summary": "Sums up",
    "novelty": "Brings new terms",
    "delivery": "Spoken with weight",
}


def reasons(lines: Sequence[SentenceScore]) -> tuple[str, ...]:
    """The clearest cues of its sentences in words; none where no cue is clear."""
    best: dict[Cue, float] = {}
    for line in lines:
        for cue, score in line.scores.items():
            best[cue] = max(score, best.get(cue, 0.0))
    clear = [cue for cue in best if best[cue] >= _CLEAR_BY_MEASURE.get(cue, _CLEAR)]
    clear.sort(key=lambda cue: -best[cue])
    return tuple(_SAID[cue] for cue in clear[:_MOST])


def evidence(lines: Sequence[SentenceScore], transcript: Transcript) -> Evidence:
    """The words of the cues, or where there are none those of its main sentence."""
    proofs = [proof for line in lines for proof in line.evidence.values()]
    words = tuple(dict.fromkeys(word for proof in proofs for word in proof.words))
    slides = tuple(dict.fromkeys(slide for proof in proofs for slide in proof.slides))
    return Evidence(words=words or of_sentence(_main(lines, transcript)).words, slides=slides)


def _main(lines: Sequence[SentenceScore], transcript: Transcript) -> Sentence:
    best = max(lines, key=lambda line: line.importance)
    return next(each for each in transcript.sentences if each.id == best.id)
