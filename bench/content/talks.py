"""Talks of which it is known where their topics end."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noteai.engine.artifact import FileRef
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.sentences import assemble
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.sample import storyboard
from noteai.sample.recital import recite
from noteai.sample.script import write
from noteai.sample.slides import HEIGHT, WIDTH, deck
from noteai.sample.voice import Voice


@dataclass(frozen=True)
class Talk:
    """A transcript with gold: where topics end, after which of its units and at which second."""

    transcript: Transcript
    unit_ends: tuple[float, ...]
    gold: tuple[int, ...]
    """Units that end a topic, the last one not among them."""

    @property
    def gold_seconds(self) -> list[float]:
        return [self.unit_ends[unit] for unit in self.gold]


def captioned(raw: dict[str, list]) -> Talk:
    """Timed clips of captions, of which some end a topic."""
    times = [(float(start), float(max(start, end))) for start, end in raw["stet"]]
    gold = tuple(at for at, label in enumerate(raw["labels"][:-1]) if label)
    words = [
        word for text, when in zip(raw["text"], times, strict=True) for word in _spoken(text, *when)
    ]
    return Talk(assemble("en", words), tuple(end for _, end in times), gold)


def _spoken(text: str, start: float, end: float) -> list[Word]:
    """Words evenly by letters: clips and captions do not say more."""
    texts = text.split()
    edges = np.concatenate([[0], np.cumsum([len(each) + 1 for each in texts])])
    at = start + (end - start) * edges / max(1, edges[-1])
    return [
        Word(id="w0", start=at[n], end=at[n + 1], text=each, probability=1.0)
        for n, each in enumerate(texts)
    ]


def referenced(file: Path) -> Talk:
    """A sentence a line, `==========` between topics; it is given a second for each two words."""
    parts = file.read_text("utf-8", errors="replace").split("==========")
    topics = [[line for line in part.splitlines() if line.strip()] for part in parts]
    lines = [line for topic in topics for line in topic]
    gold = np.cumsum([len(topic) for topic in topics if topic])[:-1] - 1
    transcript = by_lines(lines)
    ends = tuple(sentence.end for sentence in transcript.sentences)
    return Talk(transcript, ends, tuple(int(unit) for unit in gold))


def by_lines(lines: Sequence[str]) -> Transcript:
    """Each line is a sentence."""
    words: list[Word] = []
    sentences = []
    for number, line in enumerate(lines):
        first = len(words)
        for text in line.split():
            at = len(words)
            start, end = at / 2, (at + 1) / 2
            words.append(Word(id=f"w{at}", start=start, end=end, text=text, probability=1.0))
        sentences.append(
            Sentence(
                id=f"s{number}",
                start=first / 2,
                end=len(words) / 2,
                text=line.strip(),
                first_word=f"w{first}",
                last_word=f"w{len(words) - 1}",
            )
        )
    return Transcript(language="en", words=tuple(words), sentences=tuple(sentences))


def recited(folder: Path, seed: int, minutes: float) -> tuple[Talk, SilenceMap, LayoutTimeline]:
    """A synthetic lecture's truth as the stages before this one would say it, without the film."""
    drawn = [np.random.default_rng([seed, part]) for part in range(3)]
    script = write(minutes, drawn[0])
    said = recite(script, Voice().say, folder / "voice.raw", drawn[1], lambda _: None)
    shown = deck(script)
    slides = storyboard.visited(storyboard.storyboard(script, shown, said, drawn[2]), shown)
    words = [
        Word(id="w0", start=each.start, end=each.end, text=each.text, probability=1.0)
        for each in said.words
    ]
    transcript = assemble("en", words)
    pauses = [each for each in said.silences if each.duration >= 0.3]
    silence = SilenceMap(
        duration=said.duration,
        spans=tuple(
            Silence(start=each.start, end=each.end, kind=each.kind, level_db=-60.0)
            for each in pauses
        ),
    )
    picture = FileRef(digest="0" * 64, media_type="image/png", size=0)
    layout = LayoutTimeline(
        width=WIDTH,
        height=HEIGHT,
        shots=(),
        slides=tuple(
            Slide(id=s.id, title=s.title, text=s.text, picture=picture, visits=s.visits)
            for s in slides
        ),
    )
    ends = [topic.end for topic in said.topics]
    return Talk(transcript, tuple(ends), tuple(range(len(ends) - 1))), silence, layout
