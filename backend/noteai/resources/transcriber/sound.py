"""The recording's own FLAC file as arrays of samples, a piece at a time."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]


def pieces(audio: Path, seconds: float, start: int = 0) -> Iterator[Samples]:
    """Mono samples in -1 to 1 from sample `start` on, `seconds` at a time, the last piece shorter.

    Only for the 16 kHz mono FLAC that the recording stage made: files from users are opened
    by ffmpeg.
    """
    import av

    size = int(seconds * RATE)
    queue = av.AudioFifo()
    with av.open(str(audio), format="flac") as container:
        for frame in _decoded(container, start):
            frame.pts = None
            queue.write(frame)
            while queue.samples >= size:
                yield _floats(queue.read(size))
    if queue.samples:
        yield _floats(queue.read())


def _decoded(container: Any, start: int) -> Iterator[Any]:
    """Frames that begin with sample `start`; FLAC numbers its frames by their first sample."""
    stream = container.streams.audio[0]
    if not start:
        yield from container.decode(stream)
        return
    container.seek(start, stream=stream)
    for frame in container.decode(stream):
        late = start - frame.pts
        if late < frame.samples:
            yield _without(frame, late) if late > 0 else frame


def _without(frame: Any, samples: int) -> Any:
    """A frame less its first samples."""
    import av

    rest = av.AudioFrame.from_ndarray(
        frame.to_ndarray()[:, samples:].copy(), format=frame.format.name, layout=frame.layout.name
    )
    rest.rate = frame.rate
    return rest


def _floats(frame: Any) -> Samples:
    """Whole numbers of 16 or 32 bits as samples in -1 to 1."""
    whole: NDArray[np.signedinteger[Any]] = frame.to_ndarray()[0]
    return whole.astype(np.float32) / np.float32(1 << (8 * whole.itemsize - 1))


def as_flac(samples: Samples) -> bytes:
    """16 kHz mono FLAC with 16 bits a sample."""
    import av

    file = io.BytesIO()
    whole = np.clip(samples * 32768, -32768, 32767).astype(np.int16)
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        for start in range(0, len(whole), RATE):
            frame = av.AudioFrame.from_ndarray(
                whole[None, start : start + RATE], format="s16", layout="mono"
            )
            frame.rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
