"""What was said."""

from typing import Literal

from noteai.engine.artifact import Artifact
from noteai.timeline import Span

WordFlag = Literal["time_repaired", "low_probability", "interpolated"]


class Word(Span):
    """A word as written, with its punctuation and without spaces around it."""

    id: str
    """`w0`, `w1`, ... in order of time."""
    text: str
    probability: float
    flags: tuple[WordFlag, ...] = ()


class Sentence(Span):
    """A sentence: its words from `first_word` to `last_word`, both included."""

    id: str
    """`s0`, `s1`, ... in order of time."""
    text: str
    first_word: str
    last_word: str


class Transcript(Artifact):
    """Words in order of time and the sentences that they form; every word is in exactly one."""

    language: str
    """ISO 639-1 code, or `und` where nothing was said."""
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    warnings: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.warnings

    def words_of(self, sentence: Sentence) -> tuple[Word, ...]:
        return self.words[position(sentence.first_word) : position(sentence.last_word) + 1]


def position(identity: str) -> int:
    """The place of `w12`, `s12` or `v12` in its sequence: 12."""
    return int(identity[1:])
