"""Looking into a file without trusting it."""

import sys
from pathlib import Path

from pydantic import ValidationError

from noteai.frozen import Frozen
from noteai.media import tool
from noteai.media.ffmpeg import MAX_PIXELS
from noteai.media.tool import GIB, Command, Limits

CHILD = Path(__file__).with_name("probe_child.py")
LIMITS = Limits(wall=60.0, cpu=60, memory=4 * GIB, file_size=0)


class VideoStream(Frozen):
    index: int
    decodable: bool
    codec: str
    width: int
    height: int
    pixel_aspect: float
    frame_rate: float
    rotation: int | None
    """Degrees clockwise; None where its first frame cannot be decoded, or was not tried."""


class AudioStream(Frozen):
    index: int
    decodable: bool
    codec: str
    sample_rate: int
    channels: int


class Contents(Frozen):
    """What a file holds; pictures that only adorn it (covers, thumbnails) do not count."""

    duration: float
    streams: int
    video: tuple[VideoStream, ...]
    audio: tuple[AudioStream, ...]


def probe(path: Path, demuxer: str, folder: Path) -> Contents | None:
    """Contents of a file, read by a process of its own; None where it cannot be read.

    Raises:
        ToolTimedOut: it took more than a minute.
    """
    command = Command(
        program=sys.executable,
        args=("-I", str(CHILD), demuxer, str(path), str(MAX_PIXELS)),
        folder=folder,
    )
    try:
        return Contents.model_validate_json(tool.run(command, LIMITS).stdout)
    except (tool.ToolFailed, ValidationError):
        return None
