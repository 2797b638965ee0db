"""Which passages are worth seeing again."""

from noteai.agents.content.phrases import phrases
from noteai.agents.segments.belonging import belonging, warnings
from noteai.agents.segments.candidates import Candidate, candidates, sentence_range
from noteai.agents.segments.choice import choose, probability
from noteai.agents.segments.params import SegmentParams
from noteai.agents.segments.proof import evidence, reasons
from noteai.engine.stage import stage
from noteai.lecture.content import ContentAnalysis, SentenceScore
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript

__all__ = ["SegmentParams", "segments"]


@stage(version="2", queue="language")
def segments(
    recording: Recording,
    content: ContentAnalysis,
    transcript: Transcript,
    silence: SilenceMap | None,
    params: SegmentParams,
) -> HighlightPlan:
    """Choose the highlights: worth, coverage and variety within the limits of length.

    Raises:
        CaptionsForeign: most of what is said lies beyond the recording's end.
    """
    inside = belonging(transcript, recording)
    plan = _plan(content, inside, silence, params)
    return plan.model_copy(update={"warnings": warnings(transcript, inside)})


def _plan(
    content: ContentAnalysis,
    transcript: Transcript,
    silence: SilenceMap | None,
    params: SegmentParams,
) -> HighlightPlan:
    if not transcript.sentences or not content.topics:
        return HighlightPlan(highlights=(), reason_if_empty="Nothing is said in this recording.")
    found = candidates(content, transcript, silence, params)
    chosen = choose(found, transcript, params)
    if not chosen:
        return HighlightPlan(highlights=(), reason_if_empty=_why_none(transcript, params))
    return HighlightPlan(highlights=_rank(chosen, content, transcript))


def _why_none(transcript: Transcript, params: SegmentParams) -> str:
    spoken = transcript.sentences[-1].end - transcript.sentences[0].start
    if spoken < params.min_seconds:
        return (
            f"Speech lasts {spoken:.0f} s, and the shortest highlight {params.min_seconds:g} s: "
            "lower segments.min_seconds to get one."
        )
    return (
        "No passage stands by itself and stands out: lower segments.min_importance or "
        "segments.min_seconds to get some all the same."
    )


def _rank(
    chosen: list[Candidate], content: ContentAnalysis, transcript: Transcript
) -> tuple[Highlight, ...]:
    scores = {each.id: each for each in content.sentences}
    titles = _titles(chosen, transcript)
    ranked = []
    for rank, (each, title) in enumerate(zip(chosen, titles, strict=True), start=1):
        lines = [scores[s.id] for s in sentence_range(each, transcript) if s.id in scores]
        ranked.append(
            Highlight(
                rank=rank,
                start=each.cut.start,
                end=each.cut.end,
                title=title,
                score=round(probability(each.worth), 4),
                reasons=_reasons(each, lines),
                evidence=evidence(lines, transcript),
                topic=each.topic.id,
            )
        )
    return tuple(ranked)


def _titles(chosen: list[Candidate], transcript: Transcript) -> list[str]:
    """The topic's title; a further passage of the same topic adds its own best phrase."""
    own = phrases(transcript, [range(each.first, each.last + 1) for each in chosen])
    taken: set[str] = set()
    titles = []
    for candidate, telling in zip(chosen, own, strict=True):
        title = candidate.topic.title
        if candidate.topic.id in taken and telling:
            title = f"{title}: {telling[0].text}"
        taken.add(candidate.topic.id)
        titles.append(title)
    return titles


def _reasons(candidate: Candidate, lines: list[SentenceScore]) -> tuple[str, ...]:
    return reasons(lines) or (f"Most important passage on “{candidate.topic.title}”",)
