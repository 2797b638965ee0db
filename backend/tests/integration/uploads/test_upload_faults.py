"""While the store misbehaves an upload ends with a code, or goes on once the store does."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from faulty_store import Fault, FaultyStore, faulty_store
from uploading import LECTURE, Desk, sha256

from noteai.accounts.models import LOCAL
from noteai.adapters.s3 import StoreRefused, StoreUnavailable, client
from noteai.adapters.s3_incoming import S3Incoming
from noteai.adapters.s3_store import S3Store
from noteai.servers.object_store import StoreAddress
from noteai.uploads.completion import complete
from noteai.uploads.errors import DigestMismatch


@pytest.fixture(scope="module")
def faulty(object_store: StoreAddress) -> Iterator[FaultyStore]:
    with faulty_store(object_store) as door:
        yield door


@pytest.fixture
def fragile(desk: Desk, faulty: FaultyStore) -> Iterator[Desk]:
    """A desk whose own requests pass through the faulty store; clients send past it."""
    made = client(
        endpoint=faulty.address.endpoint,
        access_key=faulty.address.access_key,
        secret_key=faulty.address.secret_key,
        attempts=1,
    )
    intake = replace(
        desk.intake,
        objects=S3Incoming(made, desk.bucket, signer=desk.s3),
        store=lambda account: S3Store(made, desk.bucket, f"accounts/{account}/"),
    )
    yield replace(desk, intake=intake)
    faulty.behave()
    made.close()


@pytest.mark.parametrize("step", ["GET", "POST", "HEAD", "PUT"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", StoreUnavailable),
        ("503", StoreUnavailable),
        ("reset", StoreUnavailable),
        ("403", StoreRefused),
    ],
)
def test_an_upload_is_completed_once_the_store_is_well(
    fragile: Desk, faulty: FaultyStore, step: str, fault: Fault, error: type[Exception]
) -> None:
    row = fragile.declare(LECTURE)
    fragile.send(row, LECTURE)
    faulty.misbehave(fault, when=lambda method, _: method == step)
    with pytest.raises(error):
        complete(fragile.database, fragile.intake, LOCAL, row.id)
    faulty.behave()
    assert complete(fragile.database, fragile.intake, LOCAL, row.id).state == "complete"
    assert fragile.told == [row.id]
    assert fragile.incoming() == []
    assert len(fragile.objects()) == 1


@pytest.mark.parametrize("fault", ["truncated", "altered"])
def test_what_arrives_torn_or_altered_is_never_filed(
    fragile: Desk, faulty: FaultyStore, fault: Fault
) -> None:
    row = fragile.declare(LECTURE, digest=sha256(LECTURE))
    fragile.send(row, LECTURE)
    faulty.misbehave(fault, when=lambda method, path: method == "GET" and "?" not in path)
    with pytest.raises((StoreUnavailable, DigestMismatch)):
        complete(fragile.database, fragile.intake, LOCAL, row.id)
    faulty.behave()
    assert all("/files/" not in key for key in fragile.objects())


@pytest.mark.parametrize("fault", ["500", "403", "reset"])
def test_a_declaration_that_the_store_cannot_take_leaves_nothing(
    fragile: Desk, faulty: FaultyStore, fault: Fault
) -> None:
    faulty.misbehave(fault, when=lambda method, _: method == "POST")
    with pytest.raises((StoreUnavailable, StoreRefused)):
        fragile.declare(LECTURE)
    faulty.behave()
    assert fragile.incoming() == []


def test_an_upload_for_which_the_store_has_no_place_is_put_off(
    fragile: Desk, faulty: FaultyStore
) -> None:
    faulty.misbehave("404")
    with pytest.raises(StoreUnavailable):
        fragile.declare(LECTURE)
    faulty.behave()
    assert fragile.declare(LECTURE).state == "awaiting_parts"
