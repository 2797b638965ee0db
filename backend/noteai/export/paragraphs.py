"""The transcript by topics, in paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noteai.export.chapters import clock
from noteai.lecture.content import Topic
from noteai.lecture.transcript import Sentence, Transcript
from noteai.lecture.writing import join

_PAUSE = 1.5
_WORDS = 110
_NOTED = 0.3
"""A sub-score from here on is named on the page."""


@dataclass(frozen=True)
class Paragraph:
    start: float
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Section:
    """A stretch of the transcript: a topic's, or all of it where there are no topics."""

    topic: Topic | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def noted(self) -> list[tuple[str, float]]:
        """The sub-scores that stand out, highest first."""
        scores = self.topic.scores if self.topic else {}
        found = [(name.replace("_", " "), score) for name, score in scores.items()]
        return sorted((each for each in found if each[1] >= _NOTED), key=lambda each: -each[1])[:3]


def sections(transcript: Transcript | None, topics: Sequence[Topic]) -> list[Section]:
    """The transcript by topics; a sentence belongs to the topic in which it starts."""
    if transcript is None:
        return [Section(topic, ()) for topic in topics]
    starts = [0.0, *(topic.start for topic in topics[1:])]
    ends = [*starts[1:], float("inf")]
    named: Sequence[Topic | None] = topics or (None,)
    return [
        Section(topic, tuple(_paragraphs(transcript, _between(transcript, start, end))))
        for topic, start, end in zip(named, starts, ends, strict=True)
    ]


def as_text(title: str, transcript: Transcript, topics: Sequence[Topic]) -> str:
    """The title, the topics as headings, and paragraphs that begin with their time: `[1:07] `."""
    blocks = [_line(title)]
    for section in sections(transcript, topics):
        if section.topic:
            blocks.append(f"\n{_line(section.topic.title)}")
        blocks += [_told(paragraph) for paragraph in section.paragraphs]
    return "\n\n".join(blocks) + "\n"


def _told(paragraph: Paragraph) -> str:
    said = join(_line(each.text) for each in paragraph.sentences)
    return f"[{clock(paragraph.start)}] {said}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _between(transcript: Transcript, start: float, end: float) -> list[Sentence]:
    return [each for each in transcript.sentences if start <= each.start < end]


def _paragraphs(transcript: Transcript, sentences: Sequence[Sentence]) -> Iterator[Paragraph]:
    """A pause begins a paragraph, and so does the end of a long one."""
    held: list[Sentence] = []
    words = 0
    for sentence in sentences:
        is_apart = bool(held) and sentence.start - held[-1].end >= _PAUSE
        if held and (is_apart or words >= _WORDS):
            yield Paragraph(held[0].start, tuple(held))
            held, words = [], 0
        held.append(sentence)
        words += len(transcript.words_of(sentence))
    if held:
        yield Paragraph(held[0].start, tuple(held))
