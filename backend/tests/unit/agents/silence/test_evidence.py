import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.agents.silence import SilenceParams
from noteai.agents.silence.evidence import (
    at_steps,
    likeliest,
    log_odds,
    loudness,
    speech,
    voice_threshold,
)
from noteai.resources.voice_activity import Track


def track(*values: float) -> Track:
    return np.array(values, np.float32)


def talk(pause: float = 0.02, voice: float = 0.95) -> Track:
    """Ten seconds of voice activity: speech with pauses of 0.6 s."""
    return np.tile(np.repeat(track(voice, pause), [60, 20]), 4)


def gained(course: tuple[bool, ...], evidence: Track, cost: float) -> float:
    changes = sum(a != b for a, b in itertools.pairwise(course))
    return float(evidence[list(course)].sum()) - cost * changes


def test_a_dip_that_brings_less_than_two_changes_cost_is_no_silence() -> None:
    evidence = track(5, 5, -3, -3, 5, 5)
    assert likeliest(evidence, change_cost=4).all()
    assert likeliest(evidence, change_cost=2).tolist() == [True, True, False, False, True, True]


def test_changes_that_cost_nothing_follow_every_sign() -> None:
    assert likeliest(track(1, -1, 1, -1), 0).tolist() == [True, False, True, False]


def test_no_evidence_is_no_course() -> None:
    assert likeliest(track(), 1).tolist() == []


@given(
    st.lists(st.integers(-8, 8).map(float), min_size=1, max_size=9),
    st.integers(0, 6).map(float),
)
def test_no_other_course_gathers_more(values: list[float], cost: float) -> None:
    evidence = track(*values)
    found = tuple(likeliest(evidence, cost).tolist())
    courses = itertools.product([False, True], repeat=len(values))
    best = max(gained(course, evidence, cost) for course in courses)
    assert gained(found, evidence, cost) == pytest.approx(best)


def test_nobody_speaks_where_the_model_hears_nobody() -> None:
    assert voice_threshold(np.full(100, 0.1, np.float32)) is None
    assert voice_threshold(track()) is None


def test_the_threshold_lies_between_how_silence_and_speech_sound() -> None:
    assert voice_threshold(talk(0.02, 0.95)) == pytest.approx(0.485, abs=0.01)


def test_noise_that_makes_the_model_doubt_lowers_the_threshold() -> None:
    assert voice_threshold(talk(0.05, 0.4)) == pytest.approx(0.225, abs=0.01)


def test_a_long_break_does_not_change_the_threshold() -> None:
    long_break = np.zeros(5000, np.float32)
    lowered = voice_threshold(np.concatenate([talk(), long_break, talk()]))
    assert lowered == pytest.approx(voice_threshold(talk()), abs=0.02)


def test_steps_read_the_frame_that_speaks_of_them() -> None:
    rising = np.arange(100, dtype=np.float32)
    seconds = (np.arange(200, 210) + 0.5) / 100
    at_once = at_steps(rising, 200, 10, delay=0.0)
    assert at_once == pytest.approx(seconds / 0.032 - 0.5, abs=1e-3)
    assert at_steps(rising, 200, 10, delay=0.064) == pytest.approx(at_once + 2, abs=1e-3)


def test_log_odds_of_certainty_are_finite() -> None:
    assert log_odds([0.0, 0.5, 1.0]) == pytest.approx([-5.29, 0, 5.29], abs=0.01)


def test_loudness_speaks_for_neither_midway_and_is_never_more_than_one() -> None:
    level = np.repeat(track(-60, -40, -20), 10)
    assert loudness(level, 0.04)[[0, 15, -1]] == pytest.approx([-0.8, 0, 0.8], abs=0.01)
    assert np.abs(loudness(level, 1.0)).max() == 1


def test_digital_silence_is_not_taken_for_the_noise_floor() -> None:
    level = np.repeat(track(-100, -50, -20), [50, 10, 50])
    assert loudness(level, 0.05)[55] < 0


def test_where_nobody_is_heard_no_level_makes_speech() -> None:
    levels = np.full((300, 5), -10, np.float16)
    assert not speech(levels, np.zeros(100, np.float32), 0.0, SilenceParams()).any()


@pytest.mark.parametrize(("caution", "more"), [(2.0, True), (-2.0, False)])
def test_caution_makes_silence_dearer(caution: float, more: bool) -> None:
    voices = np.repeat(track(0.9, 0.35, 0.9, 0.6, 0.9), 40)
    levels = np.full((640, 5), -40, np.float16)
    usual = speech(levels, voices, 0.0, SilenceParams()).sum()
    shifted = speech(levels, voices, 0.0, SilenceParams(caution=caution)).sum()
    assert shifted > usual if more else shifted < usual
