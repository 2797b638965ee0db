"""Why a passage was chosen, each reason with the words that prove it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from noteai.export.finished import Finished
from noteai.lecture.content import Cue, SentenceScore
from noteai.lecture.highlights import Highlight
from noteai.lecture.transcript import Transcript, Word, position
from noteai.lecture.writing import join
from noteai.timeline import Span

_MOST_WORDS = 12


@dataclass(frozen=True)
class Reason:
    text: str
    quote: str = ""
    """At most 12 of the words that prove it; `…` stands for what is left out."""
    start: float = 0.0
    """When the first word of the quote is said."""


def reasons(lecture: Finished, passage: Highlight) -> tuple[Reason, ...]:
    """Its reasons in their order; one whose words are not known has no quote."""
    return tuple(_proved(each, _words(lecture, passage, each)) for each in passage.reasons)


def _proved(text: str, words: Sequence[Word]) -> Reason:
    return Reason(text, _quote(words), words[0].start) if words else Reason(text)


def _words(lecture: Finished, passage: Highlight, reason: str) -> list[Word]:
    """Of the sentence in the passage in which the reason is clearest."""
    cue = _cues().get(reason)
    if cue is None or lecture.transcript is None or lecture.content is None:
        return []
    clearest = sorted(lecture.content.sentences, key=lambda each: -each.scores.get(cue, 0.0))
    proofs = (_said(lecture.transcript, passage, each, cue) for each in clearest)
    return next((words for words in proofs if words), [])


def _said(transcript: Transcript, passage: Span, line: SentenceScore, cue: Cue) -> list[Word]:
    """The words of the cue in that sentence, where they are said in the passage."""
    ids = line.evidence[cue].words if cue in line.evidence else ()
    words = (transcript.words[place] for place in sorted({position(each) for each in ids}))
    return [each for each in words if passage.contains(each.middle)]


def _quote(words: Sequence[Word]) -> str:
    shown = words[:_MOST_WORDS]
    said = " … ".join(join(word.text for word in run) for run in _runs(shown))
    return f"{said} …" if len(shown) < len(words) else said


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words that follow each other in the transcript go together."""
    run: list[Word] = []
    for word in words:
        if run and position(word.id) != position(run[-1].id) + 1:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


@cache
def _cues() -> Mapping[str, Cue]:
    """The cue that each reason stands for."""
    from noteai.agents.segments.proof import reasons as named

    lines = (
        SentenceScore(id="s0", importance=1.0, scores={cue: 1.0}, evidence={})
        for cue in get_args(Cue)
    )
    return {named([line])[0]: next(iter(line.scores)) for line in lines}
