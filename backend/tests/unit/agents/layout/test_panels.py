import numpy as np
import pytest

from noteai.agents.layout.panels import Lines, Panel, coverage, likeness, panels
from noteai.agents.layout.reel import Grey

INSET = Panel(240, 8, 304, 44)


def slide_with(panel: Panel, level: int = 90) -> Grey:
    grey = np.full((180, 320), 250, np.uint8)
    grey[panel.slices] = level
    return grey


def test_a_rectangle_is_found_by_its_four_sides() -> None:
    found = panels(Lines.of(slide_with(INSET)))
    assert max(likeness(each, INSET) for each, _ in found) > 0.9


def test_a_rectangle_in_the_corner_needs_only_the_sides_within_the_picture() -> None:
    corner = Panel(250, 0, 320, 40)
    found = panels(Lines.of(slide_with(corner)))
    assert max(likeness(each, corner) for each, _ in found) > 0.9


def test_an_empty_picture_has_no_panel() -> None:
    assert panels(Lines.of(np.full((180, 320), 250, np.uint8))) == []


def test_only_lines_of_both_pictures_count() -> None:
    elsewhere = Panel(20, 120, 84, 156)
    both = Lines.of(slide_with(INSET)) & Lines.of(slide_with(elsewhere))
    assert panels(both) == []


def test_the_sides_of_what_is_there_are_covered_and_of_what_is_not_are_not() -> None:
    lines = Lines.of(slide_with(INSET))
    assert coverage(lines, INSET) == (1.0, 1.0)
    assert coverage(lines, Panel(20, 120, 84, 156))[1] < 0.1


def test_a_panel_too_large_to_be_a_window_is_not_one() -> None:
    nearly_all = Panel(10, 5, 310, 175)
    assert panels(Lines.of(slide_with(nearly_all))) == []
    assert panels(Lines.of(slide_with(nearly_all)), largest=0.97)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(Panel(0, 0, 10, 10), 1.0), (Panel(5, 0, 15, 10), 1 / 3), (Panel(20, 0, 30, 10), 0.0)],
)
def test_likeness_is_intersection_over_union(other: Panel, expected: float) -> None:
    assert likeness(Panel(0, 0, 10, 10), other) == pytest.approx(expected)
