"""What the store in a bucket does beyond the contract, on an S3 of moto in this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from noteai.adapters.s3_incoming import S3Incoming
from noteai.adapters.s3_store import FileAltered, S3Store, client, prepare_bucket
from noteai.engine.ports import FileGone

BUCKET = "lectures"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    from moto import mock_aws

    with mock_aws():
        made = client(access_key="a", secret_key="b")  # noqa: S106 - of no real store
        prepare_bucket(made, BUCKET)
        yield made
        made.close()


@pytest.fixture
def store(s3: Any, request: pytest.FixtureRequest) -> S3Store:
    return S3Store(s3, BUCKET, f"accounts/{request.node.name}/")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("abc")
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def test_a_bucket_may_be_prepared_again(s3: Any) -> None:
    prepare_bucket(s3, BUCKET)
    [rule] = s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    assert "PUT" in rule["AllowedMethods"]
    assert "ETag" in rule["ExposeHeaders"]


def test_accounts_share_nothing(s3: Any, store: S3Store, file: Path) -> None:
    ref = store.put(file, "text/plain")
    assert not S3Store(s3, BUCKET, "accounts/another/").has(ref)


def test_a_file_is_sent_once(s3: Any, store: S3Store, file: Path) -> None:
    ref = store.put(file, "text/plain")
    before = s3.head_object(Bucket=BUCKET, Key=store.key(ref))["LastModified"]
    s3.put_object_tagging(
        Bucket=BUCKET, Key=store.key(ref), Tagging={"TagSet": [{"Key": "mark", "Value": "1"}]}
    )
    store.put(file, "text/plain")
    assert s3.get_object_tagging(Bucket=BUCKET, Key=store.key(ref))["TagSet"]
    assert s3.head_object(Bucket=BUCKET, Key=store.key(ref))["LastModified"] == before


def test_an_altered_file_is_never_handed_out(
    s3: Any, store: S3Store, file: Path, desk: Path
) -> None:
    ref = store.put(file, "text/plain")
    s3.put_object(Bucket=BUCKET, Key=store.key(ref), Body=b"abd")
    with pytest.raises(FileAltered):
        store.fetch(ref, desk)
    assert list(desk.iterdir()) == []


def test_a_manifest_that_cannot_be_read_is_a_miss(s3: Any, store: S3Store) -> None:
    key = "a" * 64
    s3.put_object(Bucket=BUCKET, Key=f"{store.prefix}manifests/aa/{key}.json", Body=b'{"key":')
    assert store.load(key) is None


def test_an_object_that_arrived_otherwise_is_filed(
    s3: Any, store: S3Store, file: Path, desk: Path
) -> None:
    ref = store.put(file, "text/plain")
    store.discard(ref)
    s3.put_object(Bucket=BUCKET, Key="elsewhere", Body=b"abc")
    store.adopt("elsewhere", ref)
    assert store.fetch(ref, desk).read_text() == "abc"
    assert s3.head_object(Bucket=BUCKET, Key=store.key(ref))["ContentType"] == "text/plain"


def test_a_discarded_file_is_gone(store: S3Store, file: Path, desk: Path) -> None:
    ref = store.put(file, "text/plain")
    store.discard(ref)
    store.discard(ref)
    with pytest.raises(FileGone):
        store.fetch(ref, desk)


def test_all_under_a_prefix_is_removed_and_nothing_else(
    s3: Any, store: S3Store, tmp_path: Path
) -> None:
    other = S3Store(s3, BUCKET, "accounts/other/")
    for n in range(7):
        (tmp_path / "n").write_text(str(n))
        ref = store.put(tmp_path / "n", "text/plain")
        other.put(tmp_path / "n", "text/plain")
    assert store.clear("manifests/") == 0
    assert store.clear() == 7
    assert store.clear() == 0
    assert other.has(ref)


def test_a_file_that_fails_on_the_way_leaves_no_parts(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, large = S3Store(s3, BUCKET, "accounts/large/"), tmp_path / "large"
    large.write_bytes(bytes((16 << 20) + 1))

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(S3Incoming, "join", fail)
    with pytest.raises(RuntimeError):
        store.put(large, "video/mp4")
    assert list(S3Incoming(s3, BUCKET).unfinished("accounts/large/")) == []
    assert store.clear() == 0


def test_a_url_says_how_the_file_is_called_and_where_users_reach_it(
    s3: Any, store: S3Store, file: Path
) -> None:
    ref = store.put(file, "text/plain")
    public = client(endpoint="https://media.example.org", access_key="a", secret_key="b")  # noqa: S106
    shown = S3Store(s3, BUCKET, "p/", signer=public).url(ref, "Überblick.mp4", "video/mp4", 60)
    query = parse_qs(urlsplit(shown).query)
    assert shown.startswith(f"https://media.example.org/{BUCKET}/p/files/")
    assert query["X-Amz-Expires"] == ["60"]
    assert query["response-content-type"] == ["video/mp4"]
    assert query["response-content-disposition"][0].startswith('inline; filename="_berblick.mp4"')
