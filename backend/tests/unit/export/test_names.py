from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.export import Finished
from noteai.export.names import MAX_BYTES, name_all, safe
from noteai.lecture.clips import Clip, ClipSet

FORBIDDEN = set('<>:"/\\|?*\0\n\t ')


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What is a map?", "What-is-a-map"),
        ("../../etc/passwd", "etc-passwd"),
        ("-rf $(reboot)", "rf-reboot"),
        ("수업 소개 — 第一課", "수업-소개-第一課"),
        ("Über 3.5 km", "Über-3.5-km"),
        ("C++", "C++"),
        ("con.txt", "clip-con.txt"),
        ("NUL", "clip-NUL"),
        ("...", "clip"),
        ("🎓", "clip"),
        ("a\u202eb\u0000c", "a-b-c"),
    ],
)
def test_a_title_becomes_a_name_that_every_file_system_takes(title: str, name: str) -> None:
    assert safe(title, "clip") == name


@given(st.text())
def test_a_name_is_short_and_has_nothing_that_is_forbidden(title: str) -> None:
    name = safe(title, "clip")
    assert 0 < len(name.encode()) <= MAX_BYTES + len("clip-")
    assert not FORBIDDEN & set(name)
    assert name[0] not in ".-"
    assert name[-1] not in ".-"


def test_a_long_title_is_cut_between_words() -> None:
    assert safe("meaning " * 20, "clip") == "-".join(["meaning"] * 7)


def test_a_letter_is_not_cut_from_its_marks() -> None:
    name = safe("x" * 57 + "q\u0323\u0307\u0301", "clip")
    assert name == "x" * 57


def test_clips_are_numbered_by_rank_and_never_share_a_name(
    lecture: Finished, clip_of: Callable[[int, str], Clip]
) -> None:
    clips = (clip_of(3, "Same"), clip_of(1, "Same"), clip_of(2, "same"))
    names = name_all(replace(lecture, clips=ClipSet(clips=clips, aspect="16:9")))
    videos = [each.video for each in names.clips]
    assert videos == ["clips/01-Same.mp4", "clips/02-same.mp4", "clips/03-Same.mp4"]
    assert names.clips[0].srt == "clips/01-Same.srt"


def test_slides_are_named_by_their_titles(lecture: Finished) -> None:
    assert name_all(lecture).slides == {"v0": "slides/01-b-Words-b.png"}
