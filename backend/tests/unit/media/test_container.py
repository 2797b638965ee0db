from pathlib import Path

import pytest

from noteai.media.container import is_cut_short, is_encrypted, recognise, recognise_bytes


def box(name: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


@pytest.mark.parametrize(
    ("head", "demuxer"),
    [
        (box(b"ftyp", b"isom"), "mov"),
        (box(b"moov"), "mov"),
        (b"\x1a\x45\xdf\xa3\x01", "matroska"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
        (b"FLV\x01\x05", "flv"),
        (b"fLaC\0\0", "flac"),
        (b"OggS\0\0", "ogg"),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf1\x50\x80", "aac"),
        ((b"G" + bytes(187)) * 4, "mpegts"),
        ((bytes(4) + b"G" + bytes(187)) * 4, "mpegts"),
    ],
)
def test_a_recording_is_known_by_its_first_bytes(head: bytes, demuxer: str) -> None:
    found = recognise_bytes(head)
    assert (found.kind, found.demuxer) == ("recording", demuxer)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "empty"),
        (b"#EXTM3U\n/etc/passwd", "playlist"),
        (b"  ffconcat version 1.0\nfile x", "playlist"),
        (b'<?xml version="1.0"?>\n<MPD xmlns="x">', "playlist"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "picture"),
        (box(b"ftyp", b"heic"), "picture"),
        (b"<svg xmlns='x'/>", "text"),
        ("Vorlesung über Geometrie\n".encode(), "text"),
        ("über".encode()[:-1] + "ü".encode()[:1], "text"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"G" + bytes(100), "unknown"),
        (b"\xff", "unknown"),
    ],
)
def test_anything_else_is_none(head: bytes, kind: str) -> None:
    assert recognise_bytes(head).kind == kind


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_text("not a lecture")
    assert recognise(path).kind == "text"


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (box(b"ftyp") + box(b"moov", b"x") + box(b"mdat", b"y"), False),
        (box(b"ftyp") + box(b"mdat", b"y"), True),
        (box(b"ftyp") + box(b"moov", b"xyz")[:-1], True),
        (box(b"ftyp") + box(b"moov") + b"\0\0\0\0mdat rest of the file", False),
        (
            box(b"ftyp") + b"\0\0\0\x01mdat" + (20).to_bytes(8, "big") + b"abcd" + box(b"moov"),
            False,
        ),
        (box(b"ftyp") + b"\0\0\0\x03moov", True),
    ],
)
def test_a_missing_or_broken_index_is_noticed(tmp_path: Path, content: bytes, cut: bool) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert is_cut_short(path) is cut


def test_an_encrypted_track_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"ftyp") + box(b"moov", box(b"encv", box(b"sinf"))))
    assert is_encrypted(path)
    path.write_bytes(box(b"ftyp") + box(b"moov", box(b"avc1")) + box(b"mdat", b"encv sinf"))
    assert not is_encrypted(path)
