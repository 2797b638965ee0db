"""What ffmpeg is told, and what is read from its progress."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.media.ffmpeg import (
    AUDIO_DECODERS,
    MAX_PIXELS,
    VIDEO_DECODERS,
    Ffmpeg,
    _clock,
    source,
)


def value(args: tuple[str, ...], option: str) -> str:
    assert args.count(option) == 1
    return args[args.index(option) + 1]


def test_a_strangers_file_is_opened_with_nothing_to_guess() -> None:
    args = source("input.bin", "mov")
    assert value(args, "-f") == value(args, "-format_whitelist") == "mov"
    assert value(args, "-protocol_whitelist") == "file"
    assert value(args, "-max_pixels") == str(MAX_PIXELS)
    assert set(value(args, "-codec_whitelist").split(",")) == {*VIDEO_DECODERS, *AUDIO_DECODERS}


def test_every_limit_stands_before_the_file() -> None:
    args = source("input.bin", "matroska,webm", seek=3.0)
    assert args[-2:] == ("-i", "input.bin")
    assert "-i" not in args[:-2]


def test_no_decoder_runs_scripts_or_opens_other_files() -> None:
    assert not {"concat", "hls", "lavfi", "image2", "ffmetadata"} & {
        *VIDEO_DECODERS,
        *AUDIO_DECODERS,
    }


def test_seeking_is_told_in_microseconds_and_without_an_exponent() -> None:
    assert source("f", "mov", seek=0.0000004)[:2] == ("-ss", "0.000000")
    assert source("f", "mov", seek=359999.1234567)[:2] == ("-ss", "359999.123457")
    assert "-ss" not in source("f", "mov")


def test_a_hostile_name_stays_one_argument() -> None:
    assert source("-y /etc/passwd; concat:a|b", "mov")[-1] == "-y /etc/passwd; concat:a|b"


def test_it_never_asks_and_says_only_errors() -> None:
    command = Ffmpeg("ffmpeg")._command(("-i", "a", "b.mp4"), Path("/work"))
    assert command.args[-3:] == ("-i", "a", "b.mp4")
    assert "-nostdin" in command.args
    assert "-y" in command.args
    assert value(command.args, "-v") == "error"
    assert value(command.args, "-progress") == "pipe:2"


def test_a_caller_may_ask_for_more_words() -> None:
    command = Ffmpeg("ffmpeg")._command(("-v", "info", "-i", "a"), Path("/work"))
    assert value(command.args, "-v") == "info"


def heard(*lines: str) -> tuple[list[float], list[bool]]:
    times: list[float] = []
    listen = _clock(times.append)
    return times, [listen(line) for line in lines]


def test_the_time_is_heard_in_seconds() -> None:
    times, taken = heard("frame=12", "out_time_us=2500000", "progress=continue")
    assert times == [2.5]
    assert taken == [True, True, True]


def test_a_time_before_the_start_is_zero() -> None:
    assert heard("out_time_us=-23220") == ([0.0], [True])


@pytest.mark.parametrize("said", ["N/A", "", "1.5", "--5", "²", "٣"])
def test_a_time_that_is_no_number_is_passed_over(said: str) -> None:
    assert heard(f"out_time_us={said}") == ([], [True])


@pytest.mark.parametrize("key", ["stream_0_0_q", "stream_3_11_q", "dup_frames", "speed"])
def test_progress_of_every_stream_is_taken(key: str) -> None:
    assert heard(f"{key}=1") == ([], [True])


@pytest.mark.parametrize(
    "line", ["[mov] moov atom not found", "title=out_time_us=5", "my_frame=1", "frame", "a=b"]
)
def test_other_lines_are_left_for_the_log(line: str) -> None:
    assert heard(line) == ([], [False])


def test_nobody_has_to_listen() -> None:
    assert _clock(None)("out_time_us=1")


@given(st.text())
def test_no_line_breaks_the_clock(line: str) -> None:
    times, _ = heard(line, f"out_time_us={line}")
    assert all(each >= 0 for each in times)
