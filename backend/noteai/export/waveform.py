"""How loud a recording is over its time, for a picture of it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noteai.media.ffmpeg import Ffmpeg, source

RATE = 16000
"""Samples a second, as a recording's audio has them."""
_READ = 1 << 18


def read_peaks(ffmpeg: Ffmpeg, audio: Path, duration: float, folder: Path, count: int) -> list[int]:
    """The loudest sample of each of `count` equal parts of a FLAC file, in 1/1000 of full scale.

    Memory does not grow with the recording: samples are read from a pipe as they come.
    """
    peaks = np.zeros(count, dtype=np.int32)
    samples = max(1, round(duration * RATE))
    position = 0
    big = ("-af", "asetnsamples=n=65536")  # small frames cost more than what is done with them
    whole = ("-ac", "1", "-ar", str(RATE), "-f", "s16le", "-")
    args = ("-threads", "1", *source(str(audio), "flac"), *big, *whole)
    with ffmpeg.stream(args, folder) as process:
        while raw := process.stdout.read(_READ):
            block = np.abs(np.frombuffer(raw, dtype="<i2").astype(np.int32))
            _raise(peaks, block, position, samples)
            position += len(block)
        process.finish()
    return [round(int(peak) * 1000 / 32768) for peak in peaks]


def _raise(peaks: NDArray[np.int32], block: NDArray[np.int32], position: int, samples: int) -> None:
    """Let `peaks` know of a block of magnitudes that starts at sample `position`."""
    at = np.arange(position, position + len(block), dtype=np.int64)
    part = np.minimum(at * len(peaks) // samples, len(peaks) - 1)
    first = np.flatnonzero(np.diff(part, prepend=-1))
    loudest = np.maximum.reduceat(block, first)
    peaks[part[first]] = np.maximum(peaks[part[first]], loudest)
