import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.agents.silence.levels import QUIETEST, Levels, Meter, decibels, powers, together
from noteai.resources.voice_activity import SAMPLE_RATE, Pcm


def measured(*blocks: Pcm) -> Levels:
    meter = Meter()
    for block in blocks:
        meter.hear(block)
    return meter.finish()


def tone(hertz: float, seconds: float = 0.5, peak: float = 1.0) -> Pcm:
    now = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (peak * np.sin(2 * np.pi * hertz * now)).astype(np.float32)


@pytest.mark.parametrize(("hertz", "band"), [(100, 0), (500, 1), (1000, 2), (2500, 3), (6000, 4)])
def test_a_full_scale_tone_is_3_db_down_in_its_band_and_unheard_in_the_others(
    hertz: float, band: int
) -> None:
    middle = measured(tone(hertz))[10:-10]
    assert middle[:, band] == pytest.approx(-3.01, abs=0.1)
    others = np.delete(middle, band, axis=1)
    assert others.max() < -25


def test_a_constant_counts_by_its_square() -> None:
    level = measured(np.full(SAMPLE_RATE, 0.1, np.float32))[10:-10]
    assert together(level) == pytest.approx(-20, abs=0.1)


def test_half_the_amplitude_is_6_db_less() -> None:
    loud, soft = measured(tone(1000)), measured(tone(1000, peak=0.5))
    assert (loud - soft)[10:-10, 2] == pytest.approx(6.02, abs=0.1)


def test_digital_silence_has_a_level() -> None:
    assert (measured(np.zeros(1600, np.float32)) == QUIETEST).all()


def test_nothing_has_no_levels() -> None:
    assert measured().shape == (0, 5)


def test_a_sound_is_heard_in_its_own_step() -> None:
    samples = np.zeros(1600, np.float32)
    samples[5 * 160 : 6 * 160] = tone(1000, 0.01)
    assert int(np.argmax(together(measured(samples)))) == 5


@given(st.integers(0, 5000), st.lists(st.integers(0, 2000), max_size=6))
def test_levels_do_not_depend_on_how_the_sound_was_cut(length: int, lengths: list[int]) -> None:
    samples = np.random.default_rng(length).standard_normal(length).astype(np.float32) * 0.1
    whole = measured(samples)
    assert len(whole) == -(-length // 160)
    assert np.array_equal(measured(*np.split(samples, np.cumsum(lengths))), whole)


def test_two_equal_bands_together_are_3_db_louder() -> None:
    assert together(np.full((1, 2), -40, np.float16)) == pytest.approx(-36.99, abs=0.01)


def test_decibels_and_powers_undo_each_other() -> None:
    levels = np.array([-60.0, -3.0, 0.0])
    assert decibels(powers(levels)) == pytest.approx(levels, abs=0.01)
