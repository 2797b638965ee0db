import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.resources.models import ModelMissing
from noteai.sample import voice
from noteai.sample.voice import RATE, Samples, Voice, inner_silences, resampled, trimmed, word_spans


def tone(seconds: float, level: float = 0.3) -> Samples:
    times = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 200 * times)).astype(np.float32)


def hush(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def test_words_are_the_groups_of_signs_between_spaces() -> None:
    durations = np.array([3, 2, 1, 4, 5, 6])
    assert word_spans(list("ab cd."), durations, lead=2.0) == [(2.0, 7.0), (8.0, 17.0)]


def test_a_comma_belongs_to_no_word() -> None:
    assert word_spans(list("a, b"), np.array([1, 7, 1, 1]), lead=0.0) == [(0.0, 1.0), (9.0, 10.0)]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=40))
def test_words_are_in_order_and_last_no_longer_than_their_signs(lasting: list[int]) -> None:
    signs = [" " if place % 4 == 3 else "a" for place in range(len(lasting))]
    spans = word_spans(signs, np.array(lasting), lead=0.0)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert sum(end - start for start, end in spans) <= sum(lasting)


def test_resampling_scales_time_and_pitch_alike() -> None:
    faster = resampled(tone(1.0), 1.25)
    assert len(faster) == round(RATE / 1.25)
    spectrum = np.abs(np.fft.rfft(faster))
    assert np.argmax(spectrum) * RATE / len(faster) == pytest.approx(250, abs=2)
    assert np.abs(faster).max() == pytest.approx(0.3, abs=0.02)


def test_silence_around_a_sentence_is_cut_and_its_words_move_along() -> None:
    samples = np.concatenate([hush(0.3), tone(0.5), hush(0.2)])
    said = trimmed(samples, [(0.28, 0.5), (0.5, 0.85)])
    assert said.duration == pytest.approx(0.5, abs=0.015)
    assert said.words[0][0] == 0.0
    assert said.words[-1][1] == pytest.approx(said.duration)
    assert said.silences == ()


def test_a_pause_between_words_is_found_and_the_words_end_at_it() -> None:
    samples = np.concatenate([tone(0.4), hush(0.25), tone(0.5)])
    said = trimmed(samples, [(0.0, 0.5), (0.55, 1.15)])
    (silence,) = said.silences
    assert silence == pytest.approx((0.4, 0.65), abs=0.012)
    assert said.words[0][1] == silence[0]
    assert said.words[1][0] == silence[1]


def test_the_stop_inside_a_word_is_no_silence() -> None:
    level = np.zeros(200)
    level[80:110] = -80.0
    assert inner_silences(level, [(0.0, 0.9), (0.9, 1.0)]) == []
    assert inner_silences(level, [(0.0, 0.42), (0.55, 1.0)]) == [(0.4, 0.55)]


def test_a_pause_of_less_than_a_tenth_is_no_silence() -> None:
    level = np.zeros(200)
    level[80:98] = -80.0
    assert inner_silences(level, [(0.0, 0.42), (0.48, 1.0)]) == []


def test_without_the_package_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "hibari", None)
    with pytest.raises(ModelMissing) as caught:
        Voice()
    assert "hibari-tts" in caught.value.message


def test_the_piece_that_adds_an_output_is_a_field_of_a_graph() -> None:
    piece = voice._as_output(b"/out")
    assert piece[0] == 7 << 3 | 2
    assert piece[1] == len(piece) - 2
    assert piece[2] == 12 << 3 | 2
    assert b"/out" in piece
