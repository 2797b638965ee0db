from pathlib import Path

import numpy as np
import pytest

from noteai.sample import voice
from noteai.sample.sound import RATE, Sound, room_tone


@pytest.fixture(scope="module")
def sound() -> Sound:
    return Sound(np.random.default_rng(1))


def test_the_room_has_the_level_it_says(sound: Sound) -> None:
    tone = room_tone(-50.0, np.random.default_rng(1))
    assert 20 * np.log10(np.sqrt(np.mean(tone**2))) == pytest.approx(-50.0, abs=0.01)
    assert -55 <= sound.noise_db <= -46


def test_low_frequencies_are_stronger_than_high_ones() -> None:
    tone = room_tone(-50.0, np.random.default_rng(1))
    power = np.abs(np.fft.rfft(tone)) ** 2
    seconds = len(tone) // RATE
    low, high = power[300 * seconds : 600 * seconds].mean(), power[8000 * seconds :].mean()
    assert low > 10 * high


def test_the_track_is_as_long_as_the_voice_and_stays_in_time(tmp_path: Path, sound: Sound) -> None:
    samples = np.zeros(round(2.5 * voice.RATE), np.int16)
    samples[voice.RATE :][:240] = 20000
    path = tmp_path / "voice.raw"
    path.write_bytes(samples.tobytes())
    chunks = list(sound.chunks(path))
    track = np.concatenate([chunk.to_ndarray()[0] for chunk in chunks])
    assert len(track) == round(2.5 * RATE)
    loud = np.flatnonzero(np.abs(track) > 0.3)
    assert loud[0] / RATE == pytest.approx(1.0, abs=0.001)
    assert [chunk.pts for chunk in chunks] == list(
        np.cumsum([0, *(chunk.samples for chunk in chunks[:-1])])
    )
