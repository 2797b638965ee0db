import math
from fractions import Fraction

import pytest

from noteai.engine.artifact import FileRef
from noteai.lecture.layout import Box
from noteai.lecture.recording import AudioTrack, Recording, VideoTrack
from noteai.media import render
from noteai.media.cuts import Cut
from noteai.media.filters import Panel, Picture, Scene, Take
from noteai.media.render import Encoding, Label, Mix

CUT = Cut(start=10.0, rate=Fraction(30000, 1001), kept=((0, 100),))
ENCODING = Encoding("veryfast", 20, 128_000, 2)
MIX = Mix(2.0, -1.5, 0.15)
LABEL = Label("deu")
WHOLE = Box(0, 0, 640, 360)
PICTURE = Picture(
    index=0,
    source=(640, 360),
    canvas=(640, 360),
    takes=(Take(first=0, end=100, scene=Scene(panels=(Panel(source=WHOLE, target=WHOLE),))),),
    snapshots=(1,),
)


def recording(*, heard: bool = True) -> Recording:
    video = VideoTrack(
        index=0,
        codec="h264",
        width=640,
        height=360,
        coded_width=640,
        coded_height=360,
        frame_rate=30,
    )
    track = AudioTrack(index=2, codec="aac", sample_rate=48000, channels=2)
    return Recording(
        file=FileRef(digest="0" * 64, media_type="video/mp4", size=1),
        container="mov",
        duration=60,
        video=video,
        audio_track=track if heard else None,
        audio=None,
    )


def arguments(*, heard: bool = True, label: Label = LABEL) -> tuple[str, ...]:
    given = recording(heard=heard), CUT, PICTURE, MIX, ENCODING, label
    return render.clip("in", *given, captioned=False)


def after(args: tuple[str, ...], option: str) -> str:
    return args[args.index(option) + 1]


def test_filters_of_a_clip_share_no_picture_among_threads() -> None:
    assert after(arguments(), "-filter_complex_threads") == "1"


def test_the_file_is_opened_with_its_demuxer_at_the_keyframe_before_the_cut() -> None:
    args = arguments()
    assert after(args, "-f") == "mov"
    assert after(args, "-ss") == "10.000000"
    assert args.index("-noaccurate_seek") < args.index("-i")


def test_one_run_writes_the_clip_and_its_snapshots() -> None:
    args = arguments()
    assert args.count("-i") == 1
    assert {render.VIDEO_FILE, render.SNAPSHOTS} <= set(args)
    assert after(args, "-movflags") == "+faststart"


def test_captions_are_opened_from_a_file_of_ours_after_the_recording() -> None:
    args = arguments(label=Label("deu", has_text=True))
    inputs = [args[n + 1] for n, each in enumerate(args) if each == "-i"]
    assert inputs == ["in", render.TEXT_FILE]
    assert after(args, "-metadata:s:s:0") == after(args, "-metadata:s:a:0") == "language=deu"


def test_a_clip_without_captions_has_no_text() -> None:
    assert "-c:s" not in arguments()


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Why \"heat\" = work; -i 'x'", "title=Why \"heat\" = work; -i 'x'"),
        ("One\ntwo\0three", "title=One two three"),
        ("-y \ud800[x]%d", "title=-y [x]%d"),
        ("x" * 999, f"title={'x' * 200}"),
    ],
)
def test_a_title_is_one_argument_without_what_is_not_printed(title: str, told: str) -> None:
    assert after(arguments(label=Label("eng", title)), "-metadata") == told


@pytest.mark.parametrize("title", ["", " \n\0"])
def test_an_empty_title_is_not_told(title: str) -> None:
    assert "-metadata" not in arguments(label=Label("eng", title))


def test_the_track_that_speaks_is_the_one_that_is_heard() -> None:
    assert "[0:2]" in after(arguments(), "-filter_complex")


def test_a_recording_without_sound_gives_a_clip_without_sound() -> None:
    args = arguments(heard=False)
    assert "-c:a" not in args
    assert "ebur128" not in after(args, "-filter_complex")


def test_an_audiogram_draws_the_sound_that_is_heard() -> None:
    graph = audiogram(captioned=True)
    assert "showwaves=s=640x360" in graph
    assert "[0:0]" not in graph


@pytest.mark.parametrize("captioned", [True, False])
def test_letters_are_drawn_on_an_audiogram_where_they_are_asked_for(captioned: bool) -> None:
    assert ("ass=" in audiogram(captioned=captioned)) == captioned


def audiogram(*, captioned: bool) -> str:
    size = 1280, 720
    given = recording(), CUT, size, WHOLE, MIX, ENCODING, LABEL
    args = render.audiogram("in", *given, captioned=captioned)
    return after(args, "-filter_complex")


def test_measuring_writes_no_file() -> None:
    args = render.measure("in", recording(), CUT, MIX)
    assert args[-3:] == ("-f", "null", "-")
    assert "alimiter" in after(args, "-filter_complex")
    assert "alimiter" not in after(render.measure("in", recording(), CUT), "-filter_complex")


def test_loudness_is_the_last_running_value() -> None:
    printed = "lavfi.r128.I=-30.1\nlavfi.r128.sample_peak=0.1\nlavfi.r128.I=-16.2\n"
    heard = render.loudness(printed + "lavfi.r128.sample_peak=0.5\n")
    assert heard.integrated == -16.2
    assert math.isclose(heard.peak, -6.02, abs_tol=0.01)


def test_silence_has_the_lowest_loudness() -> None:
    assert render.loudness("lavfi.r128.I=-inf").integrated == render.SILENT
    assert render.loudness("").integrated == render.SILENT
