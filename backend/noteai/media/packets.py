"""What a container says about a video track without decoding any of it."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from noteai.media.ffmpeg import Ffmpeg, source
from noteai.media.film import Film

_KEY_FLAG = 1
Row = tuple[int, int, bool]


@dataclass(frozen=True)
class Packets:
    """One entry for each frame, in order of time: seconds, bytes, is it a keyframe."""

    times: npt.NDArray[np.float64]
    sizes: npt.NDArray[np.int64]
    is_key: npt.NDArray[np.bool_]

    @property
    def keys(self) -> npt.NDArray[np.float64]:
        """Times of the keyframes."""
        return self.times[self.is_key]


def packets(film: Film, ffmpeg: Ffmpeg) -> Packets:
    """Reads the whole file and decodes nothing.

    Raises: as `tool.run`.
    """
    with ffmpeg.stream(packet_arguments(film), film.folder) as process:
        found = parse_packets(line.decode("ascii", "replace") for line in process.stdout)
        process.finish()
    return found


def packet_arguments(film: Film) -> tuple[str, ...]:
    return (
        *source(str(film.path), film.container),
        "-map", f"0:{film.track.index}", "-c", "copy", "-f", "framecrc", "-",
    )  # fmt: skip


def parse_packets(lines: Iterable[str]) -> Packets:
    """Reads ffmpeg's framecrc: `stream, dts, pts, duration, size, crc[, F=flags]`."""
    tick = 1.0
    columns = array("q"), array("q"), array("b")
    times, sizes, keys = columns
    for line in lines:
        if line.startswith("#tb 0:"):
            tick = _fraction(line[6:])
        elif row := _row(line):
            times.append(row[0])
            sizes.append(row[1])
            keys.append(row[2])
    all_times, all_sizes, all_keys = (np.array(column) for column in columns)
    order = np.argsort(all_times, kind="stable")
    return Packets(all_times[order] * tick, all_sizes[order], all_keys[order].astype(np.bool_))


def _row(line: str) -> Row | None:
    """Time in ticks, bytes, is it a keyframe; nothing for what lies before the start."""
    before, _, flags = line.partition("F=")
    fields = before.split(",")
    try:
        time, size = int(fields[2]), int(fields[4])
        is_key = not flags or bool(int(flags.partition(",")[0], 16) & _KEY_FLAG)
    except (IndexError, ValueError):
        return None
    return (time, size, is_key) if time >= 0 else None


def _fraction(text: str) -> float:
    above, _, below = text.strip().partition("/")
    return int(above) / int(below or 1)
