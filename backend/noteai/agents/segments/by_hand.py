"""A passage that a person chose: where it is cut, and what is true of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from noteai.agents.segments.candidates import Passages, cuts
from noteai.agents.segments.choice import probability
from noteai.agents.segments.proof import evidence, reasons
from noteai.lecture.content import ContentAnalysis, Evidence, SentenceScore
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript, Word, position
from noteai.timeline import Span, overlap, snap, span

_NEAR = 2.0
"""Seconds from the edge of a sentence within which that edge is meant."""


@dataclass(frozen=True)
class Lecture:
    """What is known of what was said and shown."""

    transcript: Transcript
    silence: SilenceMap | None
    content: ContentAnalysis | None
    layout: LayoutTimeline | None


@dataclass(frozen=True)
class Limits:
    """Seconds that a clip may last, in a recording of `duration`."""

    shortest: float
    longest: float
    duration: float

    def allow(self, start: float, end: float) -> bool:
        return end <= self.duration and self.shortest <= end - start <= self.longest


def snapped(asked: Span, before: Span, lecture: Lecture, limits: Limits) -> Span:
    """`asked` with those ends that are not as `before` on the edges where highlights are cut.

    That is the edge of a sentence near by, else that of the word which would be cut through, as
    far as the limits allow.
    """
    passages = list(cuts(lecture.transcript, lecture.silence))
    words = lecture.transcript.words
    starts, ends = [asked.start], [asked.end]
    if asked.start != before.start:
        starts = _places(asked.start, [each.start for each in passages], words)
    if asked.end != before.end:
        ends = _places(asked.end, [each.end for each in passages], words)
    fitting = (span(*ends_) for ends_ in product(starts, ends) if limits.allow(*ends_))
    return next(fitting, asked)


def rated(passage: Highlight, chosen: Span, lecture: Lecture) -> Highlight:
    """The passage with another span: score, reasons, evidence and topic are of what is in it."""
    moved = passage.model_copy(update={"start": chosen.start, "end": chosen.end})
    nothing = {"score": 0.0, "reasons": (), "evidence": Evidence()}
    inside = list(_inside(chosen, lecture.transcript))
    if lecture.content is None or not inside:
        return moved.model_copy(update=nothing)
    passages = Passages(lecture.content, lecture.transcript, lecture.silence)
    candidate = passages.candidate(inside[0], inside[-1])
    topic = max(lecture.content.topics, key=lambda each: overlap(each, chosen))
    lines = _lines(inside, chosen, lecture)
    proved = evidence(lines, lecture.transcript) if lines else Evidence()
    return moved.model_copy(
        update={
            "score": round(probability(candidate.worth), 4),
            "reasons": reasons(lines),
            "evidence": _within(proved, chosen, lecture),
            "topic": topic.id,
        }
    )


def _places(instant: float, edges: Sequence[float], words: Sequence[Word]) -> list[float]:
    """Where an end may go, the best first."""
    near = snap(instant, edges, _NEAR)
    return [*([near] if near in edges else []), _off_words(instant, words), instant]


def _off_words(instant: float, words: Sequence[Word]) -> float:
    cut = next((each for each in words if each.start < instant < each.end), None)
    return min((cut.start, cut.end), key=lambda edge: abs(edge - instant)) if cut else instant


def _inside(chosen: Span, transcript: Transcript) -> Iterator[int]:
    """Numbers of the sentences that are said in it for the most part, or fill most of it."""
    for number, each in enumerate(transcript.sentences):
        if overlap(each, chosen) > min(each.duration, chosen.duration) / 2:
            yield number


def _lines(inside: Sequence[int], chosen: Span, lecture: Lecture) -> list[SentenceScore]:
    """The scores of its sentences, without cues that are not in it."""
    assert lecture.content
    scores = {each.id: each for each in lecture.content.sentences}
    ids = (lecture.transcript.sentences[number].id for number in inside)
    return [_heard(scores[each], chosen, lecture) for each in ids if each in scores]


def _heard(line: SentenceScore, chosen: Span, lecture: Lecture) -> SentenceScore:
    proofs = {cue: _within(proof, chosen, lecture) for cue, proof in line.evidence.items()}
    kept = {cue: proof for cue, proof in proofs.items() if proof != Evidence()}
    gone = proofs.keys() - kept.keys()
    scores = {cue: score for cue, score in line.scores.items() if cue not in gone}
    return line.model_copy(update={"scores": scores, "evidence": kept})


def _within(proof: Evidence, chosen: Span, lecture: Lecture) -> Evidence:
    """What of it is said or shown in the passage."""
    said = lecture.transcript.words
    slides = lecture.layout.slides if lecture.layout else ()
    shown = {each.id for each in slides if any(overlap(v, chosen) > 0 for v in each.visits)}
    return Evidence(
        words=tuple(w for w in proof.words if chosen.contains(said[position(w)].middle)),
        slides=tuple(each for each in proof.slides if each in shown),
    )
