"""The whole stage on small films, made here or real."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from noteai.agents.layout import LayoutParams, layout
from noteai.errors import NotApplicable
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording, VideoTrack
from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.face_finder import CascadeFaceFinder
from noteai.resources.text_reader import Picture, RapidOcrReader, TextLine

WIDTH, HEIGHT = 640, 360
FACES = CascadeFaceFinder()


class NoText:
    identity = "none"

    def read(self, picture: Picture) -> tuple[TextLine, ...]:
        return ()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def slide(title: str, lines: int) -> Picture:
    import cv2

    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    cv2.putText(picture, title, (40, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 80), 3)
    for line in range(lines):
        place = (60, 120 + 40 * line)
        text = f"{title} point {line}"
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    return picture


def film(pictures: list[tuple[Picture, float]], path: Path, ffmpeg: Ffmpeg, *options: str) -> Path:
    """Each picture for so many seconds, 10 a second, a keyframe at least every 5 seconds."""
    frames = b"".join(picture.tobytes() * round(10 * seconds) for picture, seconds in pictures)
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", "10", "-i", "-")
    made = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "50")
    command = [ffmpeg.program, "-v", "error", *raw, *made, *options, str(path)]
    subprocess.run(command, input=frames, check=True)
    return path


def laid_out(path: Path, desk: Desk, ffmpeg: Ffmpeg, duration: float) -> LayoutTimeline:
    track = VideoTrack(
        index=0, codec="h264", width=WIDTH, height=HEIGHT, coded_width=WIDTH,
        coded_height=HEIGHT, frame_rate=10.0,
    )  # fmt: skip
    return layout(
        _recording(path, desk, duration, track), LayoutParams(), NoText(), FACES, ffmpeg, desk
    )


def _recording(path: Path, desk: Desk, duration: float, track: VideoTrack | None) -> Recording:
    file = desk.keep(path, "video/mp4")
    return Recording(
        file=file, container="mov", duration=duration, video=track, audio_track=None, audio=None
    )


def test_builds_and_a_return_are_one_slide(desk: Desk, ffmpeg: Ffmpeg) -> None:
    shown = [
        (slide("Sorting", 2), 6.0), (slide("Sorting", 4), 6.0), (slide("Merging", 5), 8.0),
        (slide("Sorting", 4), 6.0),
    ]  # fmt: skip
    found = laid_out(film(shown, desk.workdir / "a.mp4", ffmpeg), desk, ffmpeg, 26.0)
    assert [each.kind for each in found.shots] == ["slides"]
    visits = [[(v.start, v.end) for v in each.visits] for each in found.slides]
    assert len(visits) == 2
    assert np.allclose(visits[0], [(0, 12), (20, 26)], atol=0.5)
    assert np.allclose(visits[1], [(12, 20)], atol=0.5)
    assert desk.heard == sorted(desk.heard)


def test_a_build_made_after_the_last_keyframe_is_in_the_picture(desk: Desk, ffmpeg: Ffmpeg) -> None:
    import cv2

    shown = [(slide("Sorting", 2), 7.0), (slide("Sorting", 6), 2.0), (slide("Merging", 5), 8.0)]
    path = film(shown, desk.workdir / "a.mp4", ffmpeg, "-x264-params", "scenecut=0:keyint=40")
    found = laid_out(path, desk, ffmpeg, 17.0)
    picture = cv2.imread(str(desk.fetch(found.slides[0].picture)))
    assert picture is not None
    assert (picture[300:330] < 100).any()


def test_a_slide_between_two_keyframes_is_found_by_its_packets(desk: Desk, ffmpeg: Ffmpeg) -> None:
    shown = [(slide("Sorting", 4), 21.0), (slide("Merging", 5), 2.5), (slide("Heaps", 6), 20.5)]
    path = film(shown, desk.workdir / "a.mp4", ffmpeg, "-x264-params", "scenecut=0:keyint=50")
    found = laid_out(path, desk, ffmpeg, 44.0)
    assert len(found.slides) == 3
    assert np.allclose([(v.start, v.end) for v in found.slides[1].visits], [(21, 23.5)], atol=0.5)


@pytest.mark.parametrize("lead", [0.4, 0.8])
def test_a_slide_that_comes_right_after_a_keyframe_is_found(
    lead: float, desk: Desk, ffmpeg: Ffmpeg
) -> None:
    shown = [
        (slide("Sorting", 4), 40 + lead), (slide("Merging", 5), 3.0), (slide("Heaps", 6), 10.0),
    ]  # fmt: skip
    options = ("-x264-params", "scenecut=40:keyint=50:min-keyint=6")
    path = film(shown, desk.workdir / "a.mp4", ffmpeg, *options)
    found = laid_out(path, desk, ffmpeg, 53 + lead)
    visits = [(v.start, v.end) for each in found.slides for v in each.visits]
    assert np.allclose(visits[1], (40 + lead, 43 + lead), atol=0.3)
    assert len(visits) == 3


def test_a_file_with_one_keyframe_is_laid_out_as_well(desk: Desk, ffmpeg: Ffmpeg) -> None:
    shown = [(slide("Sorting", 4), 15.0), (slide("Merging", 5), 15.0)]
    path = film(shown, desk.workdir / "a.mp4", ffmpeg, "-x264-params", "scenecut=0:keyint=9999")
    found = laid_out(path, desk, ffmpeg, 30.0)
    assert [each.visits[0].start for each in found.slides] == pytest.approx([0.0, 15.0], abs=0.6)


def test_a_recording_without_picture_is_not_applicable(desk: Desk, ffmpeg: Ffmpeg) -> None:
    path = desk.workdir / "sound.mp4"
    path.write_bytes(b"sound")
    with pytest.raises(NotApplicable, match="no picture"):
        layout(_recording(path, desk, 5.0, None), LayoutParams(), NoText(), FACES, ffmpeg, desk)


def test_what_cannot_be_decoded_is_unknown_with_a_warning(desk: Desk, ffmpeg: Ffmpeg) -> None:
    path = desk.workdir / "broken.mp4"
    path.write_bytes(b"\0" * 4096)
    found = laid_out(path, desk, ffmpeg, 5.0)
    assert [each.kind for each in found.shots] == ["unknown"]
    assert found.warnings
    assert not found.slides


def test_print_is_read_with_its_place() -> None:
    lines = RapidOcrReader().read(slide("Sorting", 2))
    assert [each.text for each in lines] == ["Sorting", "Sorting point 0", "Sorting point 1"]
    assert lines[0].h > lines[1].h


def test_the_one_change_of_the_opencast_film_is_found(
    desk: Desk, ffmpeg: Ffmpeg, media: Path
) -> None:
    track = VideoTrack(
        index=0, codec="mjpeg", width=320, height=240, coded_width=320, coded_height=240,
        frame_rate=1.0,
    )  # fmt: skip
    path = media / "video/opencast_scene_change_20s.mov"
    found = layout(
        _recording(path, desk, 20.0, track), LayoutParams(), NoText(), FACES, ffmpeg, desk
    )
    assert [each.kind for each in found.shots] == ["slides"]
    assert len(found.slides) == 2


def test_a_talking_head_is_a_camera(desk: Desk, ffmpeg: Ffmpeg, media: Path) -> None:
    track = VideoTrack(
        index=0, codec="h264", width=512, height=512, coded_width=512, coded_height=512,
        frame_rate=25.0,
    )  # fmt: skip
    path = media / "layout/faces/lp_d0.mp4"
    found = layout(
        _recording(path, desk, 3.1, track), LayoutParams(), NoText(), FACES, ffmpeg, desk
    )
    assert [each.kind for each in found.shots] == ["camera"]
