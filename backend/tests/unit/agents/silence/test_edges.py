import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noteai.agents.silence.edges import runs, until_quiet
from noteai.agents.silence.evidence import Mask
from noteai.agents.silence.levels import Levels

VOICE, FLOOR = -25.0, -60.0


def heard(*levels: tuple[float, int]) -> Levels:
    """Five bands, of which the third is as loud as said for so many steps."""
    third = np.repeat([level for level, _ in levels], [steps for _, steps in levels])
    bands = np.full((len(third), 5), FLOOR, np.float16)
    bands[:, 2] = third
    return bands


def mask(*spoken: tuple[bool, int]) -> Mask:
    return np.repeat([each for each, _ in spoken], [steps for _, steps in spoken])


def test_speech_lasts_until_the_voice_has_died_away() -> None:
    levels = heard((VOICE, 50), (-45, 8), (FLOOR, 60), (VOICE, 50))
    early = mask((True, 50), (False, 68), (True, 50))
    assert runs(until_quiet(early, levels, 2)) == [(0, 58), (118, 168)]


def test_speech_begins_where_the_voice_does() -> None:
    levels = heard((VOICE, 50), (FLOOR, 60), (-45, 5), (VOICE, 50))
    late = mask((True, 50), (False, 65), (True, 50))
    assert runs(until_quiet(late, levels, 2)) == [(0, 50), (110, 165)]


def test_an_edge_in_an_even_level_stays() -> None:
    levels = heard((FLOOR, 100))
    spoken = mask((True, 20), (False, 60), (True, 20))
    assert np.array_equal(until_quiet(spoken, levels, 2), spoken)


def test_the_ends_of_the_recording_are_no_edges() -> None:
    levels = heard((-45, 5), (FLOOR, 60), (VOICE, 50), (FLOOR, 60), (-45, 5))
    spoken = mask((False, 65), (True, 50), (False, 65))
    assert np.array_equal(until_quiet(spoken, levels, 2), spoken)


def test_a_hiss_in_one_band_is_enough() -> None:
    levels = heard((VOICE, 50), (FLOOR, 60))
    levels[50:56, 4] = -50
    spoken = mask((True, 50), (False, 60))
    assert runs(until_quiet(spoken, levels, 2)) == [(0, 56)]


@settings(max_examples=40)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(0, 1 << 32))
def test_edges_only_move_into_silences_and_leave_some_of_each(
    lengths: list[int], seed: int
) -> None:
    spoken = np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)
    levels = np.random.default_rng(seed).normal(-50, 8, (len(spoken), 5)).astype(np.float16)
    drawn = until_quiet(spoken, levels, 2)
    assert not (spoken & ~drawn).any()
    for start, end in runs(~spoken):
        left = runs(~drawn[start:end])
        assert len(left) == 1


def test_runs_are_first_and_behind_last() -> None:
    assert runs(mask((True, 2), (False, 3), (True, 1))) == [(0, 2), (5, 6)]
    assert runs(mask((False, 4))) == []
