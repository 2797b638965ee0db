"""Where somebody speaks, by Silero's detector, which comes inside faster-whisper's wheel.

All positions here are sample numbers at 16 kHz.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noteai.resources.transcriber.sound import RATE, Samples

FRAME = 512
"""Samples that the detector judges at a time: 32 ms."""
_SPEECH, _STILL_SPEECH = 0.5, 0.35
_MIN_SILENCE = int(0.16 * RATE)
_PAD = int(0.4 * RATE)


class Stretch(NamedTuple):
    """Samples [start, end)."""

    start: int
    end: int


def probabilities(samples: Samples) -> NDArray[np.float32]:
    """The probability of speech in each frame of 32 ms.

    By faster-whisper's own call of Silero, so that windows are those of its pipelines: with the
    detector of the silence stage a word or two of a hundred came out differently, for no gain.
    """
    from faster_whisper.vad import get_vad_model

    short = -len(samples) % FRAME
    found = get_vad_model()(np.pad(samples, (0, short)))
    return np.asarray(found, dtype=np.float32).reshape(-1)


def stretches(chances: NDArray[np.float32], length: int) -> list[Stretch]:
    """Speech with hysteresis; silences of less than 160 ms do not interrupt it."""
    found: list[Stretch] = []
    start: int | None = None
    for number, chance in enumerate(chances):
        if start is None and chance >= _SPEECH:
            start = number * FRAME
        elif start is not None and chance < _STILL_SPEECH:
            found.append(Stretch(start, number * FRAME))
            start = None
    if start is not None:
        found.append(Stretch(start, length))
    return _closed(found)


def padded(voice: Sequence[Stretch], length: int) -> list[Stretch]:
    """Stretches with up to 400 ms around them; they may touch, and do not overlap."""
    if not voice:
        return []
    edges = [max(0, voice[0].start - _PAD)]
    for left, right in pairwise(voice):
        half = (right.start - left.end) // 2
        edges += [left.end + min(half, _PAD), right.start - min(half, _PAD)]
    edges.append(min(length, voice[-1].end + _PAD))
    return [Stretch(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def pack(
    parts: Sequence[Stretch], longest: int, chances: NDArray[np.float32]
) -> list[list[Stretch]]:
    """Neighbouring stretches put together, up to `longest` samples of speech.

    A stretch that is longer by itself is cut where it is least likely to be speech.
    """
    packed: list[list[Stretch]] = []
    room = 0
    for part in (piece for whole in parts for piece in _cut(whole, longest, chances)):
        size = part.end - part.start
        if size > room:
            packed.append([])
            room = longest
        packed[-1].append(part)
        room -= size
    return packed


def _cut(whole: Stretch, longest: int, chances: NDArray[np.float32]) -> list[Stretch]:
    cut: list[Stretch] = []
    start = whole.start
    while whole.end - start > longest:
        first, last = (start + longest * 2 // 3) // FRAME, (start + longest) // FRAME
        end = (first + int(np.argmin(chances[first:last]))) * FRAME
        cut.append(Stretch(start, end))
        start = end
    return [*cut, Stretch(start, whole.end)]


def _closed(found: Sequence[Stretch]) -> list[Stretch]:
    closed: list[Stretch] = []
    for each in found:
        if closed and each.start - closed[-1].end < _MIN_SILENCE:
            closed[-1] = Stretch(closed[-1].start, each.end)
        else:
            closed.append(each)
    return closed
