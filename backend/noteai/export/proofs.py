"""Why a passage was chosen, each reason with the words that prove it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from noteai.export.finished import Finished
from noteai.lecture.content import Cue, SentenceScore
from noteai.lecture.highlights import Highlight
from noteai.lecture.transcript import Transcript, Word, position
from noteai.lecture.writing import join
from noteai.timeline import Span

_MOST_WORDS, _BEFORE = 12, 3


@dataclass(frozen=True)
class Reason:
    text: str
    quote: str = ""
    """At most 12 words of the sentence that proves it; `…` stands for what is left out."""
    start: float = 0.0
    """When the first word of the quote is said."""


def reasons(lecture: Finished, passage: Highlight) -> tuple[Reason, ...]:
    """Its reasons in their order; one whose words are not known has no quote."""
    return tuple(_proved(lecture, passage, each) for each in passage.reasons)


def _proved(lecture: Finished, passage: Highlight, reason: str) -> Reason:
    """By the sentence in the passage in which the reason is clearest."""
    cue = _cues().get(reason)
    if cue is None or lecture.transcript is None or lecture.content is None:
        return Reason(reason)
    clearest = sorted(lecture.content.sentences, key=lambda each: -each.scores.get(cue, 0.0))
    proofs = (_proof(lecture.transcript, passage, each, cue) for each in clearest)
    quote, start = next((each for each in proofs if each), ("", 0.0))
    return Reason(reason, quote, start)


def _proof(
    transcript: Transcript, passage: Span, line: SentenceScore, cue: Cue
) -> tuple[str, float] | None:
    """A sentence quoted from a little before the first word of the cue that the passage has."""
    known = line.evidence[cue].words if cue in line.evidence else ()
    words = transcript.words_of(transcript.sentences[position(line.id)])
    said = (n for n, word in enumerate(words) if word.id in known and passage.contains(word.middle))
    at = next(said, None)
    if at is None:
        return None
    first = max(0, min(at - _BEFORE, len(words) - _MOST_WORDS))
    return _quote(words, first), words[first].start


def _quote(words: Sequence[Word], first: int) -> str:
    shown = join(word.text for word in words[first : first + _MOST_WORDS])
    end = " …" if first + _MOST_WORDS < len(words) else ""
    return f"{'… ' if first else ''}{shown}{end}"


@cache
def _cues() -> Mapping[str, Cue]:
    """The cue that each reason stands for."""
    from noteai.agents.segments.proof import reasons as named

    lines = (
        SentenceScore(id="s0", importance=1.0, scores={cue: 1.0}, evidence={})
        for cue in get_args(Cue)
    )
    return {named([line])[0]: next(iter(line.scores)) for line in lines}
