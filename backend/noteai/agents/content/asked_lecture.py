"""A lecture as lines of data for a language model, in parts that fit its context."""

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from noteai.frozen import Frozen
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.transcript import Sentence, Transcript
from noteai.resources.language_model import estimated_tokens
from noteai.timeline import Span

LONGEST_SENTENCE = 2_000
LONGEST_TITLE = 120
OVERLAP = 40
"""Sentences that two parts share: about four minutes, so that each sees what a turn follows."""


class Part(Frozen):
    """Sentences from `first` to before `stop`, shown at once.

    Answers about its own, from `own_first` to before `own_stop`, count: where two parts
    overlap, the earlier one's count up to the middle.
    """

    first: int
    stop: int
    own_first: int
    own_stop: int

    @property
    def sentences(self) -> range:
        return range(self.first, self.stop)

    def owns(self, sentence: int) -> bool:
        return self.own_first <= sentence < self.own_stop


def parts(weights: Sequence[int], room: int, most: int) -> list[Part]:
    """Consecutive sentences of at most `room` tokens and `most` in number; at least one each.

    Args:
        weights: tokens of each sentence.
        room: tokens of a part.
        most: sentences of a part.
    """
    found = []
    first, stop = 0, 0
    while stop < len(weights):
        stop = _fill(weights, first, room, most)
        found.append(range(first, stop))
        first = stop - min(OVERLAP, (stop - first) // 4)
    seams = [(after.start + before.stop) // 2 for before, after in pairwise(found)]
    owned = pairwise([0, *seams, len(weights)])
    return [
        Part(first=seen.start, stop=seen.stop, own_first=begin, own_stop=end)
        for seen, (begin, end) in zip(found, owned, strict=True)
    ]


def _fill(weights: Sequence[int], first: int, room: int, most: int) -> int:
    left, stop = room - weights[first], first + 1
    while stop < len(weights) and stop - first < most and weights[stop] <= left:
        left -= weights[stop]
        stop += 1
    return stop


def sentence_weights(transcript: Transcript, layout: LayoutTimeline | None) -> list[int]:
    """Tokens that each sentence takes with the slides that are announced before it."""
    everything = range(len(transcript.sentences))
    blocks = _blocks(transcript.sentences, everything, layout)
    return [sum(map(estimated_tokens, block)) for block in blocks]


def as_data(transcript: Transcript, part: Part, layout: LayoutTimeline | None) -> str:
    """The lines of a part. Nothing that was said can close the frame: `<` is escaped."""
    blocks = _blocks(transcript.sentences, part.sentences, layout)
    return "\n".join(["<lecture>", *chain.from_iterable(blocks), "</lecture>"])


def slides_of(
    transcript: Transcript, sentences: range, layout: LayoutTimeline | None
) -> dict[int, Slide]:
    """The slides shown while these sentences are said, by their numbers."""
    if layout is None or not sentences:
        return {}
    begin = transcript.sentences[sentences.start].start
    end = transcript.sentences[sentences.stop - 1].end
    return {
        number: slide
        for number, slide in enumerate(layout.slides)
        if any(visit.start < end and visit.end > begin for visit in slide.visits)
    }


def _blocks(
    sentences: Sequence[Sentence], numbers: range, layout: LayoutTimeline | None
) -> Iterator[list[str]]:
    """For each sentence its line, after those of the slides that have appeared before it."""
    appearances = _appearances(layout, sentences[numbers.start].start if numbers else 0.0)
    for number in numbers:
        sentence = sentences[number]
        block = []
        while appearances and appearances[0].visit.start <= sentence.start:
            block.append(_slide_line(appearances.popleft()))
        said = _shortened(sentence.text, LONGEST_SENTENCE)
        yield [*block, _line([number, _clock(sentence.start), said])]


class _Appearance(NamedTuple):
    number: int
    slide: Slide
    visit: Span


def _appearances(layout: LayoutTimeline | None, since: float) -> deque[_Appearance]:
    """Every visit that lasts beyond `since`, in the order of time."""
    found = [
        _Appearance(number, slide, visit)
        for number, slide in enumerate(layout.slides if layout else ())
        for visit in slide.visits
        if visit.end > since
    ]
    return deque(sorted(found, key=lambda each: each.visit.start))


def _slide_line(shown: _Appearance) -> str:
    title = _shortened(shown.slide.title or shown.slide.text, LONGEST_TITLE)
    return _line({"slide": shown.number, "title": title, "at": _clock(shown.visit.start)})


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _shortened(text: str, length: int) -> str:
    plain = re.sub(r"\s+", " ", text).strip()
    return plain if len(plain) <= length else f"{plain[:length]}…"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
