"""What the transcript stage asks of a recogniser."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from noteai.errors import InputError
from noteai.frozen import Frozen
from noteai.timeline import Span

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


class Transcriber(Protocol):
    @property
    def identity(self) -> str:
        """Model, weights, and whatever else decides the answer. Cheap: loads nothing."""
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
