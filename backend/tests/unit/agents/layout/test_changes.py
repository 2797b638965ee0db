from collections.abc import Callable

import numpy as np
import pytest

from noteai.agents.layout.changes import Group, anew, bisected, groups, moment, unseen
from noteai.media.packets import Packets


def packets(
    spikes: dict[float, int],
    keys: tuple[float, ...] = (0, 4, 8),
    end: float = 12,
    usual: int = 60,
) -> Packets:
    """Ten frames a second, small but for keyframes and what is named."""
    times = np.round(np.arange(0, end, 0.1), 1)
    is_key = np.isin(times, np.round(keys, 1))
    sizes = np.where(is_key, 20_000, usual)
    for time, size in spikes.items():
        sizes[np.abs(times - time).argmin()] = size
    return Packets(times, sizes, is_key)


def after(change: float) -> Callable[[float], bool]:
    return lambda time: time >= change


def never(time: float) -> bool:
    raise AssertionError(f"the picture at {time} was decoded for nothing")


def test_a_packet_that_stands_out_tells_the_time_without_decoding() -> None:
    found = groups(packets({5.5: 9_000}), 12)
    assert moment(found, 4.0, 8.0, never) == pytest.approx(5.5)


def test_an_early_keyframe_is_the_change_where_packets_are_silent() -> None:
    found = groups(packets({}, keys=(0, 4, 6.2, 10.2)), 12)
    assert moment(found, 4.0, 6.2, never) == pytest.approx(6.2)


def test_a_packet_before_an_early_keyframe_is_believed_only_after_a_look() -> None:
    found = groups(packets({5.0: 9_000}, keys=(0, 4, 6.2, 10.2)), 12)
    assert moment(found, 4.0, 6.2, after(6.1)) == pytest.approx(6.2)
    assert moment(found, 4.0, 6.2, after(5.0)) == pytest.approx(5.0)


def test_an_early_keyframe_that_was_not_sampled_tells_the_time() -> None:
    found = groups(packets({}, keys=(0, 4, 4.3, 8.3)), 12)
    assert moment(found, 4.0, 8.3, never) == pytest.approx(4.3)


def test_silent_packets_between_regular_keyframes_mean_bisection() -> None:
    found = groups(packets({}), 12)
    assert moment(found, 4.0, 8.0, after(6.7)) == pytest.approx(6.7, abs=0.4)


def test_without_packets_the_change_is_found_by_bisection() -> None:
    assert moment([], 0.0, 30.0, after(17.3)) == pytest.approx(17.3, abs=0.4)


def test_bisection_never_answers_before_the_change() -> None:
    assert bisected(0.0, 10.0, after(3.3)) >= 3.3


def test_noise_of_a_camera_is_no_event() -> None:
    sizes = np.random.default_rng(2).integers(4_000, 9_000, 40)
    sizes[0] = 40_000
    group = Group(np.arange(40) / 10, sizes, 4.0, is_cut_short=False)
    assert group.events() == []


def test_a_step_in_the_usual_size_is_an_event() -> None:
    sizes = np.array([40_000] + [3_000] * 19 + [60] * 20)
    group = Group(np.arange(40) / 10, sizes, 4.0, is_cut_short=False)
    assert group.events() == pytest.approx([2.0])


def test_a_picture_between_two_redrawn_ones_is_looked_at() -> None:
    found = groups(packets({5.0: 12_000, 7.0: 12_000}), 12)
    assert unseen(found) == pytest.approx([6.0])


def test_a_picture_up_to_an_early_keyframe_is_looked_at() -> None:
    found = groups(packets({5.0: 12_000}, keys=(0, 4, 7.0, 11.0)), 12)
    assert unseen(found) == pytest.approx([6.0])


def test_a_change_that_the_next_keyframe_shows_needs_no_look() -> None:
    assert unseen(groups(packets({5.0: 12_000}), 12)) == []


def test_a_keyframe_that_came_early_and_stands_is_asked_for_by_time() -> None:
    assert anew(groups(packets({}, keys=(0, 4, 4.3, 8.3)), 12)) == pytest.approx([4.4])


def test_keyframes_that_come_regularly_or_pass_at_once_are_not_asked_for() -> None:
    assert anew(groups(packets({}), 12)) == []
    assert anew(groups(packets({}, keys=(0, 4, 4.3, 5.1, 9.1)), 12)) == pytest.approx([5.2])


def test_a_file_without_keyframes_has_no_groups() -> None:
    assert groups(packets({}, keys=()), 12) == []
