"""Pictures out of a video: few, small, and each with its time.

Times are seconds on the recording's clock; pictures are upright and square-pixelled: ffmpeg
turns a rotated picture before its filters see it, and scaling to a size of our own undoes
pixels that are not square.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

from noteai.media.ffmpeg import Ffmpeg, source
from noteai.media.film import Film

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, RGB."""
Grey = npt.NDArray[np.uint8]
"""Height x width."""

_TIMES = "frame-times.txt"
_ONLY_KEYFRAMES = ("-skip_frame", "nokey", "-threads", "1")
"""Keyframes stand alone: threads that wait for the frames between cost a third more."""


@dataclass(frozen=True)
class Sampling:
    """Which frames to decode.

    `keyframes_only` leaves all others undecoded; `every` is the least number of seconds between
    two that are kept; `one_in` drops packets before the decoder sees them, which is safe only
    where every packet is a keyframe.
    """

    keyframes_only: bool
    every: float = 0.0
    one_in: int = 1


@dataclass(frozen=True)
class Frame:
    time: float
    grey: Grey


def sampled(
    film: Film,
    sampling: Sampling,
    longest: int,
    ffmpeg: Ffmpeg,
    on_time: Callable[[float], None] | None = None,
) -> Iterator[Frame]:
    """Small pictures one after the other; none is kept.

    Raises: as `tool.run`, after the pictures that could be read.
    """
    width, height = film.fitted(longest)
    args = sampling_arguments(film, sampling, (width, height))
    listed = film.folder / _TIMES
    listed.touch()
    with listed.open() as times, ffmpeg.stream(args, film.folder, on_time) as process:
        while len(raw := process.stdout.read(width * height)) == width * height:
            # ffmpeg writes out a picture's time before it sends the picture.
            grey = np.frombuffer(raw, np.uint8).reshape(height, width)
            yield Frame(_next_time(times), grey)
        process.finish()


def sampling_arguments(film: Film, sampling: Sampling, size: tuple[int, int]) -> tuple[str, ...]:
    drop = ("-bsf:v", f"noise=drop=mod(n\\,{sampling.one_in})") if sampling.one_in > 1 else ()
    spaced = f"select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,{sampling.every:.3f}),"
    stamp = f"metadata=add:key=n:value=0,metadata=print:file={_TIMES}:direct=1"
    return (
        *(_ONLY_KEYFRAMES if sampling.keyframes_only else ("-skip_frame", "noref")),
        *drop,
        *source(str(film.path), film.container),
        "-map", f"0:{film.track.index}",
        "-vf", f"{spaced if sampling.every else ''}{_scale(size)},{stamp}",
        "-fps_mode", "passthrough", *_raw("gray"),
    )  # fmt: skip


def frame_at(
    film: Film, time: float, size: tuple[int, int], ffmpeg: Ffmpeg, *, keyframe: bool = False
) -> Picture | None:
    """The picture shown at `time`, or none where the track has ended.

    With `keyframe` the nearest keyframe at or after `time`, which costs one picture to decode.

    Raises: as `tool.run`.
    """
    output = ffmpeg.run(frame_arguments(film, time, size, keyframe=keyframe), film.folder)
    width, height = size
    if len(output.stdout) != width * height * 3:
        return None
    return np.frombuffer(output.stdout, np.uint8).reshape(height, width, 3)


def frame_arguments(
    film: Film, time: float, size: tuple[int, int], *, keyframe: bool
) -> tuple[str, ...]:
    return (
        *(_ONLY_KEYFRAMES if keyframe else ()),
        *source(str(film.path), film.container, seek=max(0.0, time)),
        "-map", f"0:{film.track.index}",
        "-vf", _scale(size), "-frames:v", "1", *_raw("rgb24"),
    )  # fmt: skip


def _raw(pixels: str) -> tuple[str, ...]:
    return "-pix_fmt", pixels, "-f", "rawvideo", "-"


def _scale(size: tuple[int, int]) -> str:
    return f"scale={size[0]}:{size[1]}:flags=area"


def _next_time(times: IO[str]) -> float:
    """Reads to the next `frame:0 pts:0 pts_time:0.04`; the line of the mark is passed over."""
    while line := times.readline():
        _, found, seconds = line.partition("pts_time:")
        if found:
            return float(seconds)
    return float("nan")
