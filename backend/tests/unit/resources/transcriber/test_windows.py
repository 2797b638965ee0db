import numpy as np
import pytest

from noteai.resources.transcriber.voice import Stretch
from noteai.resources.transcriber.windows import Window, together
from noteai.timeline import span

SECOND = 16_000


def window(*parts: tuple[float, float]) -> Window:
    """A window of these seconds of a recording."""
    cut = tuple(Stretch(round(a * SECOND), round(b * SECOND)) for a, b in parts)
    size = sum(b - a for a, b in cut)
    return Window(np.zeros(size, np.float32), cut, tuple(span(a, b) for a, b in parts))


def test_times_in_a_window_are_brought_to_the_recording() -> None:
    found = window((10, 12), (15, 20))
    assert found.times(0.5, 1.0) == pytest.approx((10.5, 11.0))
    assert found.times(2.5, 3.0) == pytest.approx((15.5, 16.0))
    assert found.end == 20.0


def test_a_word_across_a_cut_lies_in_the_part_that_has_its_middle() -> None:
    found = window((10, 12), (15, 20))
    assert found.times(1.8, 3.0) == pytest.approx((15.0, 16.0))
    assert found.times(1.0, 2.2) == pytest.approx((11.0, 12.0))


def test_times_outside_of_a_window_are_held_at_its_edges() -> None:
    found = window((10, 12))
    assert found.times(-3.0, -1.0) == pytest.approx((10.0, 10.0))
    assert found.times(5.0, 9.0) == pytest.approx((12.0, 12.0))


def test_windows_together_are_one_window() -> None:
    both = together([window((0, 2)), window((5, 6), (8, 9))])
    assert len(both.samples) == 4 * SECOND
    assert both.times(2.25, 2.5) == pytest.approx((5.25, 5.5))
    assert both.voice == (span(0, 2), span(5, 6), span(8, 9))
