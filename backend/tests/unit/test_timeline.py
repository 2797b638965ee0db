from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from noteai.timeline import (
    Span,
    clamp,
    complement,
    merge,
    overlap,
    snap,
    span,
    subtract,
    total,
)

LENGTH = 100.0
instants = st.integers(0, 1000).map(lambda tenth: tenth / 10)
spans = st.tuples(instants, instants).map(lambda pair: span(min(pair), max(pair)))
many = st.lists(spans, max_size=8)


def covered(spans: list[Span], instant: float) -> bool:
    return any(each.contains(instant) for each in spans)


@given(many)
def test_merged_spans_are_sorted_and_apart(spans: list[Span]) -> None:
    merged = merge(spans)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(many, instants)
def test_merging_covers_the_same_instants(spans: list[Span], instant: float) -> None:
    assert covered(merge(spans), instant) == covered(spans, instant)


@given(many, many, instants)
def test_subtracting_keeps_what_no_hole_covers(
    spans: list[Span], holes: list[Span], instant: float
) -> None:
    expected = covered(spans, instant) and not covered(holes, instant)
    assert covered(subtract(spans, holes), instant) == expected


@given(many)
def test_a_set_and_its_complement_fill_the_whole(spans: list[Span]) -> None:
    assert total(spans) + total(complement(spans, LENGTH)) == pytest.approx(LENGTH)


@given(many, spans)
def test_clamped_spans_lie_within(spans: list[Span], within: Span) -> None:
    for each in clamp(spans, within):
        assert within.start <= each.start < each.end <= within.end


@given(spans, spans)
def test_overlap_is_symmetric_and_at_most_the_shorter(a: Span, b: Span) -> None:
    assert overlap(a, b) == overlap(b, a) <= min(a.duration, b.duration) + 1e-9


def test_spans_nearer_than_the_gap_become_one() -> None:
    assert merge([span(0, 1), span(1.4, 2)], gap=0.5) == [span(0, 2)]


def test_an_instant_snaps_to_the_nearest_edge_in_reach() -> None:
    assert snap(5.2, [1.0, 5.0, 6.0], within=0.5) == 5.0
    assert snap(3.0, [1.0, 5.0], within=0.5) == 3.0
    assert snap(3.0, [], within=0.5) == 3.0


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-1, 1), (0, float("inf"))])
def test_a_span_that_cannot_be_is_refused(start: float, end: float) -> None:
    with pytest.raises(ValidationError):
        span(start, end)


def test_a_span_knows_its_length_and_middle() -> None:
    assert span(1, 4).duration == 3
    assert span(1, 4).middle == 2.5
