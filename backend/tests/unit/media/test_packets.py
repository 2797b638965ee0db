import pytest

from noteai.media.packets import parse_packets

HEAD = ["#extradata 0: 43, 0x2db00dfc", "#tb 0: 1/10", "#media_type 0: video"]


def test_times_are_seconds_in_the_order_of_showing() -> None:
    lines = ["0, 0, 0, 1, 900, 0x0", "0, 1, 3, 1, 50, 0x0, F=0x0", "0, 2, 1, 1, 40, 0x0, F=0x0"]
    found = parse_packets([*HEAD, *lines])
    assert found.times.tolist() == pytest.approx([0.0, 0.1, 0.3])
    assert found.sizes.tolist() == [900, 40, 50]


def test_a_packet_without_flags_is_a_keyframe_and_flag_one_marks_one() -> None:
    found = parse_packets(
        [*HEAD, "0, 0, 0, 1, 9, 0x0", "0, 1, 1, 1, 5, 0x0, F=0x0", "0, 2, 2, 1, 7, 0x0, F=0x5"]
    )
    assert found.keys.tolist() == [0.0, 0.2]


def test_what_an_edit_list_cuts_away_is_left_out() -> None:
    assert parse_packets([*HEAD, "0, -5, -5, 1, 9, 0x0, F=0x5"]).times.tolist() == []


def test_a_line_that_is_cut_short_is_passed_over() -> None:
    assert len(parse_packets([*HEAD, "0, 0, 0, 1, 9, 0x0", "0, 1,"]).times) == 1
