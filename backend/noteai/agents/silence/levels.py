"""How loud the recording is, in five bands, every 10 ms."""

import numpy as np
import numpy.typing as npt

from noteai.resources.voice_activity import SAMPLE_RATE, Pcm, Track

Levels = npt.NDArray[np.float16]
"""A row for every 10 ms, a column for each band; dB of full scale (0 is a mean square of 1).

Half precision is exact to 0.06 dB, and an hour takes 3.6 MB.
"""

RATE = 100
"""Rows a second."""
BANDS = (0, 300, 700, 1500, 3500, 8000)
"""Their borders in Hz: mains hum and rumble, the voice's three, and hiss."""
QUIETEST = -100.0
_STEP = SAMPLE_RATE // RATE
_WINDOW = 2 * _STEP
_MARGIN = (_WINDOW - _STEP) // 2
_HANN = np.hanning(_WINDOW + 2)[1:-1].astype(np.float32)
_FIRST_BINS = [round(border * _WINDOW / SAMPLE_RATE) for border in BANDS[:-1]]
_SCALE = np.full(_WINDOW // 2 + 1, 2 / (_WINDOW * np.sum(_HANN**2)), np.float32)
_SCALE[[0, -1]] /= 2  # every other bin stands for two, of positive and negative frequency


class Meter:
    """Measures samples as they come, in windows of 20 ms around each 10 ms."""

    def __init__(self) -> None:
        self._held: Pcm = np.zeros(_MARGIN, np.float32)
        self._measured = bytearray()  # grows in place, where joined arrays would need it twice

    def hear(self, block: Pcm) -> None:
        """Take the next samples, any number."""
        self._held = np.concatenate([self._held, block])
        self._measure((len(self._held) - 2 * _MARGIN) // _STEP)

    def finish(self) -> Levels:
        """The levels of all that was heard; a last step cut short counts as if it were whole."""
        steps = -(-(len(self._held) - _MARGIN) // _STEP)
        self._held = np.pad(self._held, (0, 2 * _MARGIN + steps * _STEP - len(self._held)))
        self._measure(steps)
        return np.frombuffer(self._measured, np.float16).reshape(-1, len(BANDS) - 1)

    def _measure(self, steps: int) -> None:
        if steps > 0:
            self._measured += levels(self._held[: steps * _STEP + 2 * _MARGIN]).tobytes()
            self._held = self._held[steps * _STEP :]


def levels(samples: Pcm) -> Levels:
    """One row for each whole window, 10 ms from the start of one to the start of the next."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_STEP]
    spectra = np.fft.rfft(windows * _HANN, axis=1)
    power = (spectra.real**2 + spectra.imag**2) * _SCALE
    return decibels(np.add.reduceat(power, _FIRST_BINS, axis=1)).astype(np.float16)


def together(bands: Levels) -> Track:
    """The level of bands taken together."""
    power = np.zeros(len(bands), np.float32)
    for band in bands.T:
        power += powers(band)
    return decibels(power)


def powers(level: npt.ArrayLike) -> Track:
    """Mean squares of levels in dB."""
    return np.asarray(10 ** (np.asarray(level, np.float32) / 10), np.float32)


def decibels(power: npt.ArrayLike) -> Track:
    """Levels of mean squares, none below `QUIETEST`."""
    return np.asarray(10 * np.log10(np.asarray(power) + 10 ** (QUIETEST / 10)), np.float32)
