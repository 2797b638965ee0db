import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from noteai.resources.transcriber.voice import FRAME, Stretch, pack, padded, stretches

SECOND = 16_000


def chances(*runs: tuple[float, int]) -> NDArray[np.float32]:
    """Probabilities: so likely, for so many frames."""
    return np.concatenate([np.full(count, chance, np.float32) for chance, count in runs])


def test_speech_begins_when_it_is_likely_and_ends_when_it_is_unlikely() -> None:
    found = stretches(chances((0.1, 10), (0.9, 20), (0.4, 5), (0.1, 20)), 55 * FRAME)
    assert found == [Stretch(10 * FRAME, 35 * FRAME)]


def test_speech_that_runs_to_the_end_is_closed() -> None:
    assert stretches(chances((0.0, 2), (0.9, 3)), 5 * FRAME - 7) == [
        Stretch(2 * FRAME, 5 * FRAME - 7)
    ]


def test_a_stop_inside_a_word_is_no_silence() -> None:
    found = stretches(chances((0.9, 10), (0.0, 4), (0.9, 10)), 24 * FRAME)
    assert found == [Stretch(0, 24 * FRAME)]


def test_a_pause_divides_speech() -> None:
    assert len(stretches(chances((0.9, 10), (0.0, 6), (0.9, 10)), 26 * FRAME)) == 2


def test_padding_stays_inside_and_meets_in_the_middle_of_a_short_pause() -> None:
    voice = [Stretch(1000, 20_000), Stretch(24_000, 40_000), Stretch(80_000, 90_000)]
    assert padded(voice, 92_000) == [
        Stretch(0, 22_000),
        Stretch(22_000, 46_400),
        Stretch(73_600, 92_000),
    ]
    assert padded([], 100) == []


def test_neighbours_share_a_window_as_long_as_there_is_room() -> None:
    parts = [
        Stretch(0, 10 * SECOND),
        Stretch(11 * SECOND, 25 * SECOND),
        Stretch(30 * SECOND, 40 * SECOND),
    ]
    packed = pack(parts, 30 * SECOND, np.zeros(2000, np.float32))
    assert packed == [parts[:2], parts[2:]]


def test_a_stretch_without_pauses_is_cut_where_speech_is_least_likely() -> None:
    likely = np.full(2000, 0.9, np.float32)
    likely[800] = 0.5
    packed = pack([Stretch(0, 40 * SECOND)], 30 * SECOND, likely)
    assert packed == [[Stretch(0, 800 * FRAME)], [Stretch(800 * FRAME, 40 * SECOND)]]


@settings(max_examples=40)
@given(st.lists(st.integers(1, 50 * SECOND), max_size=20))
def test_packing_keeps_every_sample_once_in_windows_that_are_short_enough(gaps: list[int]) -> None:
    edges = np.cumsum(gaps).tolist()
    parts = [Stretch(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    packed = pack(parts, 30 * SECOND, np.zeros(50 * SECOND * 20 // FRAME, np.float32))
    assert sum(b - a for window in packed for a, b in window) == sum(b - a for a, b in parts)
    assert all(sum(b - a for a, b in window) <= 30 * SECOND for window in packed)
    flat = [edge for window in packed for part in window for edge in part]
    assert flat == sorted(flat)
