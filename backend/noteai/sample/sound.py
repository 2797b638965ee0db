"""The voice in its room: pink noise and a hum lie under everything, silences included."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from noteai.sample import voice

RATE = 48000
_LOOP_SECONDS = 20
_HUM = 50.0


class Sound:
    """A room with its tone, drawn by the seed. `noise_db` is its level in dB of full scale."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.noise_db = float(rng.uniform(-55.0, -46.0))
        self._tone = room_tone(self.noise_db, rng)

    def chunks(self, voice_file: Path) -> Iterator[Any]:
        """The sound track as frames of about a second: 48 kHz, mono, floats."""
        import av

        up = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        written = 0
        with voice_file.open("rb") as file:
            while raw := file.read(2 * voice.RATE):
                frame = av.AudioFrame.from_ndarray(
                    np.frombuffer(raw, np.int16)[None, :], format="s16", layout="mono"
                )
                frame.sample_rate = voice.RATE
                for each in (*up.resample(frame),):
                    written = yield from self._sounded(each, written)
        for each in up.resample(None):
            written = yield from self._sounded(each, written)

    def _sounded(self, frame: Any, written: int) -> Any:
        import av

        places = np.arange(written, written + frame.samples) % len(self._tone)
        mixed = frame.to_ndarray() + self._tone[None, places]
        sounded = av.AudioFrame.from_ndarray(mixed, format="fltp", layout="mono")
        sounded.sample_rate = RATE
        sounded.pts = written
        yield sounded
        return written + frame.samples


def room_tone(level_db: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Twenty seconds that loop without a seam: pink noise from 20 Hz, with a hum of the mains."""
    count = _LOOP_SECONDS * RATE
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    shape = np.where(frequency > 20, 1 / np.sqrt(np.maximum(frequency, 20)), 0.0)
    phases = np.exp(1j * rng.uniform(0, 2 * np.pi, len(frequency)))
    pink = np.fft.irfft(shape * phases, count)
    pink /= np.sqrt(np.mean(pink**2))
    now = np.arange(count) / RATE
    hum = sum(np.sin(2 * np.pi * _HUM * k * now) / k for k in (1, 2, 3))
    tone = pink + 0.3 * hum
    return np.asarray(tone / np.sqrt(np.mean(tone**2)) * 10 ** (level_db / 20), np.float32)
