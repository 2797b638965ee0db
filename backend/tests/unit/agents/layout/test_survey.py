from pathlib import Path

import numpy as np
import pytest

from noteai.agents.layout.survey import _with, extra_instants, sampling
from noteai.lecture.recording import VideoTrack
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.film import Film
from noteai.media.frames import Frame, Sampling
from noteai.media.packets import Packets


def packets(keys_every: float, duration: float, rate: float = 10.0) -> Packets:
    times = np.arange(0, duration, 1 / rate)
    nearest = np.round(np.arange(0, duration, keys_every) * rate).astype(int)
    is_key = np.zeros(len(times), np.bool_)
    is_key[nearest[nearest < len(times)]] = True
    return Packets(times, np.full(len(times), 100), is_key)


def test_keyframes_are_enough_where_they_come_often() -> None:
    chosen = sampling(packets(5, 600), 600, widest_gap=12.5)
    assert chosen.keyframes_only


def test_a_cut_right_after_a_keyframe_is_looked_at() -> None:
    assert sampling(packets(5, 600), 600, widest_gap=12.5).every == 0


def test_keyframes_that_are_always_close_are_thinned_out() -> None:
    assert sampling(packets(0.5, 600), 600, widest_gap=12.5).every == 1


def test_rare_keyframes_are_not_enough() -> None:
    chosen = sampling(packets(60, 600), 600, widest_gap=12.5)
    assert not chosen.keyframes_only
    assert chosen.every <= 12.5 / 4


def test_a_short_film_with_one_keyframe_is_sampled_several_times() -> None:
    chosen = sampling(packets(60, 3, rate=25), 3, widest_gap=12.5)
    assert not chosen.keyframes_only
    assert chosen.every == pytest.approx(0.4)


def test_a_part_is_taken_of_a_file_in_which_all_are_keyframes() -> None:
    chosen = sampling(packets(0.04, 60, rate=25), 60, widest_gap=12.5)
    assert chosen == Sampling(keyframes_only=True, one_in=25)


def test_the_start_and_what_is_hidden_are_looked_at_too() -> None:
    assert extra_instants(Sampling(keyframes_only=True), [31.5]) == [0.0, 31.5]
    assert extra_instants(Sampling(keyframes_only=False), [31.5]) == [0.0]


def test_a_file_whose_packets_are_unknown_is_sampled_all_the_same() -> None:
    nothing = Packets(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    assert not sampling(nothing, 100, widest_gap=12.5).keyframes_only


def test_what_a_frame_shows_is_not_decoded_once_more() -> None:
    track = VideoTrack(
        index=0, codec="h264", width=64, height=36, coded_width=64, coded_height=36, frame_rate=25
    )
    film = Film(Path("lecture.mp4"), "mov", track, Path())
    frames = [Frame(time, np.zeros((36, 64), np.uint8)) for time in (0.0, 4.0, 4.3, 8.3)]
    shown = _with(iter(frames), [0.0, 4.4], film, 64, Ffmpeg("there is no such program"))
    assert [frame.time for frame in shown] == [0.0, 4.0, 4.3, 8.3]
