"""The picture track of a recording, where it lies and where to work on it."""

from dataclasses import dataclass
from pathlib import Path

from noteai.lecture.recording import VideoTrack


@dataclass(frozen=True)
class Film:
    """What a program needs to decode it; `track` gives its upright, square-pixelled size."""

    path: Path
    container: str
    track: VideoTrack
    folder: Path

    def fitted(self, longest: int) -> tuple[int, int]:
        """Width and height of the upright picture with no side longer than `longest`."""
        width, height = self.track.width, self.track.height
        share = min(1.0, longest / max(width, height))
        return max(1, round(width * share)), max(1, round(height * share))
