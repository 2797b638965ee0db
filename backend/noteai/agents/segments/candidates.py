"""All passages that could be a highlight, with what each is worth."""

import math
import statistics
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noteai.agents.segments.params import SegmentParams
from noteai.agents.segments.wording import is_whole, leans_on_what_came_before, promises_more
from noteai.lecture.content import ContentAnalysis, SentenceScore, Topic
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence, Transcript
from noteai.timeline import Seconds, Span, overlap, span

MAX_MARGIN = 0.6
"""Seconds of a neighbouring pause that a clip takes at most."""
_NEW_BREATH = 3.0
"""Seconds of a pause after which a sentence begins, whatever stands before it."""
_UNWHOLE_END = 0.8
_PROMISING_END = 0.75


@dataclass(frozen=True, slots=True)
class Candidate:
    """The sentences from `first` to `last`, both included, within one topic.

    `worth` is a scan statistic: the sum over its sentences of importance above the
    lecture's mean, weighted by seconds, over the root of its seconds (Kulldorff 1997 gives
    the idea for counts). It favours passages that are important throughout over short
    peaks and long averages alike. An hour has thousands of candidates, so each is small.
    """

    first: int
    last: int
    start: Seconds
    end: Seconds
    topic: Topic
    worth: float
    peak: float
    """Importance of its most important sentence."""

    @property
    def cut(self) -> Span:
        return span(self.start, self.end)


def candidates(
    content: ContentAnalysis,
    transcript: Transcript,
    silence: SilenceMap | None,
    params: SegmentParams,
) -> Iterator[Candidate]:
    """Every passage that keeps the limits, opens by itself and has something worth it."""
    scored = Passages(content, transcript, silence)
    found = (scored.candidate(first, last) for first, last in scored.stretches(params))
    return (each for each in found if each.peak >= params.min_importance)


class Passages:
    """A lecture's sentences with their scores, topics and cuts."""

    def __init__(
        self, content: ContentAnalysis, transcript: Transcript, silence: SilenceMap | None
    ) -> None:
        self.sentences = transcript.sentences
        self.language = transcript.language
        scores = {each.id: each for each in content.sentences}
        self._importance = [_importance(scores.get(each.id)) for each in self.sentences]
        self._is_punctuated = 2 * sum(map(is_whole, self.sentences)) > len(self.sentences)
        self._topics = [topic_of(each, content.topics) for each in self.sentences]
        self._cuts = list(cuts(transcript, silence))
        self._excess = self._accumulate()

    def stretches(self, params: SegmentParams) -> Iterator[tuple[int, int]]:
        """Pairs of first and last sentence, within one topic and the length limits."""
        longest = self._longest(params)
        for first in range(len(self.sentences)):
            if not self._opens(first):
                continue
            for last in range(first, len(self.sentences)):
                if self._topics[last] is not self._topics[first]:
                    break
                length = self._cuts[last].end - self._cuts[first].start
                if length > longest:
                    break
                if length >= params.min_seconds:
                    yield first, last

    def _opens(self, first: int) -> bool:
        """Whether a passage may begin here: not amid a sentence that was divided, either."""
        if leans_on_what_came_before(self.sentences[first], self.language):
            return False
        before, opening = self.sentences[max(0, first - 1)], self.sentences[first]
        is_apart = first == 0 or opening.start - before.end >= _NEW_BREATH
        return is_apart or not self._is_punctuated or is_whole(before)

    def _longest(self, params: SegmentParams) -> float:
        """A short lecture has shorter highlights, so that it has `min_clips` of them."""
        spoken = self.sentences[-1].end - self.sentences[0].start
        share = params.max_share * spoken / params.min_clips
        return min(params.max_seconds, max(share, 1.5 * params.min_seconds))

    def candidate(self, first: int, last: int) -> Candidate:
        seconds = sum(each.duration for each in self.sentences[first : last + 1])
        excess = self._excess[last + 1] - self._excess[first]
        worth = excess / math.sqrt(max(seconds, 1.0))
        factor = self._ending(last)
        return Candidate(
            first=first,
            last=last,
            start=self._cuts[first].start,
            end=self._cuts[last].end,
            topic=self._topics[first],
            worth=worth * factor if worth > 0 else worth / factor,
            peak=max(self._importance[first : last + 1]),
        )

    def _ending(self, last: int) -> float:
        sentence = self.sentences[last]
        whole = 1.0 if is_whole(sentence) else _UNWHOLE_END
        return whole * (_PROMISING_END if promises_more(sentence) else 1.0)

    def _accumulate(self) -> list[float]:
        """Running sums of importance above the lecture's mean, in units of its deviation."""
        mean = statistics.fmean(self._importance) if self._importance else 0.0
        deviation = statistics.pstdev(self._importance) if self._importance else 0.0
        sums = [0.0]
        for sentence, importance in zip(self.sentences, self._importance, strict=True):
            above = (importance - mean) / max(deviation, 1e-3)
            sums.append(sums[-1] + above * sentence.duration)
        return sums


def cuts(transcript: Transcript, silence: SilenceMap | None) -> Iterator[Span]:
    """For each sentence, its span with half of the pause on either side."""

    def margin(start: float, end: float) -> float:
        gap = span(min(start, end), end)
        return _margin(gap, silence.near(gap) if silence else ())

    sentences = transcript.sentences
    for index, each in enumerate(sentences):
        before = sentences[index - 1].end if index else 0.0
        after = sentences[index + 1].start if index + 1 < len(sentences) else each.end + 1.0
        start = each.start - margin(before, each.start)
        yield span(start, each.end + margin(each.end, max(after, each.end)))


def topic_of(sentence: Sentence, topics: Sequence[Topic]) -> Topic:
    """The topic in which a sentence has its middle; topics are in order of time."""
    after = bisect(topics, sentence.middle, key=lambda topic: topic.start)
    return topics[max(0, after - 1)]


def _margin(gap: Span, pauses: Sequence[Span]) -> float:
    """Half of the pause in a gap between sentences: the silence in it, where it is known."""
    quiet = max((overlap(gap, pause) for pause in pauses), default=0.0)
    return min(MAX_MARGIN, (quiet or gap.duration) / 2, gap.duration)


def _importance(score: SentenceScore | None) -> float:
    return score.importance if score else 0.0


def sentence_range(candidate: Candidate, transcript: Transcript) -> tuple[Sentence, ...]:
    return transcript.sentences[candidate.first : candidate.last + 1]
