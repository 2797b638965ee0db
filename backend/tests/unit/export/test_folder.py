from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noteai.export import Finished, write
from noteai.export.staging import OWNED
from noteai.media.ffmpeg import Ffmpeg

NEVER = Ffmpeg("/nowhere/ffmpeg")
"""The lecture here has no sound, so no program is run."""


def listing(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_the_folder_holds_all_that_was_made(lecture: Finished, shelf: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert write(out, lecture, shelf.fetch, NEVER) == out / "index.html"
    clips = {
        f"clips/{stem}.{suffix}"
        for stem in ("01-Nr.-1-what-why", "02-Nr.-1-what-why")
        for suffix in ("mp4", "srt", "vtt", "jpg", "json")
    }
    data = {f"{name}.json" for name in ("transcript", "silence", "layout", "content", "run")}
    chapters = {f"chapters.{suffix}" for suffix in ("vtt", "ffmetadata")}
    texts = {f"transcript.{suffix}" for suffix in ("txt", "srt", "vtt")}
    rest = {"highlights.json", "highlights.otio", "slides/01-b-Words-b.png", "index.html", OWNED}
    assert listing(out) == clips | data | chapters | texts | rest


def test_page_and_timeline_refer_to_the_recording_from_where_they_lie(
    lecture: Finished, shelf: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write(out, lecture, shelf.fetch, NEVER)
    for name in ("index.html", "highlights.otio"):
        assert '"../My%20lecture%20%231.mp4"' in (out / name).read_text(encoding="utf-8")


def test_the_page_links_only_to_what_is_there(
    lecture: Finished, shelf: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    page = write(out, lecture, shelf.fetch, NEVER).read_text(encoding="utf-8")
    for name in listing(out) - {OWNED, "index.html"}:
        is_linked = f'"{name}"' in page
        assert is_linked or (name.startswith("clips/") and name.endswith(".json")), name


def test_chapters_for_youtube_are_written_where_there_are_enough_for_it(
    lecture: Finished, shelf: Any, tmp_path: Path
) -> None:
    assert lecture.content
    first, second = lecture.topics
    cut = [
        first,
        first.model_copy(update={"start": 12.0}),
        second.model_copy(update={"start": 30.0}),
    ]
    content = lecture.content.model_copy(update={"topics": tuple(cut)})
    for name, which in (("two", lecture), ("three", replace(lecture, content=content))):
        page = write(tmp_path / name, which, shelf.fetch, NEVER).read_text(encoding="utf-8")
        is_there = (tmp_path / name / "chapters.txt").exists()
        assert is_there == ("chapters.txt" in page) == (name == "three")


def test_a_second_run_with_the_same_result_changes_nothing(
    lecture: Finished, shelf: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    page = write(out, lecture, shelf.fetch, NEVER)
    before = page.stat().st_ino
    later = replace(lecture, manifests=({"stage": "clips", "source": "cached"},))
    write(out, later, shelf.fetch, NEVER)
    assert page.stat().st_ino == before


def test_a_second_run_with_another_result_takes_the_place_of_the_first(
    lecture: Finished, shelf: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write(out, lecture, shelf.fetch, NEVER)
    less = replace(lecture, clips=None, layout=None)
    page = write(out, less, shelf.fetch, NEVER)
    assert not (out / "clips").exists()
    assert not (out / "slides").exists()
    assert "clips/" not in page.read_text(encoding="utf-8")


def test_an_edited_file_is_written_anew(lecture: Finished, shelf: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, lecture, shelf.fetch, NEVER)
    (out / "clips/01-Nr.-1-what-why.srt").write_text("edited")
    write(out, lecture, shelf.fetch, NEVER)
    assert (out / "clips/01-Nr.-1-what-why.srt").read_text() == "srt 1"


def test_nothing_is_written_when_a_file_is_missing(
    lecture: Finished, shelf: Any, tmp_path: Path
) -> None:
    assert lecture.clips
    shelf.fetch(lecture.clips.clips[1].vtt).unlink()
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "out", lecture, shelf.fetch, NEVER)
    assert not (tmp_path / "out").exists()
