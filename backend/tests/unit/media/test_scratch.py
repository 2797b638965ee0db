"""Scratch folders of the living and of the dead."""

from pathlib import Path

from noteai.media.scratch import Scratch, sweep_scratch


def abandoned(parent: Path) -> Path:
    """The folder of a process that was killed."""
    scratch = Scratch(parent)
    scratch._lock.close()
    (scratch.folder / "left.mp4").touch()
    return scratch.folder


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    assert sweep_scratch(tmp_path) == 0
    assert scratch.folder.is_dir()
    scratch.close()


def test_a_closed_folder_is_gone(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    folder = abandoned(tmp_path)
    assert sweep_scratch(tmp_path) == 1
    assert not folder.exists()


def test_where_nothing_was_ever_made_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert sweep_scratch(tmp_path / "never") == 0


def test_folders_of_one_process_are_apart(tmp_path: Path) -> None:
    one, other = Scratch(tmp_path), Scratch(tmp_path)
    assert one.folder != other.folder
    one.close()
    other.close()
