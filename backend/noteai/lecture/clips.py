"""The rendered clips."""

from typing import Literal

from noteai.engine.artifact import Artifact, FileRef
from noteai.timeline import Span

Aspect = Literal["16:9", "9:16", "1:1", "source"]


class Clip(Span):
    """One rendered highlight; `start` and `end` are in the recording."""

    rank: int
    title: str
    topic: str
    video: FileRef
    """Faststart mp4, H.264 and AAC."""
    thumbnail: FileRef
    """JPEG."""
    srt: FileRef
    vtt: FileRef
    width: int
    height: int
    length: float
    """Seconds that the file plays: less than `end - start` when inner pauses were removed."""
    loudness: float
    """Integrated loudness in LUFS, as measured after rendering (EBU R128)."""
    is_captioned: bool = False
    """Its captions are drawn into the picture: no player need show them as well."""


class ClipSet(Artifact):
    clips: tuple[Clip, ...]
    aspect: Aspect
    warnings: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.warnings

    @property
    def is_empty(self) -> bool:
        return not self.clips
