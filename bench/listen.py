"""The silence stage alone: `python -m bench.listen AUDIO SECONDS` prints its peak memory.

It loads nothing else, for it is timed as a process.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from noteai.agents.silence import SilenceParams, silence
from noteai.engine.artifact import Artifact, FileRef
from noteai.engine.stage import Made
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.voice_activity import SileroVoiceActivity

FFMPEG = Ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())
VOICE = SileroVoiceActivity()


@dataclass(frozen=True)
class Desk:
    """A stage's context over one file."""

    workdir: Path
    audio: Path

    def fetch(self, _: FileRef) -> Path:
        return self.audio

    def keep(self, path: Path, media_type: str) -> FileRef:
        raise NotImplementedError

    def progress(self, fraction: float) -> None:
        pass

    def charge(self, dollars: float) -> None:
        """Nothing here costs anything."""

    def each(
        self, part: Callable[..., Made], orders: Sequence[Artifact], until: float = 1.0
    ) -> tuple[Made, ...]:
        raise NotImplementedError


def listen(audio: Path, duration: float, **knobs: float) -> SilenceMap:
    ref = FileRef(digest="0" * 64, media_type="audio/flac", size=audio.stat().st_size)
    recording = Recording(
        file=ref, container="flac", duration=duration, video=None, audio_track=None, audio=ref
    )
    params = SilenceParams.model_validate(knobs)
    return silence(recording, params, VOICE, FFMPEG, Desk(audio.parent, audio))


if __name__ == "__main__":
    from bench.memory import peak_memory

    listen(Path(sys.argv[1]), float(sys.argv[2]))
    print(peak_memory())
