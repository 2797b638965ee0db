from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.media.cuts import Cut, constant_rate, cut, lead
from noteai.timeline import span

SKIPPING = Cut(start=100.0, rate=Fraction(10), kept=((0, 20), (50, 80)))


def test_a_passage_without_pauses_is_one_stretch() -> None:
    assert cut(span(3, 5), [], Fraction(25)).kept == ((0, 50),)


def test_a_pause_is_left_out_on_the_grid_of_frames() -> None:
    made = cut(span(10, 20), [span(12, 15)], Fraction(10))
    assert made.kept == ((0, 20), (50, 100))
    assert made.length == 7.0


def test_even_an_empty_passage_plays_a_frame() -> None:
    assert cut(span(1, 1), [], Fraction(25)).frames == 1


def test_an_instant_is_found_after_a_pause() -> None:
    assert SKIPPING.frame_at(105.5) == 25


def test_an_instant_in_a_pause_is_its_seam() -> None:
    assert SKIPPING.frame_at(103.0) == 20


def test_instants_outside_are_the_ends() -> None:
    assert (SKIPPING.frame_at(0.0), SKIPPING.frame_at(500.0)) == (0, SKIPPING.frames)


@given(st.lists(st.floats(0, 30), min_size=2, max_size=2), st.sampled_from([10, 24, 30]))
def test_the_clip_s_clock_never_goes_back(instants: list[float], rate: int) -> None:
    made = cut(span(0, 30), [span(4, 6), span(10, 19.5)], Fraction(rate))
    early, late = sorted(instants)
    assert made.frame_at(early) <= made.frame_at(late) <= made.frames


@pytest.mark.parametrize(
    ("average", "rate"),
    [
        (25.0, Fraction(25)),
        (29.97, Fraction(30000, 1001)),
        (30.006, Fraction(30)),
        (19.81, Fraction(20)),
        (1.99, Fraction(10)),
        (59.94, Fraction(30000, 1001)),
        (50.0, Fraction(25)),
        (240.0, Fraction(30)),
    ],
)
def test_a_rate_becomes_a_common_one_under_the_limit(average: float, rate: Fraction) -> None:
    assert constant_rate(average, 30.0) == rate


def test_containers_without_an_index_are_opened_earlier() -> None:
    assert lead("mov") == 0.0
    assert lead("mpegts") > 0.0
    assert cut(span(5, 6), [], Fraction(25), lead("mpegts")).lead == 5.0
