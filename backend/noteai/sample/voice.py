"""The lecturer's voice: a neural synthesiser that also says when each word is spoken.

hibari-tts predicts how long each phoneme lasts and keeps that to itself. Its graph is
extended by one output so that the durations can be read: the word times of the truth are
the synthesiser's own, not an estimate.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from noteai.resources.models import ModelMissing, checked, wheel_file

Samples = npt.NDArray[np.float32]
Frames = npt.NDArray[np.int64]

RATE = 24000
FRAME = 600
"""Samples that one unit of predicted duration lasts: 25 ms."""
QUIET_DB = -42.0
"""Below the voice's loud parts by this much, nothing is heard over the room tone."""
MIN_SILENCE = 0.1
_DIGEST = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"
_DURATIONS = b"/Cast_32_output_0"
_STEP = 0.005
_SLACK = 0.08
_PAUSES = frozenset(" ,.;:!?—…")


@dataclass(frozen=True)
class Utterance:
    """One spoken sentence, 24 kHz: its words and silences in seconds from its start."""

    samples: Samples
    words: tuple[tuple[float, float], ...]
    silences: tuple[tuple[float, float], ...]

    @property
    def duration(self) -> float:
        return len(self.samples) / RATE


class Voice:
    """Speaks English sentences. `pitch` scales the pitch of the model's voice, `pace` its speed.

    Raises:
        ModelMissing: hibari-tts is not installed.
        ModelDamaged: its weights are not those that were tried.
    """

    def __init__(self, pitch: float = 1.0, pace: float = 1.0) -> None:
        try:
            from hibari import Hibari
        except ImportError:
            raise ModelMissing(model="hibari-tts") from None
        path = wheel_file("hibari-tts", "hibari/assets/hibari.onnx", "hibari-tts")
        weights = checked(path, _DIGEST, "hibari-tts").read_bytes()
        self._model: Any = Hibari(model=weights + _as_output(_DURATIONS))
        self._pitch = pitch
        self._pace = pace

    def say(self, text: str, seed: int) -> Utterance:
        """One sentence, spoken; the same seed gives the same samples.

        Raises:
            ValueError: the phonemes do not fall into as many groups as there are words, so
                that the words would have no times.
        """
        phonemes = " ".join(self._model.phonemize(text))
        ids = self._model.ids(phonemes)
        samples, durations = self._synthesise(ids, seed)
        known = [sign for sign in phonemes if sign in self._model.vocab]
        words = word_spans(known, durations[1:-1], float(durations[0]))
        if len(words) != len(text.split()):
            raise ValueError(f"{len(words)} groups of phonemes for: {text}")
        second = FRAME / RATE / self._pitch
        spans = [(start * second, end * second) for start, end in words]
        return trimmed(resampled(samples, self._pitch), spans)

    def _synthesise(self, ids: list[int], seed: int) -> tuple[Samples, Frames]:
        from hibari import dsp

        speed = np.asarray([self._pace / self._pitch], np.float32)
        feed = {"ids": np.asarray([ids], np.int64), "speed": speed}
        *spectra, durations = self._model.sess.run(None, feed)
        noise = np.random.default_rng(seed)
        return dsp.synth(*(each[0] for each in spectra), noise), durations


def word_spans(signs: list[str], durations: Frames, lead: float) -> list[tuple[float, float]]:
    """Start and end of each group of signs between spaces, in the unit of `durations`."""
    spans: list[tuple[float, float]] = []
    inside = False
    now = lead
    for sign, lasts in zip(signs, durations, strict=True):
        if sign == " ":
            inside = False
        elif not inside and sign not in _PAUSES:
            spans.append((now, now + float(lasts)))
            inside = True
        elif sign not in _PAUSES:
            spans[-1] = (spans[-1][0], now + float(lasts))
        now += float(lasts)
    return spans


def resampled(samples: Samples, factor: float) -> Samples:
    """The sound played `factor` times as fast, band-limited, by its whole spectrum."""
    if factor == 1.0:
        return samples
    size = round(len(samples) / factor)
    spectrum = np.fft.rfft(samples)
    bins = size // 2 + 1
    kept = np.zeros(bins, spectrum.dtype)
    kept[: min(bins, len(spectrum))] = spectrum[:bins]
    return np.asarray(np.fft.irfft(kept, size) * (size / len(samples)), np.float32)


def loudness(samples: Samples) -> npt.NDArray[np.float32]:
    """Level in dB below the loud parts, one value for each 5 ms, over 10 ms."""
    step = int(_STEP * RATE)
    count = max(1, len(samples) // step)
    power = np.add.reduceat(samples.astype(np.float64) ** 2, np.arange(count) * step) / step
    power = (power + np.append(power[1:], power[-1])) / 2
    return np.asarray(10 * np.log10((power + 1e-12) / np.percentile(power, 95)), np.float32)


def trimmed(samples: Samples, words: list[tuple[float, float]]) -> Utterance:
    """Cut to what is heard; silences found between words; word edges moved out of them."""
    heard = np.flatnonzero(loudness(samples) > QUIET_DB)
    first, last = heard[0] * _STEP, (heard[-1] + 2) * _STEP
    begin, finish = int(first * RATE), min(len(samples), int(last * RATE))
    cut = samples[begin:finish].copy()
    fade = min(len(cut), 120)
    cut[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    cut[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    length = len(cut) / RATE
    shifted = [(max(0.0, a - first), min(length, b - first)) for a, b in words]
    silences = inner_silences(loudness(cut), shifted)
    return Utterance(cut, tuple(_fitted(shifted, silences, length)), tuple(silences))


def inner_silences(
    level: npt.NDArray[np.float32], words: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Quiet stretches of 0.1 s and more at a border of two words; stops inside words are none."""
    quiet = np.concatenate([[False], level <= QUIET_DB, [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    runs = [(start * _STEP, end * _STEP) for start, end in edges.reshape(-1, 2)]
    borders = [end for _, end in words[:-1]] + [start for start, _ in words[1:]]
    return [
        (start, end)
        for start, end in runs
        if end - start >= MIN_SILENCE
        and any(start - _SLACK <= border <= end + _SLACK for border in borders)
    ]


def _fitted(
    words: list[tuple[float, float]], silences: list[tuple[float, float]], length: float
) -> list[tuple[float, float]]:
    """Words that end where a silence begins and begin where it ends."""
    fitted = [(0.0, words[0][1]), *words[1:]]
    fitted[-1] = (fitted[-1][0], length)
    for start, end in silences:
        middle = (start + end) / 2
        after = min(
            range(1, len(fitted)),
            key=lambda i: abs((fitted[i - 1][1] + fitted[i][0]) / 2 - middle),
        )
        fitted[after - 1] = (fitted[after - 1][0], start)
        fitted[after] = (end, fitted[after][1])
    return fitted


def _as_output(name: bytes) -> bytes:
    """A piece of an ONNX file that, put behind it, makes a tensor of integers an output.

    Protocol buffers that stand one behind the other merge: ModelProto.graph (7) gains
    GraphProto.output (12), a ValueInfoProto of name (1) and type (2).
    """
    tensor = _field(1, bytes([8, 7]))
    return _field(7, _field(12, _field(1, name) + _field(2, tensor)))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of fewer than 128 bytes."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content
