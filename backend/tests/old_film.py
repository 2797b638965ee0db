"""Screen recordings of programs whose encoders ffmpeg does not have, as AVI."""

import struct
import zlib

_SIDE = 16
_GREY = bytes([90, 90, 90])


def avi(codec: bytes, frame: bytes, frames: int) -> bytes:
    """A film of the same keyframe, ten times a second, 16 x 16 in 24 bits."""
    main = struct.pack("<14I", 100_000, 0, 0, 16, frames, 0, 1, 0, _SIDE, _SIDE, 0, 0, 0, 0)
    track = b"vids" + codec + struct.pack("<3I6I4H", 0, 0, 0, 1, 10, 0, frames, 0, 0, 0, 0, 16, 16)
    shape = struct.pack("<3I2H4s5I", 40, _SIDE, _SIDE, 1, 24, codec, 768, 0, 0, 0, 0)
    stream = _list(b"strl", _chunk(b"strh", track) + _chunk(b"strf", shape))
    head = _list(b"hdrl", _chunk(b"avih", main) + stream)
    film = _list(b"movi", _chunk(b"00dc", frame) * frames)
    return _chunk(b"RIFF", b"AVI " + head + film)


def camstudio() -> bytes:
    """A keyframe of CamStudio: the picture by zlib."""
    return b"\x03\x00" + zlib.compress(_GREY * _SIDE * _SIDE)


def camtasia() -> bytes:
    """A keyframe of Camtasia: the picture's run lengths by zlib."""
    line = bytes([_SIDE]) + _GREY + b"\0\0"
    return zlib.compress(line * _SIDE + b"\0\1")


def _list(name: bytes, body: bytes) -> bytes:
    return _chunk(b"LIST", name + body)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
