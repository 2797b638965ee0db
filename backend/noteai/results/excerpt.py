"""What one clip is rendered from: of what a job found, only what is in it.

So the request stays small however long the lecture is, and a clip that was rendered before is
found in the cache.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from noteai.agents.clips.order import excerpt
from noteai.engine.artifact import Artifact
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript, Word
from noteai.results.version import Version
from noteai.timeline import Span, overlap, span

_MARGIN = 2.0
"""Seconds around the clip of which the layout is given: more than rendering looks at."""


def given(
    version: Version,
    recording: Recording,
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
) -> dict[str, Any]:
    """By the name of its type, each artifact as JSON."""
    highlight = version.highlight
    artifacts: list[Artifact] = [
        recording,
        HighlightPlan(highlights=(highlight,)),
        said_in(transcript, highlight, version.words),
        *([quiet_in(silence, highlight)] if silence else []),
        *([shown_in(layout, highlight)] if layout else []),
    ]
    return {type(each).__name__: each.model_dump(mode="json") for each in artifacts}


def said_in(transcript: Transcript, passage: Span, corrections: Mapping[str, str]) -> Transcript:
    """Its words, numbered anew; corrections are by their old ids."""
    words = tuple(corrected(transcript.words, corrections))
    return excerpt(transcript.model_copy(update={"words": words}), passage)


def quiet_in(silence: SilenceMap, passage: Span) -> SilenceMap:
    """Its silences, whole."""
    spans = tuple(each for each in silence.spans if overlap(each, passage) > 0)
    return silence.model_copy(update={"spans": spans})


def shown_in(layout: LayoutTimeline, passage: Span) -> LayoutTimeline:
    """Its shots and slides, and those next to it."""
    near = span(max(0.0, passage.start - _MARGIN), passage.end + _MARGIN)
    slides = (each for each in layout.slides if any(overlap(v, near) > 0 for v in each.visits))
    return LayoutTimeline(
        width=layout.width,
        height=layout.height,
        shots=tuple(each for each in layout.shots if overlap(each, near) > 0),
        slides=tuple(slides),
    )


def corrected(words: Sequence[Word], corrections: Mapping[str, str]) -> list[Word]:
    return [
        each.model_copy(update={"text": corrections[each.id]}) if each.id in corrections else each
        for each in words
    ]
