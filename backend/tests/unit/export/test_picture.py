import re

import pytest

from noteai.export import Finished
from noteai.export.picture import area_path, importance_curve, tick_times, waveform_path


@pytest.mark.parametrize("duration", [1.0, 59.0, 100.5, 600.0, 3600.0, 7200.0, 360000.0])
def test_ticks_are_few_and_begin_at_zero(duration: float) -> None:
    ticks = tick_times(duration)
    assert ticks[0] == 0
    assert 1 <= len(ticks) <= 13
    assert ticks[-1] <= duration


def test_a_waveform_fills_its_lane_whatever_its_level() -> None:
    loud = waveform_path([0, 100, 1000, 0])
    assert loud == waveform_path([0, 10, 100, 0])
    heights = [float(y) for y in re.findall(r"[ML]\d+ ([\d.]+)", loud)]
    assert min(heights) < 2
    assert max(heights) > 98


def test_no_peaks_are_no_waveform() -> None:
    assert waveform_path([]) == ""


def test_importance_rises_where_the_important_sentence_is(lecture: Finished) -> None:
    assert lecture.content
    curve = importance_curve(lecture.content, lecture.transcript, 60.0)
    where = round(len(curve) * 27 / 60)
    assert curve[where] == pytest.approx(1.0)
    assert curve[round(len(curve) * 6 / 60)] == pytest.approx(0.2)
    assert curve[-1] == 0.0


def test_without_a_transcript_topics_give_the_importance(lecture: Finished) -> None:
    assert lecture.content
    curve = importance_curve(lecture.content, None, 60.0)
    assert curve[len(curve) // 2] == pytest.approx(0.9)


def test_a_curve_is_closed_to_an_area() -> None:
    assert area_path([0.0, 1.0]) == "M0 96L0.5 96L1.5 6L2 6L2 100L0 100Z"
    assert area_path([]) == ""
