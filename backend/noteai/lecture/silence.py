"""Where nobody speaks."""

from typing import Literal

from noteai.engine.artifact import Artifact
from noteai.timeline import Seconds, Span

SilenceKind = Literal["head", "pause", "break", "tail"]


class Silence(Span):
    """A stretch without speech and its mean level in dB of full scale."""

    kind: SilenceKind
    level_db: float


class SilenceMap(Artifact):
    """Silences in order of time; they do not touch. The rest is speech."""

    duration: Seconds
    spans: tuple[Silence, ...]
