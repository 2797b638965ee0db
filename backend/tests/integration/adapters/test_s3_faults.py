"""A store that fails has a coded outcome, and hands out nothing torn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_store import Fault, FaultyStore, faulty_store

from noteai.adapters.s3 import StoreRefused, StoreUnavailable, client
from noteai.adapters.s3_incoming import S3Incoming
from noteai.adapters.s3_store import FileAltered, S3Store
from noteai.engine.artifact import FileRef
from noteai.engine.ports import FileGone
from noteai.servers.object_store import StoreAddress

LARGE = bytes(range(256)) * (20 << 12)
"""20 MiB: travels in parts."""


@pytest.fixture(scope="module")
def faulty(object_store: StoreAddress) -> Iterator[FaultyStore]:
    with faulty_store(object_store) as door:
        yield door


@pytest.fixture
def store(faulty: FaultyStore, bucket: str) -> Iterator[S3Store]:
    made = client(
        endpoint=faulty.address.endpoint,
        region=faulty.address.region,
        access_key=faulty.address.access_key,
        secret_key=faulty.address.secret_key,
        attempts=2,
    )
    yield S3Store(made, bucket, "accounts/one/")
    faulty.behave()
    made.close()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def kept(store: S3Store, folder: Path, content: bytes = b"abc") -> FileRef:
    (folder / "kept").write_bytes(content)
    return store.put(folder / "kept", "video/mp4")


@pytest.mark.parametrize("content", [b"abc", LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", StoreUnavailable),
        ("503", StoreUnavailable),
        ("reset", StoreUnavailable),
        ("truncated", StoreUnavailable),
        ("403", StoreRefused),
        ("404", FileGone),
        ("altered", FileAltered),
    ],
)
def test_a_file_that_cannot_be_fetched_whole_is_not_fetched(
    store: S3Store,
    faulty: FaultyStore,
    tmp_path: Path,
    desk: Path,
    fault: Fault,
    error: type[Exception],
    content: bytes,
) -> None:
    ref = kept(store, tmp_path, content)
    faulty.misbehave(fault, when=lambda method, _: method == "GET" or fault == "404")
    with pytest.raises(error):
        store.fetch(ref, desk)
    assert list(desk.iterdir()) == []
    faulty.behave()
    assert store.fetch(ref, desk).read_bytes() == content


@pytest.mark.parametrize("fault", ["500", "503", "reset", "truncated", "slow"])
def test_one_failure_is_made_good_by_itself(
    store: S3Store, faulty: FaultyStore, tmp_path: Path, desk: Path, fault: Fault
) -> None:
    ref = kept(store, tmp_path, LARGE)
    faulty.misbehave(fault, times=1, when=lambda method, _: method == "GET")
    assert store.fetch(ref, desk).read_bytes() == LARGE


@pytest.mark.parametrize("content", [b"abc", LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", StoreUnavailable),
        ("reset", StoreUnavailable),
        ("404", StoreUnavailable),
        ("403", StoreRefused),
    ],
)
def test_a_file_that_cannot_be_kept_leaves_nothing(
    store: S3Store,
    faulty: FaultyStore,
    bucket: str,
    tmp_path: Path,
    fault: Fault,
    error: type[Exception],
    content: bytes,
) -> None:
    (tmp_path / "file").write_bytes(content)
    faulty.misbehave(fault, when=lambda method, _: method == "PUT")
    with pytest.raises(error):
        store.put(tmp_path / "file", "video/mp4")
    faulty.behave()
    assert store.clear() == 0
    assert list(S3Incoming(store.client, bucket).unfinished("accounts/")) == []


@pytest.mark.parametrize(
    ("fault", "error"), [("500", StoreUnavailable), ("truncated", StoreUnavailable)]
)
def test_a_manifest_that_cannot_be_read_now_is_no_miss(
    store: S3Store, faulty: FaultyStore, fault: Fault, error: type[Exception], tmp_path: Path
) -> None:
    key = "a" * 64
    store.client.put_object(
        Bucket=store.bucket, Key=f"{store.prefix}manifests/aa/{key}.json", Body=b"{" * 1000
    )
    faulty.misbehave(fault)
    with pytest.raises(error):
        store.load(key)
    faulty.behave()
    assert store.load(key) is None
