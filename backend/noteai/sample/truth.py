"""What is true of a synthetic lecture, exactly, because it was made that way."""

from pathlib import Path
from typing import Self

from noteai.frozen import Frozen
from noteai.lecture.content import Cue
from noteai.lecture.layout import Box, ShotKind
from noteai.lecture.silence import SilenceKind
from noteai.timeline import Seconds, Span


class SpokenWord(Span):
    """A word as it stands in the script, with its punctuation.

    Its times are those of the synthesiser's own durations, in steps of 25 ms, with the edges at
    a silence moved to where the voice is heard.
    """

    text: str


class SpokenSentence(Span):
    """One sentence of the script: `first_word` and `last_word` are places in `Truth.words`."""

    text: str
    first_word: int
    last_word: int
    topic: int
    """Place in `Truth.topics`."""
    cue: Cue | None
    important: bool
    """A teacher would want it in the highlights."""
    dangling: bool
    """It leans on what was said before: a highlight must not begin here."""


class TrueSilence(Span):
    """A stretch of at least 0.1 s in which the voice is not heard."""

    kind: SilenceKind


class TrueShot(Span):
    """A stretch of one layout. Of a board the camera is the whole picture."""

    kind: ShotKind
    screen: Box | None
    camera: Box | None


class TrueSlide(Frozen):
    """A distinct slide with all that it shows when it is built in full."""

    id: str
    """`v0`, `v1`, ... in order of first showing."""
    title: str
    text: str
    visits: tuple[Span, ...]


class TrueTopic(Span):
    """A topic from its first word to the first word of the next one."""

    title: str
    keywords: tuple[str, ...]


class Truth(Frozen):
    """Seconds from the start of the recording, boxes in its pixels."""

    seed: int
    title: str
    language: str
    duration: Seconds
    width: int
    height: int
    frame_rate: float
    noise_db: float
    """Level of the room tone that lies under everything, in dB of full scale."""
    words: tuple[SpokenWord, ...]
    sentences: tuple[SpokenSentence, ...]
    silences: tuple[TrueSilence, ...]
    shots: tuple[TrueShot, ...]
    slides: tuple[TrueSlide, ...]
    changes: tuple[float, ...]
    """When a slide appears that is not the one that was shown last."""
    builds: tuple[float, ...]
    """When something is added to the slide that is shown."""
    topics: tuple[TrueTopic, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        return cls.model_validate_json(path.read_bytes())

    @property
    def boundaries(self) -> tuple[float, ...]:
        """Where each topic but the first begins."""
        return tuple(topic.start for topic in self.topics[1:])
