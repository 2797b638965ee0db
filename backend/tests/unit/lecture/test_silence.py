from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from noteai.lecture.silence import Silence, SilenceMap
from noteai.timeline import overlap, span

INSTANTS = st.lists(st.integers(1, 9), min_size=2, max_size=30).map(accumulate).map(list)


def silence_map(edges: list[int]) -> SilenceMap:
    """A silence in every second stretch between the edges."""
    spans = (
        Silence(start=start, end=end, kind="pause", level_db=-50.0)
        for start, end in list(pairwise(edges))[::2]
    )
    return SilenceMap(duration=edges[-1], spans=tuple(spans))


@given(INSTANTS, st.integers(0, 200), st.integers(0, 50))
def test_the_silences_near_a_span_are_those_that_it_shares_time_with_or_touches(
    edges: list[int], start: int, length: int
) -> None:
    silence = silence_map(edges)
    around = span(start, start + length)
    near = silence.near(around)
    assert [each for each in silence.spans if overlap(each, around)] == [
        each for each in near if overlap(each, around)
    ]
    assert all(each.start <= around.end and each.end >= around.start for each in near)
