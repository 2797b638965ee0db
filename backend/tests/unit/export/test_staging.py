import errno
import json
import os
from pathlib import Path

import pytest

from noteai.errors import NoSpaceLeft
from noteai.export import OutputNotWritable, OutputOccupied, check_writable
from noteai.export.staging import OWNED, is_current, put_in_place, read_owned, staged


def put(out: Path, of: str = "x", **files: str) -> None:
    with staged(out) as staging:
        for name, text in files.items():
            staging.text(name, text)
        staging.commit(of)


def listing(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def test_files_appear_together_and_nothing_hidden_is_left(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    put(out, **{"a.txt": "1", "clips/b.txt": "2"})
    assert listing(out) == [OWNED, "a.txt", "clips/b.txt"]


def test_nothing_appears_when_the_work_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def fail() -> None:
        with staged(out) as staging:
            staging.text("a.txt", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not out.exists()


def test_files_of_an_earlier_run_are_replaced_or_removed_and_others_stay(tmp_path: Path) -> None:
    put(tmp_path, **{"a.txt": "old", "clips/gone.txt": "old"})
    (tmp_path / "notes.txt").write_text("mine")
    put(tmp_path, **{"a.txt": "new"})
    assert (tmp_path / "a.txt").read_text() == "new"
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "clips").exists()


def test_a_folder_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    first, second, out = tmp_path / "first", tmp_path / "second", tmp_path / "out"
    for folder, clip in ((first, "clips/a.mp4"), (second, "clips/b.mp4")):
        (folder / "clips").mkdir(parents=True)
        (folder / clip).write_text(folder.name)
        (folder / "index.html").write_text(folder.name)
        (folder / OWNED).write_text("{}")
        put_in_place(folder, out, of=folder.name)
    assert listing(out) == [OWNED, "clips/b.mp4", "index.html"]
    assert (out / "index.html").read_text() == "second"
    assert is_current(out, "second")


def test_a_strangers_file_is_refused_before_anything_changes(tmp_path: Path) -> None:
    put(tmp_path, **{"a.txt": "old"})
    (tmp_path / "b.txt").write_text("mine")
    with pytest.raises(OutputOccupied) as refused:
        put(tmp_path, **{"a.txt": "new", "b.txt": "new"})
    assert refused.value.exit_status == 74
    assert (tmp_path / "a.txt").read_text() == "old"
    assert (tmp_path / "b.txt").read_text() == "mine"


def test_a_forged_list_of_files_removes_nothing_elsewhere(tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "precious.txt"
    out.mkdir()
    other.write_text("keep")
    forged = dict.fromkeys(["../precious.txt", str(other), "", "a\\b"])
    (out / OWNED).write_text(json.dumps({"version": 1, "files": forged}))
    assert read_owned(out) == set()
    put(out, **{"a.txt": "1"})
    assert other.read_text() == "keep"


def test_nothing_is_removed_through_a_link_that_leads_out(tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    put(out, **{"clips/a.txt": "1"})
    other.mkdir()
    (other / "a.txt").write_text("keep")
    (out / "clips" / "a.txt").unlink()
    (out / "clips").rmdir()
    (out / "clips").symlink_to(other)
    put(out, **{"b.txt": "1"})
    assert (other / "a.txt").read_text() == "keep"


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"files": 3}', '{"files": [1]}'])
def test_a_damaged_list_of_files_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / OWNED).write_text(text)
    assert read_owned(tmp_path) == set()
    assert not is_current(tmp_path, "x")


def test_a_folder_is_current_until_a_file_changes(tmp_path: Path) -> None:
    put(tmp_path, of="x", **{"a.txt": "1", "b.txt": "1"})
    assert is_current(tmp_path, "x")
    assert not is_current(tmp_path, "y")
    (tmp_path / "a.txt").write_text("edited")
    assert not is_current(tmp_path, "x")


def test_a_folder_that_lost_a_file_is_not_current(tmp_path: Path) -> None:
    put(tmp_path, of="x", **{"a.txt": "1"})
    (tmp_path / "a.txt").unlink()
    assert not is_current(tmp_path, "x")


def test_pictures_share_the_original_and_texts_do_not(tmp_path: Path) -> None:
    original, out = tmp_path / "original", tmp_path / "out"
    original.write_bytes(b"1")
    with staged(out) as staging:
        staging.link("a.mp4", original)
        staging.copy("a.srt", original)
        staging.commit("x")
    assert (out / "a.mp4").samefile(original)
    assert not (out / "a.srt").samefile(original)


def test_a_file_is_copied_where_it_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    original, out = tmp_path / "original", tmp_path / "out"
    original.write_bytes(b"1")
    with staged(out) as staging:
        staging.link("a.mp4", original)
        staging.commit("x")
    assert (out / "a.mp4").read_bytes() == b"1"
    assert not (out / "a.mp4").samefile(original)


def test_a_file_in_the_folders_place_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputNotWritable) as refused:
        check_writable(tmp_path / "out")
    assert "out" in refused.value.message
    assert refused.value.exit_status == 73


def test_checking_a_folder_leaves_no_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "out")
    assert listing(tmp_path) == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(NoSpaceLeft), staged(tmp_path / "out") as staging:
        staging.text("a.txt", "1")
    assert not (tmp_path / "out").exists()


def test_what_a_killed_run_left_is_removed_after_a_while(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".noteai-new-old", tmp_path / ".noteai-new-fresh"
    for folder in (old, fresh):
        folder.mkdir()
    os.utime(old, (1e9, 1e9))
    put(tmp_path, **{"a.txt": "1"})
    assert not old.exists()
    assert fresh.exists()
