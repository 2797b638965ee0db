"""ffmpeg: is it there, has it all that NoteAI asks of it, and does it draw letters?"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from noteai.bootstrap import find_ffmpeg
from noteai.doctor.finding import Finding, Ground, doubtful, well, wrong
from noteai.media import filters
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import FAMILY, Fonts
from noteai.media.tool import Limits

FEATURES: Mapping[str, tuple[str, ...]] = {
    "filter": (
        "aformat", "afade", "alimiter", "ametadata", "anull", "apad", "aresample", "asetnsamples",
        "asetpts", "asplit", "ass", "atrim", "color", "concat", "crop", "drawbox", "ebur128",
        "fade", "format", "fps", "hstack", "metadata", "null", "overlay", "pad", "scale", "select",
        "setpts", "setsar", "showwaves", "split", "tpad", "trim", "volume", "vstack",
    ),
    "encoder": (
        "aac", "flac", "libx264", "mjpeg", "pcm_f32le", "pcm_s16le", "rawvideo", "wrapped_avframe",
    ),
    "decoder": (
        "aac", "ac3", "flac", "h264", "hevc", "mjpeg", "mp3", "mpeg2video", "mpeg4", "opus",
        "pcm_s16le", "vorbis", "vp8", "vp9",
    ),
    "demuxer": (
        "aac", "asf", "avi", "flac", "flv", "lavfi", "matroska", "mov", "mp3", "mpeg", "mpegts",
        "ogg", "wav",
    ),
    "muxer": ("f32le", "flac", "framecrc", "image2", "mp4", "null", "rawvideo", "s16le"),
    "bsf": ("noise",),
}  # fmt: skip
"""What is used of ffmpeg, by what it calls it."""
_FLAGS = re.compile(r"[A-Z.|d]{1,6}")
_NAMES = re.compile(r"[a-z0-9_,]+")
_QUICK = Limits(wall=20.0, cpu=20)
_REMEDY = "Install NoteAI again, or leave IMAGEIO_FFMPEG_EXE out: it brings an ffmpeg of its own."
_SIZE = (320, 180)
_DRAWN = 128
"""Luma that only letters have."""
_PAGE = f"""[Script Info]
PlayResX: {_SIZE[0]}
PlayResY: {_SIZE[1]}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,{FAMILY},60,&H00FFFFFF,5

[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:01.00,Default,Noté 1
"""


def ffmpeg(_ground: Ground) -> Finding:
    found = _quick()
    if not found.identity.startswith("ffmpeg version"):
        return wrong(f"{found.program} is not ffmpeg.", _REMEDY)
    return well(f"{found.identity} in {Path(found.program).parent}.")


def features(_ground: Ground) -> Finding:
    """Raises: as `tool.run`."""
    lacking = list(_lacking(_quick()))
    if lacking:
        return wrong(f"This ffmpeg lacks {', '.join(lacking)}.", _REMEDY)
    return well("It has every filter, encoder, decoder and format that is used.")


def letters(_ground: Ground) -> Finding:
    """Captions are drawn by libass with the font of the wheel.

    Raises: as `tool.run`.
    """
    with tempfile.TemporaryDirectory(prefix="noteai-doctor-") as folder:
        drawn = _draw(Path(folder))
    if len(drawn) != _SIZE[0] * _SIZE[1] or max(drawn) < _DRAWN:
        return wrong("ffmpeg draws no letters: captions would be missing.", _REMEDY)
    if not Fonts().is_bundled:
        return doubtful(
            f"The font {FAMILY} is missing: captions are drawn with another one.",
            "Install the package fontpkg-noto-sans, or NoteAI again.",
        )
    return well(f"Captions are drawn with {FAMILY}.")


def names(listed: str) -> set[str]:
    """Of `ffmpeg -filters` and its like: what stands behind the flags of each line."""
    found: set[str] = set()
    for line in listed.splitlines():
        word = next((word for word in line.split() if not _FLAGS.fullmatch(word)), "")
        if _NAMES.fullmatch(word):
            found.update(word.split(","))
    return found


def _lacking(ffmpeg: Ffmpeg) -> Iterator[str]:
    for kind, wanted in FEATURES.items():
        there = names(ffmpeg.run((f"-{kind}s",), Path.cwd()).stdout.decode(errors="replace"))
        missing = [each for each in wanted if each not in there]
        if missing:
            yield f"the {kind}{'s' if len(missing) > 1 else ''} {', '.join(missing)}"


def _draw(folder: Path) -> bytes:
    Fonts().lay_out(folder)
    (folder / filters.CAPTIONS_FILE).write_text(_PAGE, encoding="utf-8")
    graph = f"color=c=black:s={_SIZE[0]}x{_SIZE[1]}:d=0.1,{filters.captions()},format=gray"
    args = ("-f", "lavfi", "-i", graph, "-frames:v", "1", "-f", "rawvideo", "-")
    return _quick().run(args, folder).stdout


def _quick() -> Ffmpeg:
    """Raises: ToolMissing."""
    return Ffmpeg(find_ffmpeg().program, _QUICK)
