"""What is counted of the requests to a store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_store import faulty_store
from measuring import text_of, values
from prometheus_client import CollectorRegistry

from noteai.adapters.s3 import client
from noteai.adapters.s3_store import S3Store
from noteai.engine.artifact import FileRef
from noteai.engine.ports import FileGone
from noteai.servers.object_store import StoreAddress

LARGE = bytes(range(256)) * (20 << 12)
"""20 MiB: travels in parts."""
_KEPT = "noteai_store_bytes_total"
_ASKED = "noteai_store_requests_total"


def opened(address: StoreAddress, bucket: str) -> S3Store:
    made = client(
        endpoint=address.endpoint,
        region=address.region,
        access_key=address.access_key,
        secret_key=address.secret_key,
        attempts=1,
    )
    return S3Store(made, bucket, "accounts/one/")


@pytest.fixture
def store(object_store: StoreAddress, bucket: str) -> Iterator[S3Store]:
    made = opened(object_store, bucket)
    yield made
    made.client.close()


@pytest.mark.parametrize("content", [b"abc", LARGE], ids=["small", "large"])
def test_the_bytes_of_a_file_are_counted_to_and_fro(
    store: S3Store, tmp_path: Path, measured: CollectorRegistry, content: bytes
) -> None:
    (tmp_path / "kept").write_bytes(content)
    ref = store.put(tmp_path / "kept", "video/mp4")
    assert values(text_of(measured), _KEPT, "direction") == {("put",): len(content)}
    store.put(tmp_path / "kept", "video/mp4")
    assert values(text_of(measured), _KEPT, "direction") == {("put",): len(content)}
    store.fetch(ref, tmp_path)
    both = {("put",): len(content), ("fetched",): len(content)}
    assert values(text_of(measured), _KEPT, "direction") == both


def test_what_is_missing_is_no_failure(
    store: S3Store, tmp_path: Path, measured: CollectorRegistry
) -> None:
    with pytest.raises(FileGone):
        store.fetch(FileRef(digest="0" * 64, media_type="", size=1), tmp_path)
    assert values(text_of(measured), _ASKED, "outcome") == {("missing",): 1}
    assert values(text_of(measured), _KEPT, "direction") == {}


@pytest.mark.parametrize(
    ("fault", "outcome"), [("503", "failed"), ("403", "refused"), ("reset", "unanswered")]
)
def test_what_fails_is_counted_as_it_failed(
    object_store: StoreAddress, bucket: str, measured: CollectorRegistry, fault: str, outcome: str
) -> None:
    with faulty_store(object_store) as faulty:
        store = opened(faulty.address, bucket)
        faulty.misbehave(fault)
        with pytest.raises(Exception):  # noqa: B017
            store.client.get_object(Bucket=bucket, Key="some")
        store.client.close()
    assert values(text_of(measured), _ASKED, "operation", "outcome") == {("GetObject", outcome): 1}
