"""How the picture is laid out, and the slides that it shows."""

from typing import Literal, NamedTuple

from noteai.engine.artifact import Artifact, FileRef
from noteai.frozen import Frozen
from noteai.timeline import Span

ShotKind = Literal[
    "slides", "slides_inset", "side_by_side", "camera", "board", "screen", "blank", "unknown"
]


class Box(NamedTuple):
    """A rectangle in the recording's pixels; in JSON an array [x, y, w, h]."""

    x: int
    y: int
    w: int
    h: int


class Shot(Span):
    """A stretch of one layout. `screen` is what is projected, `camera` the speaker's picture."""

    kind: ShotKind
    confidence: float
    screen: Box | None
    camera: Box | None


class Slide(Frozen):
    """A distinct slide, once, as first built in full, and the stretches that show it."""

    id: str
    """`v0`, `v1`, ... in order of first showing."""
    title: str
    text: str
    picture: FileRef
    visits: tuple[Span, ...]


class LayoutTimeline(Artifact):
    """Shots that cover the recording without gaps, and its slides."""

    width: int
    height: int
    shots: tuple[Shot, ...]
    slides: tuple[Slide, ...]
    warnings: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.warnings
