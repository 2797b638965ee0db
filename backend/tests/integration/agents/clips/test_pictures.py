"""What a clip shows."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.video.reformatter import ColorRange
from studio import H264, Grey, Studio, counted, frames, sound, spoken

from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline, Shot

CROPPED = ("-vf", "format=yuv444p,crop=319:179:0:0:exact=1")


@pytest.mark.parametrize(
    ("name", "args", "size"),
    [
        ("odd.mkv", (*CROPPED, "-pix_fmt", "yuv444p"), (320, 180)),
        ("wide.mp4", ("-vf", "setsar=2"), (640, 180)),
        ("deep.mp4", ("-pix_fmt", "yuv420p10le"), (320, 180)),
        ("full.mov", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"), (320, 180)),
    ],
)
def test_every_kind_of_picture_becomes_even_square_and_of_8_bits(
    studio: Studio, name: str, args: tuple[str, ...], size: tuple[int, int]
) -> None:
    clip, path = studio.cut(studio.count(name, *args), 1.0, 2.0, fade=0)
    assert (clip.width, clip.height) == size
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        assert (video.width, video.height, video.pix_fmt) == (*size, "yuv420p")
    assert counted(path)[0] == 1


@pytest.mark.parametrize("aspect", ["source", "16:9", "9:16", "1:1"])
def test_white_and_black_of_a_slide_stay_in_the_limited_range(studio: Studio, aspect: str) -> None:
    drawn = "color=black:s=640x480:r=25:d=4,format=yuv420p,drawbox=160:120:320:240:white:fill"
    slide = studio.record("slide.mp4", "-f", "lavfi", "-i", drawn, *H264)
    _, path = studio.cut(slide, 1.0, 2.0, aspect=aspect, fade=0)
    picture, *told = first_frame(path)
    assert told == ["yuv420p", ColorRange.MPEG]
    assert (np.median(picture[picture > 128]), picture.min()) == pytest.approx((235, 16), abs=2)


def test_sound_alone_is_drawn_in_the_limited_range(studio: Studio) -> None:
    tone = studio.record("tone.flac", "-f", "lavfi", "-i", "sine=440:d=8")
    _, path = studio.cut(tone, 1.0, 2.0)
    _, *told = first_frame(path)
    assert told == ["yuv420p", ColorRange.MPEG]


def first_frame(path: Path) -> tuple[Grey, str, int]:
    """Its luminance as encoded, its pixel format and its range."""
    with av.open(str(path)) as file:
        frame = next(file.decode(video=0))
        luminance: Grey = frame.to_ndarray()[: frame.height]
        return luminance, frame.format.name, frame.color_range


def test_a_rotated_recording_stands_upright(studio: Studio) -> None:
    studio.count("lying.mp4")
    turned = studio.record("turned.mp4", "-display_rotation", "90", "-i", "lying.mp4", "-c", "copy")
    clip, path = studio.cut(turned, 1.0, 2.0)
    assert (clip.width, clip.height) == (180, 320)
    assert frames(path)[0].shape == (320, 180)


def test_slides_and_speaker_are_composed_and_change_with_the_layout(studio: Studio) -> None:
    """Red slides and a blue speaker on black; then the speaker alone."""
    drawn = (
        "color=black:s=640x360:r=25:d=8,drawbox=20:60:400:240:red:fill,"
        "drawbox=440:90:180:120:blue:fill"
    )
    lecture = studio.record("side.mp4", "-f", "lavfi", "-i", drawn, *H264)
    screen, camera = Box(20, 60, 400, 240), Box(440, 90, 180, 120)
    both = {"confidence": 1.0, "screen": screen, "camera": camera}
    shots = (
        Shot(start=0, end=4, kind="side_by_side", **both),
        Shot(start=4, end=8, kind="camera", **both),
    )
    layout = LayoutTimeline(width=640, height=360, shots=shots, slides=())
    _, path = studio.cut(lecture, 2.0, 6.0, layout, aspect="9:16", fade=0)
    shown = frames(path, "rgb24")
    assert len(shown) == 100
    assert share(shown[0], red) == pytest.approx(640 * 384 / (640 * 1138), abs=0.03)
    assert share(shown[49], blue) > 0.1
    assert share(shown[50], red) < 0.01
    assert share(shown[50], blue) == pytest.approx(640 * 426 / (640 * 1138), abs=0.03)


def red(picture: Grey) -> npt.NDArray[np.bool_]:
    return (picture[..., 0] > 150) & (picture[..., 2] < 90)


def blue(picture: Grey) -> npt.NDArray[np.bool_]:
    return (picture[..., 2] > 150) & (picture[..., 0] < 90)


def share(picture: Grey, colour: Callable[[Grey], npt.NDArray[np.bool_]]) -> float:
    return float(colour(picture).mean())


def test_the_thumbnail_is_a_picture_of_the_clip(studio: Studio) -> None:
    clip, _ = studio.cut(studio.count("a.mp4"), 2.0, 6.0)
    (picture,) = frames(studio.desk.fetch(clip.thumbnail))
    assert picture.shape == (clip.height, clip.width)


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_sound_alone_becomes_an_audiogram_with_its_words(studio: Studio, aspect: str) -> None:
    tone = studio.record("tone.flac", "-f", "lavfi", "-i", "sine=440:d=8")
    clip, path = studio.cut(tone, 1.0, 3.0, words=spoken((1.2, 2.8)), aspect=aspect)
    shown = frames(path, "rgb24")
    assert len(shown) == 50
    middle = shown[25]
    words = (middle.min(axis=2) > 200).any(axis=1)
    wave = ((middle[..., 2] > 200) & (middle[..., 0] < 160)).any(axis=1)
    assert words[: clip.height // 3].any()
    assert words[clip.height // 2 :].any()
    assert clip.is_captioned
    assert wave[clip.height // 5 : clip.height * 3 // 4].any()


def test_the_index_of_a_clip_stands_before_its_media(studio: Studio) -> None:
    _, path = studio.cut(studio.count("a.mp4"), 2.0, 4.0)
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_no_highlights_give_no_clips(studio: Studio) -> None:
    made = studio.render(studio.count("a.mp4"), HighlightPlan(highlights=()))
    assert made.clips == ()


@pytest.mark.parametrize(
    "name",
    [
        "malformed/increasing_timestamps_360p.mp4",
        "malformed/mb_cursed-vfr.mp4",
        "malformed/mb_rotate.mp4",
        "malformed/hdr10-av1.mp4",
        "malformed/silent-black-10s.mp4",
        "video/eth_lecture_slide_10s.mov",
        "video/interview_bcast_35s.mp4",
        "video/opencast_scene_change_20s.mov",
    ],
)
def test_clips_of_real_and_broken_recordings_play(studio: Studio, media: Path, name: str) -> None:
    lecture = studio.open(media / name)
    start = lecture.duration / 4
    clip, path = studio.cut(lecture, start, start + 1.5, aspect="16:9")
    shown = frames(path)
    assert shown[0].shape == (clip.height, clip.width)
    if lecture.audio_track:
        assert sound(path).size / 48000 == pytest.approx(clip.length, abs=0.03)
