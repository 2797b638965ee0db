"""What the transcript stage asks of a recogniser."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from noteai.errors import InputError
from noteai.frozen import Frozen
from noteai.timeline import Span, merge

Samples = tuple[tuple[int, int], ...]
UNDETERMINED = "und"
"""The language of a recording in which nothing is said (ISO 639-3)."""


class LanguageUnknown(InputError):
    """The model {model} does not know the language {language}."""

    hint = "Leave transcript.language out, or name a multilingual model with --model."
    exit_status = 41


class HeardWord(NamedTuple):
    """A word as it came from the recogniser; nothing about its times is sure.

    `text` begins with a space where a new word begins; without one it goes on with the
    word before it, as whisper's tokens do.
    """

    start: float
    end: float
    text: str
    probability: float


class Heard(Frozen):
    """What a recogniser heard.

    `voice` are the stretches in which somebody speaks, in order of time and by a detector
    that is independent of the recogniser: words outside them are its invention.
    """

    language: str
    words: tuple[HeardWord, ...]
    voice: tuple[Span, ...]
    cost: float = 0.0
    """US dollars."""


class Chunk(Frozen):
    """A stretch of a recording that is heard by itself.

    It is cut in pauses and holds the windows of speech that are heard in one go. A window is put
    together from stretches of samples [start, end), at 16 kHz, in order.
    """

    windows: tuple[Samples, ...]


class Plan(Frozen):
    """How a long recording is heard: chunk by chunk, by anybody and in any order."""

    language: str | None
    """None where that is only known of what was heard."""
    voice: tuple[Span, ...]
    """As in `Heard`."""
    chunks: tuple[Chunk, ...]

    @classmethod
    def of(
        cls, language: str | None, voice: Iterable[Span], chunks: Iterable[Iterable[Samples]]
    ) -> "Plan":
        """`chunks`: of each, where its windows lie."""
        made = tuple(Chunk(windows=tuple(each)) for each in chunks)
        return cls(language=language, voice=tuple(merge(voice)), chunks=made)


def joined(plan: Plan, heard: Sequence[Heard]) -> Heard:
    """What was heard of the chunks, in their order, as of one recording."""
    words = tuple(word for each in heard for word in each.words)
    known = (each.language for each in heard if each.language != UNDETERMINED)
    language = plan.language or next(known, UNDETERMINED)
    return Heard(
        language=language if words else UNDETERMINED,
        words=words,
        voice=plan.voice,
        cost=round(sum(each.cost for each in heard), 6),
    )


class Transcriber(Protocol):
    @property
    def identity(self) -> str:
        """Model, weights, and whatever else decides the answer. Cheap: loads nothing."""
        ...

    @property
    def undivided(self) -> float:
        """Seconds up to which a recording is better heard in one piece."""
        ...

    def transcribe(
        self,
        audio: Path,
        duration: float,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """Hear the whole of `audio`: 16 kHz mono FLAC of `duration` seconds.

        `language` is detected when it is None. `on_progress` hears fractions from 0 to 1,
        often, and may raise to stop the work.
        """
        ...

    def plan(self, audio: Path, language: str | None, on_progress: Callable[[float], None]) -> Plan:
        """Divide the whole of `audio`, so that its chunks have the words that it has as a whole.

        Holds no more of it in memory than `transcribe`. `on_progress` is called often and may
        raise to stop the work.
        """
        ...

    def hear(
        self,
        audio: Path,
        chunk: Chunk,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """Hear a chunk of `audio`, with times of the recording; the plan knows its voice."""
        ...
