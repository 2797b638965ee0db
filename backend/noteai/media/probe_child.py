"""Prints what is in a media file as JSON; runs alone in a limited process.

Usage: probe_child.py DEMUXER PATH MAX_PIXELS

It imports nothing of NoteAI: a hostile file that takes this process over finds little.
"""

import json
import sys
from typing import Any

import av
from av.stream import Disposition

_LIMITED = {"protocol_whitelist": "file", "max_streams": "64", "probesize": "50000000"}
_NOT_A_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image


def main(demuxer: str, path: str, max_pixels: int) -> None:
    options = {**_LIMITED, "format_whitelist": demuxer}
    with av.open(path, format=demuxer, options=options) as file:
        found: dict[str, Any] = {
            "duration": file.duration / av.time_base if file.duration else None,
            "streams": len(file.streams),
            "video": [_video(s) for s in file.streams.video if not s.disposition & _NOT_A_PICTURE],
            "audio": [_audio(s) for s in file.streams.audio],
        }
        if found["duration"] is None:
            found["duration"] = _last_timestamp(file)
    for each in found["video"][:1]:
        if each["decodable"] and 0 < each["width"] * each["height"] <= max_pixels:
            each["rotation"] = _rotation(demuxer, path, options, each["index"])
    print(json.dumps(found))  # noqa: T201 - the answer to the parent


def _video(stream: Any) -> dict[str, Any]:
    codec = stream.codec_context
    rate = stream.average_rate or stream.guessed_rate
    sar = stream.sample_aspect_ratio or (codec.sample_aspect_ratio if codec else None)
    return {
        "index": stream.index,
        "decodable": codec is not None,
        "codec": codec.name if codec else "unknown",
        "width": codec.width if codec else 0,
        "height": codec.height if codec else 0,
        "pixel_aspect": float(sar) if sar else 1.0,
        "frame_rate": float(rate) if rate else 0.0,
        "rotation": None,
    }


def _audio(stream: Any) -> dict[str, Any]:
    codec = stream.codec_context
    return {
        "index": stream.index,
        "decodable": codec is not None and bool(stream.rate),
        "codec": codec.name if codec else "unknown",
        "sample_rate": stream.rate or 0,
        "channels": stream.channels or 0,
    }


def _last_timestamp(file: Any) -> float:
    """The end of the last packet, for files that do not say how long they are."""
    first, last = None, 0.0
    for packet in file.demux():
        if packet.pts is not None and packet.time_base:
            at = float(packet.pts * packet.time_base)
            first = at if first is None else min(first, at)
            last = max(last, at + float((packet.duration or 0) * packet.time_base))
    return last - first if first is not None else 0.0


def _rotation(demuxer: str, path: str, options: dict[str, str], index: int) -> int | None:
    """Degrees clockwise, from the first frame; None where no frame can be decoded."""
    with av.open(path, format=demuxer, options=options) as file:
        try:
            for frame in file.decode(file.streams[index]):
                return round(-getattr(frame, "rotation", 0)) % 360
        except av.FFmpegError:
            return None
    return None


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except av.FFmpegError as error:
        sys.exit(f"unreadable: {error.strerror}")
