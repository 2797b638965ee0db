"""ffmpeg, told everything and left nothing to guess.

Files from strangers are opened with their demuxer forced, with lists of the protocols,
formats and decoders that may be used, and with limits on pixels and streams.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from noteai.media import tool
from noteai.media.tool import Command, Limits, Output, Process

MAX_PIXELS = 8192 * 8192 // 2
MAX_STREAMS = 16
VIDEO_DECODERS = (
    "h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "msmpeg4", "mpeg1video",
    "mpeg2video", "mjpeg", "png", "prores", "dnxhd", "flv", "h263", "wmv1", "wmv2", "wmv3",
    "vc1", "theora", "rawvideo", "vvc", "qtrle", "rpza", "cinepak", "svq3", "dvvideo",
    "ffv1", "huffyuv", "ffvhuff", "utvideo", "camtasia", "camstudio", "flashsv", "flashsv2",
    "vp6f",
)  # fmt: skip
AUDIO_DECODERS = (
    "aac", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "opus", "libopus", "vorbis", "flac",
    "alac", "ac3", "eac3", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le",
    "pcm_s32be", "pcm_f32le", "pcm_f64le", "pcm_u8", "pcm_s8", "pcm_mulaw", "pcm_alaw",
    "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "wmav1", "wmav2", "amrnb", "amrwb", "gsm_ms",
    "speex", "nellymoser", "dca",
    "wmapro", "wmavoice", "pcm_f32be", "pcm_f64be", "pcm_bluray", "pcm_dvd", "adpcm_yamaha",
    "adpcm_swf", "g722", "g726",
)  # fmt: skip
"""By the names of ffmpeg's decoders, which are not always those of the formats."""


def source(path: str, container: str, *, seek: float | None = None) -> tuple[str, ...]:
    """Arguments that open a stranger's file: everything before and including `-i`.

    `seek` seconds are skipped by the index, exactly, before anything is decoded.
    """
    where = () if seek is None else ("-ss", f"{seek:.6f}")
    return (
        *where,
        "-protocol_whitelist", "file",
        "-format_whitelist", container,
        "-codec_whitelist", ",".join(VIDEO_DECODERS + AUDIO_DECODERS),
        "-max_pixels", str(MAX_PIXELS),
        "-max_streams", str(4 * MAX_STREAMS),
        "-f", container,
        "-i", path,
    )  # fmt: skip


@dataclass(frozen=True)
class Ffmpeg:
    """A resource: the program itself."""

    program: str
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def identity(self) -> str:
        """Name and version, as they enter the cache key."""
        said = tool.run(Command(program=self.program, args=("-version",), folder=Path.cwd()))
        return " ".join(said.stdout.decode(errors="replace").split()[:3])

    def run(
        self,
        args: Sequence[str],
        folder: Path,
        on_time: Callable[[float], None] | None = None,
    ) -> Output:
        """Run in `folder`; `on_time` hears the seconds of output written so far.

        Raises: as `tool.run`.
        """
        return tool.run(self._command(args, folder), self.limits, _clock(on_time))

    @contextmanager
    def stream(
        self,
        args: Sequence[str],
        folder: Path,
        on_time: Callable[[float], None] | None = None,
    ) -> Iterator[Process]:
        """As `run`, with the standard output to be read while it works."""
        with tool.stream(self._command(args, folder), self.limits, _clock(on_time)) as process:
            yield process

    def _command(self, args: Sequence[str], folder: Path) -> Command:
        always = ("-hide_banner", "-nostdin", "-y", "-nostats", "-progress", "pipe:2")
        quiet = () if "-v" in args else ("-v", "error")
        return Command(program=self.program, args=(*always, *quiet, *args), folder=folder)


def _clock(on_time: Callable[[float], None] | None) -> Callable[[str], bool]:
    """A listener that takes ffmpeg's progress lines and hears the time in them."""

    def listen(line: str) -> bool:
        key, found, value = line.partition("=")
        if not found or not _PROGRESS.fullmatch(key):
            return False
        if key == "out_time_us" and on_time and re.fullmatch("-?[0-9]+", value):
            on_time(max(0, int(value)) / 1e6)
        return True

    return listen


_PROGRESS = re.compile(
    "frame|fps|stream_[0-9]+_[0-9]+_q|bitrate|total_size|out_time|out_time_us|out_time_ms"
    "|dup_frames|drop_frames|speed|progress"
)
