"""Arguments that render a clip by one run of ffmpeg, and what its runs print.

Pure: nothing here starts a program.
"""

import math
import re
from dataclasses import dataclass

from noteai.lecture.layout import Box
from noteai.lecture.recording import Recording
from noteai.media import filters
from noteai.media.cuts import Cut
from noteai.media.ffmpeg import source
from noteai.media.filters import Picture

VIDEO_FILE = "clip.mp4"
TEXT_FILE = "captions.srt"
"""Where the clip's captions lie in the working folder, if they go into its file."""
SNAPSHOTS = "snapshot-%d.jpg"
SILENT = -70.0
"""LUFS under which EBU R128 calls it silence."""
_ONE_FILTER_THREAD = ("-filter_complex_threads", "1")
"""A scaler that shares a picture among threads spends more on that than on scaling, while decoder
and encoder keep all processors busy; what it makes is the same to the bit."""
_TELL_RANGE = ("-bsf:v", "h264_metadata=video_full_range_flag=0")
"""x264 says nothing of a limited range where the recording's colours are not told."""
_MOST_TITLE = 200
"""Letters of a title that go into a file: an argument has a limit."""
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\s]+")
_INTEGRATED = re.compile(r"lavfi\.r128\.I=(-?\d+(?:\.\d+)?|-inf)")
_PEAK = re.compile(r"lavfi\.r128\.sample_peak=(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Encoding:
    """What the encoder is told: x264's preset and constant rate factor, AAC's bits a second."""

    preset: str
    crf: int
    audio_bitrate: int
    threads: int


@dataclass(frozen=True)
class Mix:
    """How a clip sounds: gain in dB, highest true peak in dB, fades in seconds."""

    gain: float
    true_peak: float
    fade: float


@dataclass(frozen=True)
class Label:
    """What a clip's file says of itself: language in ISO 639-2, and its title if it has one.

    `has_text`: the captions of the working folder are in it, for players to show.
    """

    language: str
    title: str = ""
    has_text: bool = False


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS (EBU R128) and the highest sample in dB of full scale."""

    integrated: float
    peak: float


def measure(path: str, recording: Recording, cut: Cut, mix: Mix | None = None) -> tuple[str, ...]:
    """Arguments that measure the sound of the cut, as it is or mixed, and write nothing else."""
    assert recording.audio_track
    heard = filters.audio(recording.audio_track.index, cut, "a")
    level = filters.level(mix.gain, mix.true_peak, cut, mix.fade) if mix else "anull"
    return (
        *_open(path, recording, cut), "-filter_complex",
        f"{heard};[a]{level},{filters.loudness()}[out]", "-map", "[out]", "-f", "null", "-",
    )  # fmt: skip


def clip(
    path: str,
    recording: Recording,
    cut: Cut,
    picture: Picture,
    mix: Mix,
    encoding: Encoding,
    label: Label,
    *,
    captioned: bool,
) -> tuple[str, ...]:
    """Arguments that render a recording with a picture."""
    seen = filters.video(picture, cut, mix.fade, captioned=captioned)
    if recording.audio_track is None:
        return _render(path, recording, cut, seen, encoding, label)
    graph = f"{seen};{_sound(recording, cut, mix, '')}"
    return _render(path, recording, cut, graph, encoding, label)


def audiogram(
    path: str,
    recording: Recording,
    cut: Cut,
    canvas: tuple[int, int],
    wave: Box,
    mix: Mix,
    encoding: Encoding,
    label: Label,
    *,
    captioned: bool,
) -> tuple[str, ...]:
    """Arguments that render a recording without a picture: its wave, title and captions."""
    graph = _sound(recording, cut, mix, ",asplit[heard]")
    graph = f"{graph};{filters.audiogram(canvas, wave, cut, mix.fade, captioned=captioned)}"
    return _render(path, recording, cut, graph, encoding, label)


def loudness(printed: str) -> Loudness:
    """What a loudness file says: the last running value of each is that of the whole."""
    integrated, peaks = _INTEGRATED.findall(printed), _PEAK.findall(printed)
    peak = float(peaks[-1]) if peaks else 0.0
    return Loudness(
        integrated=max(SILENT, float(integrated[-1])) if integrated else SILENT,
        peak=20 * math.log10(peak) if peak > 0 else -math.inf,
    )


def _sound(recording: Recording, cut: Cut, mix: Mix, fork: str) -> str:
    assert recording.audio_track
    heard = filters.audio(recording.audio_track.index, cut, "a")
    level = filters.level(mix.gain, mix.true_peak, cut, mix.fade)
    return f"{heard};[a]{level},{filters.loudness()}{fork}[audio]"


def _render(
    path: str, recording: Recording, cut: Cut, graph: str, encoding: Encoding, label: Label
) -> tuple[str, ...]:
    sound = _aac(encoding, label) if recording.audio_track else ()
    opened, written = _text(label) if label.has_text else ((), ())
    return (
        *_open(path, recording, cut, encoding.threads), *opened, *_ONE_FILTER_THREAD,
        "-filter_complex", graph, "-map", "[video]", *_h264(encoding, cut), *sound, *written,
        "-map_metadata", "-1", "-map_chapters", "-1", *_title(label), "-movflags", "+faststart",
        "-fflags", "+bitexact", VIDEO_FILE,
        "-map", "[snapshots]", "-fps_mode", "passthrough", "-q:v", "2", "-f", "image2", SNAPSHOTS,
    )  # fmt: skip


def _aac(encoding: Encoding, label: Label) -> tuple[str, ...]:
    return (
        "-map", "[audio]", "-c:a", "aac", "-b:a", str(encoding.audio_bitrate),
        "-ar", str(filters.SAMPLE_RATE), "-metadata:s:a:0", f"language={label.language}",
    )  # fmt: skip


def _text(label: Label) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the captions are opened, after the recording, and how they are written."""
    opened = (
        "-protocol_whitelist", "file", "-format_whitelist", "srt",
        "-codec_whitelist", "srt,subrip", "-f", "srt", "-i", TEXT_FILE,
    )  # fmt: skip
    named = "-metadata:s:s:0", f"language={label.language}"
    return opened, ("-map", "1:s:0", "-c:s", "mov_text", *named)


def _title(label: Label) -> tuple[str, ...]:
    """One argument, whatever a title holds; what no player shows is left out."""
    shown = _UNPRINTED.sub(" ", label.title).strip()[:_MOST_TITLE]
    return ("-metadata", f"title={shown}") if shown else ()


def _open(path: str, recording: Recording, cut: Cut, threads: int = 1) -> tuple[str, ...]:
    """Open at the frame shown when the cut starts.

    Frames before it are not dropped here: the one still shown at the start may have begun
    long before it. The graph's `fps` and `atrim` find the instant. A change of size in the
    middle must not restart the graph, which counts frames.
    """
    seek = cut.start - cut.lead
    return (
        "-threads", str(threads), "-noaccurate_seek", "-reinit_filter", "0",
        *source(path, recording.container, seek=seek or None),
    )  # fmt: skip


def _h264(encoding: Encoding, cut: Cut) -> tuple[str, ...]:
    rate = f"{cut.rate.numerator}/{cut.rate.denominator}"
    return (
        "-c:v", "libx264", "-preset", encoding.preset, "-crf", str(encoding.crf),
        "-pix_fmt", "yuv420p", "-fps_mode", "cfr", "-r", rate, "-threads", str(encoding.threads),
        *_TELL_RANGE,
    )  # fmt: skip
