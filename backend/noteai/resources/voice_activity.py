"""How likely somebody speaks, every 32 milliseconds."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from noteai.resources import models

Pcm = npt.NDArray[np.float32]
"""Mono samples at 16 kHz, in -1 to 1."""
Track = npt.NDArray[np.float32]
"""One number for each frame of a recording."""

SAMPLE_RATE = 16_000
FRAME = 512
"""Samples that one probability stands for: 32 ms."""

_MODEL = "silero-vad-v6"
_WHEEL_FILE = ("faster-whisper", "faster_whisper/assets/silero_vad_v6.onnx")
Item = TypeVar("Item")
Done = TypeVar("Done")


class VoiceActivity(Protocol):
    """Hears speech. A recording is given in blocks, so that its length costs no memory."""

    @property
    def identity(self) -> str: ...

    @property
    def delay(self) -> float:
        """Seconds by which the probabilities trail the sound."""
        ...

    def probabilities(self, blocks: Iterable[Pcm]) -> Iterator[Track]:
        """Probabilities of speech, 0 to 1, one for each 512 samples begun.

        `blocks` are the recording's samples in order, in pieces of any length; what comes out
        does not depend on how they were cut.
        """
        ...


@dataclass(frozen=True)
class SileroVoiceActivity:
    """Silero VAD v6, run by onnxruntime on the processor.

    The model is a short-time Fourier transform, four convolutions and an LSTM over frames of
    32 ms. It is run over pieces of 20 s with a state of their own, after 2 s to warm up: pieces
    can be heard side by side, and what was noise minutes ago has no say in what is noise now
    (over the joined clips of TEN-VAD one state for all does worse than a fresh one for each).
    """

    threads: int = 2
    delay: float = 0.024
    """Tuned on TEN-VAD's hand labels and on synthetic speech: F1 of silence is best near it."""

    @cached_property
    def identity(self) -> str:
        return f"{_MODEL} {models.sha256(_weights())} delay {self.delay}"

    def probabilities(self, blocks: Iterable[Pcm]) -> Iterator[Track]:
        hear = partial(_hear, self._session)
        with ThreadPoolExecutor(self.threads) as pool:
            yield from in_order(pool, hear, pieces(blocks), ahead=self.threads)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        return onnxruntime.InferenceSession(
            str(_weights()), options, providers=["CPUExecutionProvider"]
        )


def verify() -> None:
    """Whether the model is here and whole. Raises: ModelMissing, ModelDamaged."""
    models.as_installed(*_WHEEL_FILE, _MODEL)


class Piece(NamedTuple):
    """Whole frames behind the last samples of the frame before them."""

    samples: Pcm
    warm_up: int
    """How many of the frames only warm the model up: the piece before has them too."""


_CONTEXT = 64  # samples of the frame before, which the model sees again
_PIECE = 640 * FRAME  # 20.5 s
_WARM_UP = 64 * FRAME  # 2 s


def pieces(blocks: Iterable[Pcm]) -> Iterator[Piece]:
    """The samples in pieces of 20 s that overlap by their warm-up; the last is filled up."""
    held, warm_up = np.zeros(_CONTEXT, np.float32), 0
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) >= (size := _CONTEXT + warm_up + _PIECE):
            yield Piece(held[:size], warm_up // FRAME)
            held, warm_up = held[_PIECE + warm_up - _WARM_UP :], _WARM_UP
    if len(held) > _CONTEXT + warm_up:
        missing = -(len(held) - _CONTEXT) % FRAME
        yield Piece(np.pad(held, (0, missing)), warm_up // FRAME)


def in_order(
    pool: ThreadPoolExecutor, work: Callable[[Item], Done], items: Iterable[Item], ahead: int
) -> Iterator[Done]:
    """`map` by a pool that takes no more than `ahead` items before their turn."""
    waiting: deque[Future[Done]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _hear(session: Any, piece: Piece) -> Track:
    state = np.zeros((1, 1, 128), np.float32)
    inputs = {"input": _rows(piece.samples), "h": state, "c": state}
    heard, *_ = session.run(None, inputs)
    return np.asarray(heard, np.float32).ravel()[piece.warm_up :]


def _rows(samples: Pcm) -> Pcm:
    """One row for each frame: 64 samples of context and its own 512."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _CONTEXT + FRAME)
    return np.ascontiguousarray(windows[::FRAME])


def _weights() -> Path:
    return models.wheel_file(*_WHEEL_FILE, _MODEL)
