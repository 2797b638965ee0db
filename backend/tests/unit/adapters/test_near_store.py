"""Files come from the far store once, and are thrown out when there is no room."""

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.near_store import NearStore
from noteai.engine.artifact import FileRef
from noteai.engine.ports import FileGone


@dataclass
class FarStore(FolderStore):
    """Hands out copies, as a store over the network does, and counts them."""

    folder: Path
    fetched: list[str] = field(default_factory=list)

    def fetch(self, ref: FileRef, into: Path) -> Path:
        self.fetched.append(ref.digest)
        link = super().fetch(ref, into)
        source = link.resolve()
        link.unlink()
        return Path(shutil.copyfile(source, link))


@pytest.fixture
def far(tmp_path: Path) -> FarStore:
    return FarStore(tmp_path / "far")


def near(far: FarStore, tmp_path: Path, owner: str = "one", room: int = 1000) -> NearStore:
    return NearStore(far, tmp_path / "near", owner, room)


def desk(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def kept(far: FarStore, tmp_path: Path, content: str) -> FileRef:
    (tmp_path / "file").write_text(content)
    return far.put(tmp_path / "file", "text/plain")


def files(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "near").glob("*/[0-9a-f]*")}


def test_a_file_comes_from_afar_once(far: FarStore, tmp_path: Path) -> None:
    ref, store = kept(far, tmp_path, "abc"), near(far, tmp_path)
    for name in ("first", "second"):
        assert store.fetch(ref, desk(tmp_path, name)).read_text() == "abc"
    assert len(far.fetched) == 1


def test_many_that_want_a_file_at_once_wait_for_one(far: FarStore, tmp_path: Path) -> None:
    ref, store, ready = kept(far, tmp_path, "abc"), near(far, tmp_path), threading.Barrier(8)

    def fetch(number: int) -> str:
        folder = desk(tmp_path, f"desk{number}")
        ready.wait()
        return store.fetch(ref, folder).read_text()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fetch, range(8))) == {"abc"}
    assert len(far.fetched) == 1


def test_what_was_not_fetched_for_longest_makes_room(far: FarStore, tmp_path: Path) -> None:
    store = near(far, tmp_path, room=10)
    old, used, new = (kept(far, tmp_path, text) for text in ("aaaa", "bbbb", "cccc"))
    held = store.fetch(old, desk(tmp_path, "first"))
    store.fetch(used, desk(tmp_path, "second"))
    store.fetch(new, desk(tmp_path, "third"))
    assert files(tmp_path) == {used.digest, new.digest}
    assert held.read_text() == "aaaa"


def test_a_file_that_takes_most_of_the_room_is_not_kept(far: FarStore, tmp_path: Path) -> None:
    ref, store = kept(far, tmp_path, "abcdef"), near(far, tmp_path, room=10)
    assert store.fetch(ref, desk(tmp_path, "first")).read_text() == "abcdef"
    assert files(tmp_path) == set()


def test_accounts_share_no_file(far: FarStore, tmp_path: Path) -> None:
    ref = kept(far, tmp_path, "abc")
    for owner in ("one", "two"):
        near(far, tmp_path, owner).fetch(ref, desk(tmp_path, owner))
    assert len(far.fetched) == 2


def test_what_is_gone_afar_leaves_nothing_near(far: FarStore, tmp_path: Path) -> None:
    missing = FileRef(digest="0" * 64, media_type="text/plain", size=3)
    with pytest.raises(FileGone):
        near(far, tmp_path).fetch(missing, desk(tmp_path, "first"))
    assert [path.name for path in (tmp_path / "near" / "one").iterdir()] == [".00.lock"]


def test_a_file_that_cannot_be_linked_is_fetched(
    far: FarStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "another device")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    ref = kept(far, tmp_path, "abc")
    assert near(far, tmp_path).fetch(ref, desk(tmp_path, "first")).read_text() == "abc"


def test_what_a_killed_process_had_begun_is_removed(far: FarStore, tmp_path: Path) -> None:
    ref, store = kept(far, tmp_path, "abc"), near(far, tmp_path)
    mine = tmp_path / "near" / "one" / f".new-{ref.digest[:2]}-x"
    others = tmp_path / "near" / "one" / ".new-zz-x"
    forgotten = tmp_path / "near" / "one" / ".new-yy-x"
    for folder in (mine, others, forgotten):
        folder.mkdir(parents=True)
    os.utime(forgotten, (0, 0))
    store.fetch(ref, desk(tmp_path, "first"))
    assert [each.exists() for each in (mine, others, forgotten)] == [False, True, False]
