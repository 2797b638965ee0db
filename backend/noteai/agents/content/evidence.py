"""Does what a claim points at exist?"""

from collections.abc import Iterable, Iterator

from noteai.lecture.content import ContentAnalysis, Cue, Evidence, SentenceScore, Topic
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.transcript import Sentence, Transcript, position


def of_sentence(sentence: Sentence) -> Evidence:
    """All words of a sentence."""
    first, last = position(sentence.first_word), position(sentence.last_word)
    return Evidence(words=tuple(f"w{number}" for number in range(first, last + 1)))


def union(parts: Iterable[Evidence]) -> Evidence:
    """Every word and slide of the parts, once and in order of time."""
    kept = list(parts)
    words = {word for each in kept for word in each.words}
    slides = {slide for each in kept for slide in each.slides}
    return Evidence(
        words=tuple(sorted(words, key=position)), slides=tuple(sorted(slides, key=position))
    )


def unresolved(
    analysis: ContentAnalysis, transcript: Transcript, layout: LayoutTimeline | None
) -> list[str]:
    """What is wrong with the evidence, a line for each fault; empty when all of it resolves.

    A title, every sentence of a summary and every score above zero must point at something,
    and what they point at must exist.
    """
    words = {word.id for word in transcript.words}
    slides = {slide.id for slide in layout.slides} if layout else set()
    sentences = {sentence.id for sentence in transcript.sentences}
    faults = [
        f"{each.id} is no sentence" for each in analysis.sentences if each.id not in sentences
    ]
    for place, evidence in _claims(analysis):
        if not evidence.words and not evidence.slides:
            faults.append(f"{place} points at nothing")
        missing = [word for word in evidence.words if word not in words]
        missing += [slide for slide in evidence.slides if slide not in slides]
        faults += [f"{place} points at {each}, which does not exist" for each in missing]
    return faults


def _claims(analysis: ContentAnalysis) -> Iterator[tuple[str, Evidence]]:
    for topic in analysis.topics:
        yield f"title of {topic.id}", topic.evidence.title
        for number, evidence in enumerate(topic.evidence.summary):
            yield f"summary sentence {number} of {topic.id}", evidence
        if topic.summary and not topic.evidence.summary:
            yield f"summary of {topic.id}", Evidence()
        yield from _scores(topic, topic.evidence.scores)
    for sentence in analysis.sentences:
        yield from _scores(sentence, sentence.evidence)


def _scores(
    scored: Topic | SentenceScore, proofs: dict[Cue, Evidence]
) -> Iterator[tuple[str, Evidence]]:
    for cue, score in scored.scores.items():
        if score > 0 or cue in proofs:
            yield f"{cue} of {scored.id}", proofs.get(cue, Evidence())
