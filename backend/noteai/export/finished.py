"""What a run has made of a lecture, as it is handed over to be written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from noteai.engine.artifact import Artifact
from noteai.lecture.clips import ClipSet
from noteai.lecture.content import ContentAnalysis, Topic
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript

State = Literal["completed", "completed_empty", "failed"]


@dataclass(frozen=True)
class Finished:
    """A run's artifacts. One that is None was switched off or failed: `warnings` say so."""

    title: str
    """The recording's file name without its suffix."""
    recording: Recording
    state: State = "completed"
    silence: SilenceMap | None = None
    transcript: Transcript | None = None
    layout: LayoutTimeline | None = None
    content: ContentAnalysis | None = None
    highlights: HighlightPlan | None = None
    clips: ClipSet | None = None
    manifests: Sequence[Mapping[str, Any]] = ()
    """What JSON can hold: the run's birth certificate, as it goes into `run.json`."""
    warnings: Sequence[str] = ()
    source: Path | None = None
    """The original file, if the page and an editor may refer to it."""

    @property
    def name(self) -> str:
        """The title as it can be written: bytes that are not text in a file's name are `?`."""
        return self.title.encode(errors="replace").decode()

    @property
    def topics(self) -> Sequence[Topic]:
        return self.content.topics if self.content else ()

    @property
    def passages(self) -> Sequence[Highlight]:
        return self.highlights.highlights if self.highlights else ()

    @property
    def artifacts(self) -> Sequence[Artifact | None]:
        return (
            self.recording,
            self.silence,
            self.transcript,
            self.layout,
            self.content,
            self.highlights,
            self.clips,
        )

    @property
    def all_warnings(self) -> list[str]:
        """The run's own warnings and those of its artifacts, each once."""
        parts = (self.recording, self.transcript, self.layout, self.content, self.clips)
        said = [*self.warnings, *(line for part in parts if part for line in part.warnings)]
        return list(dict.fromkeys(said))
