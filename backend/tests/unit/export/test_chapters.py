import pytest

from noteai.export import Finished
from noteai.export.chapters import (
    Chapter,
    as_ffmetadata,
    as_vtt,
    as_youtube,
    chapters_of,
    clock,
)


def test_chapters_cover_the_recording_from_its_start(lecture: Finished) -> None:
    found = chapters_of(lecture.topics, 60.0)
    assert [(each.start, each.end) for each in found] == [(0.0, 18.0), (18.0, 60.0)]


def test_no_topics_are_no_chapters() -> None:
    assert chapters_of((), 60.0) == []


def test_youtube_lines_start_at_zero_and_have_no_angle_brackets(lecture: Finished) -> None:
    assert as_youtube(chapters_of(lecture.topics, 60.0)) == "0:00 A ‹start›\n0:18 B = 2; \\ #\n"


@pytest.mark.parametrize(
    ("starts", "lines"),
    [
        ((0, 22, 67, 93), "0:00 a\n0:22 b\n1:07 c\n"),
        ((0, 4, 50), "0:00 b\n0:50 c\n"),
        ((0, 30, 35, 39, 60), "0:00 a\n0:30 d\n1:00 e\n"),
        ((0, 40, 50.9, 60.1), "0:00 a\n0:40 b\n0:50 c\n1:00 d\n"),
        ((), ""),
    ],
    ids=["last", "first", "several", "by-the-clock", "none"],
)
def test_a_chapter_that_is_too_short_for_youtube_joins_a_neighbour(
    starts: tuple[float, ...], lines: str
) -> None:
    ends = [*starts[1:], 101.6]
    chapters = [Chapter(*each) for each in zip(starts, ends, "abcdef", strict=False)]
    assert as_youtube(chapters) == lines


def test_vtt_escapes_what_has_a_meaning_there() -> None:
    said = as_vtt([Chapter(0.0, 3723.5, "a --> b & <c>")])
    assert said == "WEBVTT\n\n00:00:00.000 --> 01:02:03.500\na --&gt; b &amp; &lt;c&gt;\n"


def test_ffmetadata_escapes_what_has_a_meaning_there() -> None:
    said = as_ffmetadata([Chapter(0.0, 1.5, "B = 2; \\ #")], "x=y")
    assert said.startswith(";FFMETADATA1\ntitle=x\\=y\n[CHAPTER]\nTIMEBASE=1/1000\n")
    assert "START=0\nEND=1500\ntitle=B \\= 2\\; \\\\ \\#\n" in said


def test_clock_shows_hours_only_where_there_are_some() -> None:
    assert [clock(t) for t in (0, 7.99, 754, 3723)] == ["0:00", "0:07", "12:34", "1:02:03"]
