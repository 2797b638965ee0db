"""A recording as windows of speech, each short enough for whisper to hear at once.

Pauses of more than 0.8 s are shortened to that, so that windows hold speech and not
silence; `Window.times` undoes it. The recording is read three minutes at a time: memory does
not grow with its length.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path

import numpy as np

from noteai.resources.transcriber.port import Chunk
from noteai.resources.transcriber.sound import RATE, Samples, pieces
from noteai.resources.transcriber.voice import (
    Stretch,
    pack,
    padded,
    probabilities,
    stretches,
)
from noteai.timeline import Span, span

LONGEST = 30 * RATE
_PIECE = 180.0


@dataclass(frozen=True)
class Window:
    """Speech to be heard at once: `samples` is `parts` of the recording, one after another."""

    samples: Samples
    parts: tuple[Stretch, ...]
    """Where the samples lie in the recording."""
    voice: tuple[Span, ...]
    """Where in the recording somebody speaks in this window, in seconds."""

    @property
    def end(self) -> float:
        return self.parts[-1].end / RATE

    def times(self, start: float, end: float) -> tuple[float, float]:
        """Seconds of a word in the window as seconds in the recording.

        A word lies in one part: the one that has its middle.
        """
        offsets = list(accumulate((b - a for a, b in self.parts), initial=0))
        middle = (start + end) / 2 * RATE
        which = min(max(bisect_right(offsets, middle) - 1, 0), len(self.parts) - 1)
        part, shift = self.parts[which], (self.parts[which].start - offsets[which]) / RATE
        low, high = part.start / RATE, part.end / RATE
        return (min(max(start + shift, low), high), min(max(end + shift, low), high))


def together(parts: Sequence[Window]) -> Window:
    """Neighbouring windows as one."""
    return Window(
        samples=np.concatenate([each.samples for each in parts]),
        parts=tuple(chain.from_iterable(each.parts for each in parts)),
        voice=tuple(chain.from_iterable(each.voice for each in parts)),
    )


def windows(audio: Path) -> Iterator[Window]:
    """The recording's speech, in order.

    The last window of a piece may go on in the next one, so it is looked at again with it.
    """
    held = np.zeros(0, np.float32)
    first = 0
    for piece, is_last in _marked(pieces(audio, _PIECE)):
        held = np.concatenate([held, piece])
        packed = _windows_in(held, first)
        yield from packed if is_last else packed[:-1]
        kept = packed[-1].parts[0].start - first if packed else max(0, len(held) - RATE // 2)
        held, first = held[kept:], first + kept


def windows_of(audio: Path, chunk: Chunk) -> Iterator[Window]:
    """The windows of a chunk, sample for sample as `windows` gives them; without their voice."""
    if not chunk.windows:
        return
    first = chunk.windows[0][0][0]
    source = pieces(audio, _PIECE, first)
    held = np.zeros(0, np.float32)
    for window in chunk.windows:
        parts = tuple(Stretch(*each) for each in window)
        while first + len(held) < parts[-1].end:
            held = np.concatenate([held, next(source)])
        samples = np.concatenate([held[a - first : b - first] for a, b in parts])
        yield Window(samples, parts, voice=())
        held, first = held[parts[-1].end - first :], parts[-1].end


def _marked(source: Iterator[Samples]) -> Iterator[tuple[Samples, bool]]:
    """Each piece, and whether it is the last."""
    piece = next(source, None)
    while piece is not None:
        following = next(source, None)
        yield piece, following is None
        piece = following


def _windows_in(samples: Samples, first: int) -> list[Window]:
    """Windows of samples that begin at sample `first` of the recording."""
    chances = probabilities(samples)
    voice = stretches(chances, len(samples))
    packed = pack(padded(voice, len(samples)), LONGEST, chances)
    return [_window(samples, first, parts, voice) for parts in packed]


def _window(
    samples: Samples, first: int, parts: Sequence[Stretch], voice: Sequence[Stretch]
) -> Window:
    inside = [
        span((first + max(a, parts[0].start)) / RATE, (first + min(b, parts[-1].end)) / RATE)
        for a, b in voice
        if a < parts[-1].end and b > parts[0].start
    ]
    return Window(
        samples=np.concatenate([samples[a:b] for a, b in parts]),
        parts=tuple(Stretch(first + a, first + b) for a, b in parts),
        voice=tuple(inside),
    )
