from dataclasses import replace
from fractions import Fraction

import pytest

from noteai.lecture.layout import Box
from noteai.media import filters
from noteai.media.cuts import Cut
from noteai.media.filters import Panel, Picture, Scene, Take

HD = (1280, 720)
CUT = Cut(start=10.0, rate=Fraction(25), kept=((0, 100),))
WHOLE = Scene(panels=(Panel(source=Box(0, 0, *HD), target=Box(0, 0, *HD)),))
BESIDE = Scene(
    panels=(
        Panel(
            source=Box(64, 36, 1152, 648),
            target=Box(0, 80, 998, 560),
            cover=Box(1021, 36, 195, 74),
        ),
        Panel(source=Box(1020, 0, 196, 110), target=Box(1014, 280, 266, 150)),
    )
)


def picture(*takes: Take) -> Picture:
    return Picture(index=0, source=HD, canvas=HD, takes=takes, snapshots=(3, 50))


def seen(*takes: Take, cut: Cut = CUT, fade: float = 0.0, captioned: bool = False) -> str:
    return filters.video(picture(*takes), cut, fade, captioned=captioned)


def test_a_whole_picture_is_neither_cropped_nor_padded_nor_joined() -> None:
    graph = seen(Take(first=0, end=100, scene=WHOLE))
    assert not any(name in graph for name in ("crop=", "pad=1280", "overlay", "concat", "fade"))


def test_frames_are_counted_from_the_instant_of_the_cut() -> None:
    graph = seen(Take(first=0, end=100, scene=WHOLE), cut=replace(CUT, lead=4.0))
    assert "setpts=PTS-4.000000/TB,fps=25/1,tpad" in graph
    assert "trim=end_frame=100" in graph


def test_the_camera_is_laid_beside_the_slides_and_its_old_place_is_covered() -> None:
    graph = seen(Take(first=0, end=100, scene=BESIDE))
    assert "drawbox=1021:36:195:74" in graph
    assert "crop=1152:648:64:36,scale=998:560" in graph
    assert "pad=266:720:0:280" in graph
    assert "[p0x0][p0x1]hstack" in graph


def scene_of(*targets: Box) -> Scene:
    return Scene(panels=tuple(Panel(source=Box(0, 0, 320, 180), target=each) for each in targets))


@pytest.mark.parametrize(
    ("targets", "joined"),
    [
        ((Box(0, 0, 800, 450), Box(810, 200, 400, 300)), "[p0x0][p0x1]hstack[c0]"),
        ((Box(410, 0, 800, 450), Box(0, 200, 400, 300)), "[p0x1][p0x0]hstack[c0]"),
        ((Box(0, 0, 800, 400), Box(200, 402, 400, 300)), "[p0x0][p0x1]vstack[c0]"),
        ((Box(0, 300, 800, 400), Box(200, 0, 400, 300)), "[p0x1][p0x0]vstack[c0]"),
        ((Box(0, 0, 800, 450), Box(600, 200, 400, 300)), "overlay=600:200[c0]"),
        ((Box(0, 0, 800, 450), Box(811, 200, 400, 300)), "overlay=811:200[c0]"),
    ],
)
def test_panels_that_lie_apart_are_stacked_and_others_overlaid(
    targets: tuple[Box, Box], joined: str
) -> None:
    graph = seen(Take(first=0, end=100, scene=scene_of(*targets)))
    assert joined in graph
    assert ("overlay" in graph) is joined.startswith("overlay")


def test_takes_are_joined_at_their_frames() -> None:
    graph = seen(Take(first=0, end=40, scene=WHOLE), Take(first=40, end=100, scene=BESIDE))
    assert "trim=start_frame=0:end_frame=40" in graph
    assert "trim=start_frame=40:end_frame=100" in graph
    assert "concat=n=2:v=1:a=0" in graph


def test_every_label_is_made_once_and_used_once() -> None:
    graph = seen(Take(first=0, end=40, scene=WHOLE), Take(first=40, end=100, scene=BESIDE))
    labels = [part.split("]")[0] for part in graph.split("[")[1:]]
    inner = [each for each in labels if each not in ("0:0", "video", "snapshots")]
    assert all(inner.count(each) == 2 for each in inner)


def test_removed_pauses_are_dropped_from_picture_and_sound_alike() -> None:
    cut = Cut(start=0.0, rate=Fraction(25), kept=((0, 25), (75, 100)))
    assert "select='between(n,0,24)+between(n,75,99)'" in seen(
        Take(first=0, end=50, scene=WHOLE), cut=cut
    )
    sound = filters.audio(1, cut, "a")
    assert "atrim=start_sample=0:end_sample=48000" in sound
    assert "atrim=start_sample=144000:end_sample=192000" in sound


def test_fades_end_with_the_last_frame() -> None:
    graph = seen(Take(first=0, end=100, scene=WHOLE), fade=0.2)
    assert "fade=t=in:s=0:n=5,fade=t=out:s=95:n=5" in graph


def test_captions_come_from_a_file_of_ours() -> None:
    graph = seen(Take(first=0, end=100, scene=WHOLE), captioned=True)
    assert "ass=captions.ass:fontsdir=fonts" in graph


def test_snapshots_are_taken_before_captions_and_fades() -> None:
    graph = seen(Take(first=0, end=100, scene=WHOLE), fade=0.2, captioned=True)
    chain = next(part for part in graph.split(";") if part.endswith("[snapshots]"))
    assert chain == "[seen]select='eq(n,3)+eq(n,50)'[snapshots]"


def test_peaks_are_held_under_the_true_peak_with_room_to_spare() -> None:
    chain = filters.level(3.0, -1.5, CUT, 0.0)
    assert "volume=3.000dB" in chain
    limit = float(chain.split("limit=")[1].split(":")[0])
    assert limit < 10 ** (-1.5 / 20)
    assert "afade" not in chain
