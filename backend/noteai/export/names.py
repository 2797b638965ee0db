"""File names made of titles: any script is kept, nothing that a file system minds."""

import mimetypes
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from noteai.export.finished import Finished
from noteai.lecture.clips import Clip

MAX_BYTES = 60
_KEPT = frozenset("+_.")
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)


def safe(title: str, otherwise: str) -> str:
    """A file name without suffix, at most `MAX_BYTES` of UTF-8; `otherwise` if it is empty.

    Letters, marks and digits of any script stay; everything else becomes a dash.
    """
    kept = "".join(each if _stays(each) else " " for each in unicodedata.normalize("NFC", title))
    name = _shorten("-".join(kept.split())).strip("-._")
    if name.split(".")[0].lower() in _RESERVED:
        name = f"{otherwise}-{name}"
    return name or otherwise


def _stays(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character)[0] in "LMN"


def _shorten(name: str) -> str:
    """Cut at a dash if one is near the limit, and never between a letter and its marks."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    kept = name.encode()[:MAX_BYTES].decode(errors="ignore")
    while kept and unicodedata.combining(name[len(kept)]):
        kept = kept[:-1]
    words, dash, _ = kept.rpartition("-")
    return words if dash and len(words.encode()) > MAX_BYTES // 2 else kept


@dataclass(frozen=True)
class ClipFiles:
    """Where the files of one clip lie, relative to the output folder."""

    clip: Clip
    video: str
    srt: str
    vtt: str
    thumbnail: str
    facts: str


@dataclass(frozen=True)
class Names:
    """Every file of the output folder whose name depends on the lecture."""

    clips: tuple[ClipFiles, ...]
    slides: Mapping[str, str]
    """Slide id to the path of its picture."""


def name_all(lecture: Finished) -> Names:
    clips = sorted(lecture.clips.clips, key=lambda clip: clip.rank) if lecture.clips else []
    slides = lecture.layout.slides if lecture.layout else ()
    return Names(
        clips=tuple(_clip_files(clip, number) for number, clip in enumerate(clips, 1)),
        slides={
            slide.id: f"slides/{number:02}-{safe(slide.title, 'slide')}"
            f"{mimetypes.guess_extension(slide.picture.media_type) or '.png'}"
            for number, slide in enumerate(slides, 1)
        },
    )


def _clip_files(clip: Clip, number: int) -> ClipFiles:
    stem = f"clips/{number:02}-{safe(clip.title, 'clip')}"
    return ClipFiles(clip, *(f"{stem}.{suffix}" for suffix in ("mp4", "srt", "vtt", "jpg", "json")))
