"""What every `ArtifactStore` does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.near_store import NearStore
from noteai.adapters.s3_store import S3Store, client
from noteai.engine.artifact import FileRef
from noteai.engine.manifest import Manifest
from noteai.engine.ports import ArtifactStore, FileGone
from noteai.servers.object_store import StoreAddress

MISSING = FileRef(digest="0" * 64, media_type="text/plain", size=3)


@pytest.fixture(params=["folder", "s3", "near"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    made: S3Store = request.getfixturevalue("s3_store")
    return NearStore(made, tmp_path / "near", "one", 1 << 30) if request.param == "near" else made


@pytest.fixture
def s3_store(object_store: StoreAddress, bucket: str) -> Iterator[S3Store]:
    made = client(
        endpoint=object_store.endpoint,
        region=object_store.region,
        access_key=object_store.access_key,
        secret_key=object_store.secret_key,
    )
    yield S3Store(made, bucket, "accounts/one/")
    made.close()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def manifest(key: str = "a" * 64, seconds: float = 1.0) -> Manifest:
    return Manifest(
        key=key,
        stage="silence",
        version="1",
        inputs={},
        params={},
        resources={},
        output={"duration": 1.0},
        digest="b" * 64,
        files=(),
        seconds=seconds,
        peak_memory=1,
    )


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_comes_back_as_it_was(store: ArtifactStore, desk: Path, tmp_path: Path) -> None:
    ref = store.put(written(tmp_path, "-odd name'.txt", "abc"), "text/plain")
    assert (ref.size, ref.media_type) == (3, "text/plain")
    assert store.has(ref)
    assert store.fetch(ref, desk).read_text() == "abc"


def test_a_large_file_comes_back_as_it_was(
    store: ArtifactStore, desk: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"".join(n.to_bytes(4) * 256 for n in range(40_000)))
    ref = store.put(large, "video/mp4")
    assert store.has(ref)
    assert store.fetch(ref, desk).read_bytes() == large.read_bytes()


def test_an_empty_file_is_a_file(store: ArtifactStore, desk: Path, tmp_path: Path) -> None:
    ref = store.put(written(tmp_path, "empty", ""), "text/plain")
    assert store.has(ref)
    assert store.fetch(ref, desk).read_text() == ""


def test_a_file_of_another_size_is_not_there(store: ArtifactStore, tmp_path: Path) -> None:
    ref = store.put(written(tmp_path, "one", "abc"), "text/plain")
    assert not store.has(ref.model_copy(update={"size": 4}))


def test_equal_contents_have_one_name(store: ArtifactStore, tmp_path: Path) -> None:
    one = store.put(written(tmp_path, "one", "abc"), "text/plain")
    two = store.put(written(tmp_path, "two", "abc"), "text/plain")
    assert one == two


def test_the_store_keeps_a_copy(store: ArtifactStore, desk: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "one", "abc")
    ref = store.put(path, "text/plain")
    path.write_text("xyz")
    assert store.fetch(ref, desk).read_text() == "abc"


def test_a_file_may_be_fetched_twice(store: ArtifactStore, desk: Path, tmp_path: Path) -> None:
    ref = store.put(written(tmp_path, "one", "abc"), "text/plain")
    assert store.fetch(ref, desk) == store.fetch(ref, desk)


def test_a_file_that_is_not_there_is_said_to_be_gone(store: ArtifactStore, desk: Path) -> None:
    assert not store.has(MISSING)
    with pytest.raises(FileGone):
        store.fetch(MISSING, desk)


def test_a_manifest_comes_back_as_it_was(store: ArtifactStore) -> None:
    store.save(manifest())
    assert store.load("a" * 64) == manifest()


def test_no_manifest_is_a_miss(store: ArtifactStore) -> None:
    assert store.load("c" * 64) is None


def test_a_manifest_written_again_takes_its_place(store: ArtifactStore) -> None:
    store.save(manifest(seconds=1))
    store.save(manifest(seconds=2))
    loaded = store.load("a" * 64)
    assert loaded is not None
    assert loaded.seconds == 2
