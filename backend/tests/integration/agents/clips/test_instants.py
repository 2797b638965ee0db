"""Which frame and which sound a clip has at each instant."""

from math import ceil

import numpy as np
import pytest
from studio import CLICKS, COUNTING, H264, LEVELS, Studio, clicks, counted, faults, frames, spoken

from noteai.lecture.silence import Silence, SilenceMap


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv"])
@pytest.mark.parametrize("start", [0.0, 3.33, 7.02])
def test_each_frame_is_the_one_shown_at_its_instant(
    studio: Studio, name: str, start: float
) -> None:
    counting = studio.count(name, "-g", "75", "-bf", "2")
    clip, path = studio.cut(counting, start, start + 2, fade=0)
    assert faults(path, start, 25, 25) <= {-1, 0, 1}
    assert len(frames(path)) == 50
    assert clip.length == 2.0


def test_a_frame_that_began_long_before_the_cut_is_still_shown(studio: Studio) -> None:
    counting = studio.count("slow.mp4", rate="1/2")
    _, path = studio.cut(counting, 3.33, 7.0, fade=0)
    assert faults(path, 3.33, 0.5, 10) == {0}


def test_a_fast_recording_is_thinned_to_the_highest_rate(studio: Studio) -> None:
    counting = studio.count("fast.mp4", rate="60")
    _, path = studio.cut(counting, 2.0, 4.0, fade=0)
    assert len(frames(path)) == 60
    assert faults(path, 2.0, 60, 30) <= {-1, 0, 1}


def test_sound_and_picture_stay_together(studio: Studio) -> None:
    _, path = studio.cut(studio.count("a.mp4"), 3.33, 7.33, fade=0)
    wanted = [second - 3.33 for second in range(ceil(3.33), ceil(7.33))]
    assert np.allclose(clicks(path), wanted, atol=0.005)


def test_removed_pauses_leave_sound_and_picture_together(studio: Studio) -> None:
    words = spoken((1.0, 2.0), (7.0, 9.0))
    clip, path = studio.cut(
        studio.count("a.mp4"), 1.0, 9.0, words=words, fade=0, remove_pauses_longer_than=1.0
    )
    assert clip.length == 4.0
    assert counted(path)[36:39] == [61 % 24, 62 % 24, 163 % 24]
    assert np.allclose(clicks(path)[-2:], [2.0, 3.0], atol=0.005)


def test_what_is_heard_in_a_pause_between_words_is_played(studio: Studio) -> None:
    silent = Silence(start=4.0, end=7.0, kind="pause", level_db=-60)
    clip, _ = studio.cut(
        studio.count("a.mp4"), 1.0, 9.0, words=spoken((1.0, 2.0), (7.0, 9.0)),
        quiet=SilenceMap(duration=12, spans=(silent,)), remove_pauses_longer_than=1.0,
    )  # fmt: skip
    assert clip.length == 6.0


def test_a_picture_that_ends_early_stands_still(studio: Studio) -> None:
    shown = ("-f", "lavfi", "-t", "4", "-i", f"color=s=320x180:r=25,{COUNTING}")
    heard = ("-f", "lavfi", "-t", "12", "-i", CLICKS)
    short = studio.record("short.mp4", *shown, *heard, *H264, "-c:a", "aac")
    _, path = studio.cut(short, 8.0, 10.0, fade=0)
    assert set(counted(path)) == {99 % LEVELS}
    assert len(frames(path)) == 50
