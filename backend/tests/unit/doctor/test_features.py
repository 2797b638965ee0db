"""What doctor asks of ffmpeg is what NoteAI uses of it."""

import re
from fractions import Fraction

import pytest

from noteai.doctor.programs import FEATURES, names
from noteai.lecture.layout import Box
from noteai.media import container, filters
from noteai.media.cuts import Cut
from noteai.media.filters import Panel, Picture, Scene, Take

CUT = Cut(3.0, Fraction(25), ((0, 50), (75, 200)), lead=1.0)
WHOLE = Box(x=0, y=0, w=1280, h=720)
CORNER = Box(x=900, y=500, w=300, h=200)
SMALL = Box(x=0, y=90, w=960, h=540)
SCENE = Scene(
    panels=(
        Panel(source=WHOLE, target=SMALL, cover=CORNER),
        Panel(source=CORNER, target=Box(x=960, y=0, w=320, h=240)),
    )
)
PICTURE = Picture(
    index=0, source=(1280, 720), canvas=(1280, 720), snapshots=(10, 20),
    takes=(Take(first=0, end=50, scene=SCENE), Take(first=50, end=175, scene=SCENE)),
)  # fmt: skip


@pytest.mark.parametrize(
    "graph",
    [
        filters.video(PICTURE, CUT, 0.2, captioned=True),
        filters.audio(1, CUT, "a"),
        filters.level(3.0, -1.0, CUT, 0.2),
        filters.loudness(),
        filters.audiogram((1280, 720), WHOLE, CUT, 0.2, captioned=True),
    ],
)
def test_every_filter_of_a_graph_is_asked_for(graph: str) -> None:
    unlabelled = re.sub(r"\[[^\]]*\]", "", re.sub(r"'[^']*'", "", graph))
    used = {each.partition("=")[0] for each in re.split("[,;]", unlabelled) if each}
    assert used - set(FEATURES["filter"]) == set()


def test_every_format_that_is_recognised_is_asked_for() -> None:
    known = {demuxer for _, demuxer in container._PREFIXES}
    assert {*known, "avi", "wav", "mov", "mpegts", "aac"} <= set(FEATURES["demuxer"])


def test_names_are_read_behind_their_flags() -> None:
    listed = """Formats:
 D.. = Demuxing supported
 ..d = Is a device
 ---
 D d lavfi           Libavfilter virtual input device
 D   mov,mp4,m4a     QuickTime / MOV
  E  null            raw null video
"""
    assert names(listed) == {"lavfi", "mov", "mp4", "m4a", "null"}
    assert names(" TS ass   V->V  Render\n ... color  |->V  Source\n | = Sink\n") == {
        "ass",
        "color",
    }
    assert names("V....D libx264  H.264\n .....D = Supports\n") == {"libx264"}
