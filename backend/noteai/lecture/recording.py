"""The uploaded file and what was found in it."""

from noteai.engine.artifact import Artifact, FileRef
from noteai.errors import InputError
from noteai.frozen import Frozen
from noteai.timeline import Seconds


class NoAudioTrack(InputError):
    """This recording has no sound."""

    hint = (
        "Give a recording with sound; for the slides alone, run it "
        "--without silence,transcript,content,segments,clips."
    )
    exit_status = 17


class Upload(Artifact):
    """The file as the teacher gave it. Its name is the run's title, not part of it."""

    file: FileRef


class VideoTrack(Frozen):
    """The picture: upright and square-pixelled `width` x `height`, as players show it."""

    index: int
    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    frame_rate: float
    """Average frames a second; the file may be of variable frame rate."""
    rotation: int = 0
    """Degrees clockwise by which players turn the coded picture: 0, 90, 180 or 270."""


class AudioTrack(Frozen):
    index: int
    codec: str
    sample_rate: int
    channels: int


class Recording(Artifact):
    """A lecture that can be read, with its audio extracted once.

    `audio` is 16 kHz mono FLAC on the recording's own clock: sample n is second n/16000,
    gaps and a late start filled with silence.
    """

    file: FileRef
    container: str
    """ffmpeg's demuxer, forced wherever the file is opened again."""
    duration: Seconds
    video: VideoTrack | None
    audio_track: AudioTrack | None
    audio: FileRef | None
    warnings: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        return self.warnings
