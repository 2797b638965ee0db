import io
from pathlib import Path

from noteai.lecture.recording import VideoTrack
from noteai.media.film import Film
from noteai.media.frames import Sampling, _next_time, frame_arguments, sampling_arguments


def film(width: int = 1280, height: int = 720) -> Film:
    track = VideoTrack(
        index=1, codec="h264", width=width, height=height, coded_width=width,
        coded_height=height, frame_rate=25.0,
    )  # fmt: skip
    return Film(Path("lecture.mp4"), "mov", track, Path())


def test_the_longest_side_is_brought_to_size_and_the_shape_kept() -> None:
    assert film().fitted(320) == (320, 180)
    assert film(720, 1280).fitted(320) == (180, 320)


def test_a_picture_that_is_small_already_stays() -> None:
    assert film(46, 48).fitted(320) == (46, 48)


def test_keyframes_alone_are_decoded_where_they_are_enough() -> None:
    args = sampling_arguments(film(), Sampling(keyframes_only=True), (320, 180))
    assert args[args.index("-skip_frame") + 1] == "nokey"
    assert args[args.index("-map") + 1] == "0:1"
    assert "-bsf:v" not in args


def test_packets_are_dropped_before_the_decoder_where_all_are_keyframes() -> None:
    args = sampling_arguments(film(), Sampling(keyframes_only=True, one_in=5), (320, 180))
    assert args[args.index("-bsf:v") + 1] == r"noise=drop=mod(n\,5)"
    assert args.index("-bsf:v") < args.index("-i")


def test_a_seek_stands_before_the_file_and_never_before_its_start() -> None:
    args = frame_arguments(film(), -0.5, (1280, 720), keyframe=True)
    assert args[args.index("-ss") + 1] == "0.000000"
    assert args.index("-ss") < args.index("-i")


def test_the_time_is_read_from_the_line_that_has_one() -> None:
    times = io.StringIO("frame:0 pts:0 pts_time:0\nn=0\nframe:1 pts:9 pts_time:4.04\nn=0\n")
    assert [_next_time(times), _next_time(times)] == [0.0, 4.04]
