from pathlib import Path

import pytest
from desk import Desk

from noteai.agents.recording import (
    EmptyFile,
    Encrypted,
    NotRecording,
    PictureNotRecording,
    PictureTooLarge,
    PlaylistNotRecording,
    RecordingParams,
    TooLong,
    TooManyStreams,
    TooShort,
    check,
    recording,
    upright,
)
from noteai.errors import InputError
from noteai.lecture.recording import Upload
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.probe import Contents, VideoStream
from noteai.resources.voice_activity import SileroVoiceActivity


def video(**facts: object) -> VideoStream:
    usual = {
        "index": 0,
        "decodable": True,
        "codec": "h264",
        "width": 1280,
        "height": 720,
        "pixel_aspect": 1.0,
        "frame_rate": 25.0,
        "rotation": 0,
    }
    return VideoStream.model_validate({**usual, **facts})


def contents(duration: float = 60.0, streams: int = 2, **facts: object) -> Contents:
    return Contents(duration=duration, streams=streams, video=(video(**facts),), audio=())


def test_an_ordinary_lecture_passes() -> None:
    check(contents(), RecordingParams())


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (contents(duration=1.0), TooShort),
        (contents(duration=100 * 3600), TooLong),
        (contents(streams=17), TooManyStreams),
        (contents(width=12_000, height=12_000), PictureTooLarge),
    ],
)
def test_what_is_beyond_the_limits_is_refused(found: Contents, error: type[InputError]) -> None:
    with pytest.raises(error):
        check(found, RecordingParams())


def test_limits_can_be_moved() -> None:
    check(contents(duration=13 * 3600), RecordingParams(max_hours=14))


@pytest.mark.parametrize(
    ("rotation", "aspect", "size"),
    [(0, 1.0, (720, 576)), (90, 1.0, (576, 720)), (180, 1.0, (720, 576)), (0, 16 / 15, (768, 576))],
)
def test_a_picture_is_turned_and_its_pixels_squared(
    rotation: int, aspect: float, size: tuple[int, int]
) -> None:
    track = upright(video(width=720, height=576, rotation=rotation, pixel_aspect=aspect))
    assert (track.width, track.height) == size
    assert (track.coded_width, track.coded_height) == (720, 576)


@pytest.mark.parametrize(("said", "taken"), [(29.97, 29.97), (0.0, 25.0), (90_000.0, 25.0)])
def test_a_frame_rate_that_cannot_be_is_not_believed(said: float, taken: float) -> None:
    assert upright(video(frame_rate=said)).frame_rate == taken


def box(name: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"#EXTM3U\n/etc/passwd", PlaylistNotRecording),
        (b"\x89PNG\r\n\x1a\n", PictureNotRecording),
        (b"Dear students,", NotRecording),
        (b"\x00\x01\x02\x03", NotRecording),
        (box(b"ftyp") + box(b"moov", box(b"encv", box(b"sinf"))), Encrypted),
    ],
)
def test_what_is_no_recording_is_refused_by_its_name(
    tmp_path: Path, content: bytes, error: type[InputError]
) -> None:
    desk, path = Desk(tmp_path), tmp_path / "lecture.mp4"
    path.write_bytes(content)
    upload = Upload(file=desk.keep(path, "video/mp4"))
    with pytest.raises(error):
        recording(upload, RecordingParams(), SileroVoiceActivity(), Ffmpeg("/no/such/ffmpeg"), desk)
