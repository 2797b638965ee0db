import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from noteai.agents.transcript.times import Timed, longest, repaired, snapped
from noteai.resources.transcriber import HeardWord
from noteai.timeline import span

MINUTE = 60.0


def word(start: float, end: float, text: str = " word") -> HeardWord:
    return HeardWord(start, end, text, 0.9)


def times(found: list[Timed]) -> list[tuple[float, float]]:
    return [(round(each.word.start, 3), round(each.word.end, 3)) for each in found]


def test_sound_times_stay_and_are_not_marked() -> None:
    found = repaired([word(0.5, 1.0), word(1.0, 1.4), word(3.0, 3.2)], MINUTE)
    assert times(found) == [(0.5, 1.0), (1.0, 1.4), (3.0, 3.2)]
    assert not any(each.is_repaired for each in found)


def test_a_word_that_ends_before_it_starts_takes_the_room_between_its_neighbours() -> None:
    found = repaired([word(0, 1), word(1.5, 1.2), word(1.3, 2)], MINUTE)
    assert times(found)[1] == (1.0, 1.3)
    assert [each.is_repaired for each in found] == [False, True, False]


def test_one_wild_time_does_not_move_the_words_after_it() -> None:
    found = repaired([word(0, 1), word(40, 41), word(1.5, 2), word(2, 3)], MINUTE)
    assert times(found)[2:] == [(1.5, 2.0), (2.0, 3.0)]
    assert [each.is_repaired for each in found] == [False, True, False, False]


def test_words_without_times_share_the_room_by_their_lengths() -> None:
    nan = math.nan
    found = repaired(
        [word(0, 1), word(nan, nan, " ab"), word(nan, nan, " abcd"), word(1.3, 2)], MINUTE
    )
    assert times(found)[1:3] == [(1.0, 1.1), (1.1, 1.3)]


def test_words_without_room_take_some_from_their_neighbours() -> None:
    found = repaired([word(0, 1), word(1, 1), word(1, 2)], MINUTE)
    assert times(found) == [(0.0, 0.667), (0.667, 1.333), (1.333, 2.0)]
    assert all(each.is_repaired for each in found)


def test_a_slight_overlap_is_cut_without_a_mark_and_a_great_one_with() -> None:
    slight = repaired([word(0, 1.01), word(1, 2)], MINUTE)
    great = repaired([word(0, 1.5), word(1, 2)], MINUTE)
    assert times(slight) == times(great) == [(0.0, 1.0), (1.0, 2.0)]
    assert not slight[0].is_repaired
    assert great[0].is_repaired


def test_an_endless_word_loses_the_side_that_hangs_in_the_pause() -> None:
    after_a_pause = repaired([word(0, 1), word(3, 13), word(13, 14)], MINUTE)
    in_the_flow = repaired([word(0, 1), word(1, 13), word(13, 14)], MINUTE)
    assert times(after_a_pause)[1] == (round(13 - longest(" word"), 3), 13.0)
    assert times(in_the_flow)[1] == (1.0, round(1 + longest(" word"), 3))


def test_words_beyond_the_end_are_brought_inside() -> None:
    found = repaired([word(0, 1), word(59.5, 61), word(70, 71)], MINUTE)
    assert found[-1].word.end <= MINUTE
    assert all(each.is_repaired for each in found[1:])


def test_the_first_word_after_a_pause_starts_with_the_voice() -> None:
    words = [Timed(word(0.0, 0.9), False), Timed(word(1.2, 2.0), False)]
    found = snapped(words, [span(0.0, 0.8), span(1.5, 2.1)], within=0.5)
    assert times(found) == [(0.0, 0.8), (1.5, 2.1)]


def test_a_word_that_starts_late_is_brought_back_to_the_voice() -> None:
    words = [Timed(word(0.0, 0.8), False), Timed(word(1.8, 2.4), False)]
    assert times(snapped(words, [span(0, 0.8), span(1.5, 2.4)], 0.5))[1] == (1.5, 2.4)


def test_a_word_far_from_the_voice_stays() -> None:
    words = [Timed(word(0.0, 0.8), False), Timed(word(2.6, 3.4), False)]
    assert snapped(words, [span(0, 0.8), span(1.5, 3.4)], 0.5) == words


def test_a_stop_inside_a_word_moves_nothing() -> None:
    words = [Timed(word(0.0, 1.0), False), Timed(word(1.0, 2.0), False)]
    assert snapped(words, [span(0, 1.1), span(1.25, 2.0)], 0.5) == words


def test_nothing_heard_is_nothing_moved() -> None:
    assert repaired([], MINUTE) == []
    assert snapped([], [span(0, 1)], 0.5) == []


TIMES = st.one_of(st.floats(-5, 70), st.sampled_from([math.nan, math.inf, 0.0, 60.0]))
STRETCHES = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 9)), max_size=5)


@settings(max_examples=60)
@given(st.lists(st.tuples(TIMES, TIMES), max_size=30), STRETCHES)
def test_whatever_comes_in_times_come_out_in_order_and_inside(
    pairs: list[tuple[float, float]], stretches: list[tuple[float, float]]
) -> None:
    heard = [word(start, end) for start, end in pairs]
    fixed = repaired(heard, MINUTE)
    edges = sorted(edge for start, size in stretches for edge in (start, start + size))
    voice = [span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    for found in (fixed, snapped(fixed, voice, 0.5)):
        assert len(found) == len(heard)
        flat = [edge for each in found for edge in (each.word.start, each.word.end)]
        assert all(a <= b + 1e-9 for a, b in pairwise(flat))
        assert all(-1e-9 <= edge <= MINUTE + 1e-9 for edge in flat)
