"""Signs that the lecture turns to something else between two sentences."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence
from noteai.timeline import Span, overlap, span

# Openings of a sentence that begin a topic.
_OPENINGS = re.compile(
    r"""^\W*(?:(?:(?:okay|ok|alright|all\ right|right|good|well|so|and|now|then|yes|great)\b\W*)*)
    (?:
      (?:let\ us|let's|let\ me|we(?:'ll|\ will|\ are\ going\ to|'re\ going\ to)|i(?:\ want\ to
         |'d\ like\ to|\ would\ like\ to|'m\ going\ to|'ll|\ will)|we\ (?:can|now|next)
         |we\ want\ to)\b
         (?:\ \w+){0,2}?\ (?:move\ on|turn|talk|look\ at|start|begin|switch|go\ on|continue|proceed
         |discuss|introduce|consider|come\ (?:now\ )?to|go\ to\ the\ next|return|pick\ up)
    | (?:our|my|the)\ (?:next|second|third|fourth|fifth|last|final|other)\ (?:\w+\ )?
         (?:question|topic|subject|point|thing|goal|part|step|idea|problem|concept|example|item|section)
    | next\b | in\ this\ (?:segment|video|section|part|lecture|module|chapter) | moving\ on
    | (?:first|second|third)(?:ly)?\ of\ all | finally\b | that\ brings\ us\ to | turning\ to
    | it(?:'s|\ is)\ time\ to\b | (?:our|the)\ (?:subject|topic)\b | today\b
    | last\ time\b | (?:there\ is|we\ have)\ (?:another|one\ more)\b
    )""",
    re.VERBOSE,
)
_OPENINGS_ELSEWHERE = re.compile(
    r"^\W*(?:als nächstes|kommen wir|nun zu|jetzt zu|wenden wir uns|ensuite|passons|maintenant"
    r"|voyons|a continuación|ahora vamos|pasemos|vamos a ver|a seguir|agora vamos|passemos"
    r"|接下来|下面我们|我们来看|现在我们|然后我们来|最后我们|次に|それでは|さて|다음으로|이제)"
)
PAUSE_SPREAD = 0.5
"""Seconds: how far pauses of one speaker lie apart, at the least."""
SLIDE_REACH = 4.0
"""Seconds between a slide's first showing and the sentence that it begins with."""


def opens_topic(sentence: Sentence) -> bool:
    text = sentence.text.lower().replace("’", "'")
    return bool(_OPENINGS.match(text) or _OPENINGS_ELSEWHERE.match(text))


def pauses(sentences: Sequence[Sentence], silence: SilenceMap | None) -> NDArray[np.float64]:
    """Between each two sentences, how much longer than usual the pause is.

    In units of the usual deviation, 0 to 4; zero everywhere where all are alike.
    """
    gaps = np.array([_pause(*pair, silence) for pair in pairwise(sentences)])
    if not len(gaps):
        return gaps
    usual = median(gaps)
    spread = max(PAUSE_SPREAD, float(np.percentile(gaps, 84)) - usual)
    return np.asarray(np.clip((gaps - usual) / spread, 0.0, 4.0), np.float64)


def _pause(before: Sentence, after: Sentence, silence: SilenceMap | None) -> float:
    gap = max(0.0, after.start - before.end)
    if silence is None:
        return gap
    around = span(max(0.0, before.end - 0.5), max(before.end, after.start) + 0.5)
    return max((overlap(around, each) for each in silence.near(around)), default=0.0)


def new_slides(sentences: Sequence[Sentence], layout: LayoutTimeline | None) -> NDArray[np.float64]:
    """Between each two sentences, 1.0 where a slide with a new title is shown first."""
    found = np.zeros(max(0, len(sentences) - 1))
    if layout is None:
        return found
    for instant in _first_showings(layout):
        distances = [_distance(instant, *pair) for pair in pairwise(sentences)]
        if distances and min(distances) <= SLIDE_REACH:
            found[int(np.argmin(distances))] = 1.0
    return found


def _first_showings(layout: LayoutTimeline) -> list[float]:
    seen: set[str] = set()
    instants = []
    for slide in layout.slides:
        title = slide.title.casefold().strip()
        if slide.visits and (not title or title not in seen):
            instants.append(min(visit.start for visit in slide.visits))
        seen.add(title)
    return sorted(instants)[1:]


def _distance(instant: float, before: Span, after: Span) -> float:
    return max(before.end - instant, instant - after.start, 0.0)
