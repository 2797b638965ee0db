from pathlib import Path

import pytest

from noteai.adapters.folder_store import FolderStore


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def test_an_adopted_file_is_not_copied(store: FolderStore, tmp_path: Path) -> None:
    lecture = tmp_path / "lecture.mp4"
    lecture.write_bytes(b"abc")
    ref = store.adopt(lecture, "video/mp4")
    assert store.path(ref).resolve() == lecture
    assert store.has(ref)


def test_a_file_that_moved_is_adopted_where_it_is_now(store: FolderStore, tmp_path: Path) -> None:
    lecture = tmp_path / "lecture.mp4"
    lecture.write_bytes(b"abc")
    store.adopt(lecture, "video/mp4")
    moved = lecture.rename(tmp_path / "moved.mp4")
    ref = store.adopt(moved, "video/mp4")
    assert store.path(ref).resolve() == moved


def test_an_adopted_file_that_changed_its_size_is_no_longer_there(
    store: FolderStore, tmp_path: Path
) -> None:
    lecture = tmp_path / "lecture.mp4"
    lecture.write_bytes(b"abc")
    ref = store.adopt(lecture, "video/mp4")
    lecture.write_bytes(b"abcd")
    assert not store.has(ref)


def test_a_manifest_that_cannot_be_read_is_a_miss(store: FolderStore) -> None:
    broken = store.folder / "manifests" / "aa" / f"{'a' * 64}.json"
    broken.parent.mkdir(parents=True)
    broken.write_text('{"key": "a')
    assert store.load("a" * 64) is None


def test_a_copy_that_breaks_off_leaves_nothing(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    (tmp_path / "a").write_bytes(b"abc")
    with pytest.raises(OSError, match="No space"):
        store.put(tmp_path / "a", "text/plain")
    assert [each for each in store.folder.rglob("*") if each.is_file()] == []
