"""What a file is, by its first bytes: its name and its word for it are not believed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from noteai.frozen import Frozen

Kind = Literal["recording", "playlist", "picture", "text", "empty", "unknown"]

_HEAD = 4096
_INDEX_LIMIT = 64 << 20
_PACKET_SIZES = (188, 192)
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"FLV\x01", "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"ID3", "mp3"),
    (b"\x00\x00\x01\xba", "mpeg"),
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_PLAYLIST = re.compile(
    rb"\s*(#EXTM3U|ffconcat|\[playlist\]|<\?xml.{0,300}<(MPD|smil|playlist|asx)|<(MPD|smil|asx))",
    re.DOTALL | re.IGNORECASE,
)


class Container(Frozen):
    """The kind of a file and, of a recording, ffmpeg's demuxer for it."""

    kind: Kind
    demuxer: str = ""


def recognise(path: Path) -> Container:
    with path.open("rb") as file:
        return recognise_bytes(file.read(_HEAD))


def recognise_bytes(head: bytes) -> Container:
    """From the first 4096 bytes of a file, or all of a shorter one."""
    if not head:
        return Container(kind="empty")
    if _PLAYLIST.match(head):
        return Container(kind="playlist")
    demuxer = _demuxer(head)
    if demuxer:
        return Container(kind="recording", demuxer=demuxer)
    if head.startswith(_PICTURES) or head[8:12] == b"WEBP" or head[8:12] in _PICTURE_BRANDS:
        return Container(kind="picture")
    return Container(kind="text" if _reads_as_text(head) else "unknown")


def is_cut_short(path: Path) -> bool:
    """Whether an mp4 or mov lacks its index, or its last box runs past the end of the file."""
    boxes = list(_boxes(path))
    end = max((box.at + box.length for box in boxes), default=0)
    return b"moov" not in {box.name for box in boxes} or end > path.stat().st_size


def is_encrypted(path: Path) -> bool:
    """Whether a track of an mp4 or mov is under common encryption (ISO/IEC 23001-7)."""
    for box in _boxes(path):
        if box.name == b"moov":
            with path.open("rb") as file:
                file.seek(box.at)
                index = file.read(min(box.length, _INDEX_LIMIT))
            return b"sinf" in index and any(name in index for name in (b"encv", b"enca"))
    return False


class _Box(NamedTuple):
    name: bytes
    at: int
    length: int


def _boxes(path: Path) -> Iterator[_Box]:
    """The outermost boxes of an mp4 or mov (ISO/IEC 14496-12)."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            length = length or size - at
            if length < 8:
                return
            yield _Box(head[4:8], at, length)
            at += length


def _demuxer(head: bytes) -> str:
    for prefix, demuxer in _PREFIXES:
        if head.startswith(prefix):
            return demuxer
    if head[:4] in (b"RIFF", b"RF64"):
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12], "")
    if head[4:8] in _MOV_BOXES and head[8:12] not in _PICTURE_BRANDS:
        return "mov"
    if any(_is_transport_stream(head, size) for size in _PACKET_SIZES):
        return "mpegts"
    return _bare_audio(head)


def _is_transport_stream(head: bytes, size: int) -> bool:
    first = size - 188
    syncs = head[first::size]
    return len(syncs) >= 3 and set(syncs) == {0x47}


def _bare_audio(head: bytes) -> str:
    if len(head) < 2 or head[0] != 0xFF:
        return ""
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if head[1] & 0xE0 == 0xE0 and head[1] & 0x06 else ""


def _reads_as_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 4 else ""
    return bool(text) and all(each.isprintable() or each.isspace() for each in text)
