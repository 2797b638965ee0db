from contextlib import nullcontext

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
)
from botocore.stub import Stubber

from noteai.adapters.s3 import (
    NotThere,
    StoreRefused,
    StoreUnavailable,
    client,
    meaning,
    prepare_bucket,
)
from noteai.adapters.s3_store import disposition


def answered(code: str, status: int) -> ClientError:
    told = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "GetObject")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answered("NoSuchKey", 404), NotThere),
        (answered("NoSuchUpload", 404), NotThere),
        (answered("404", 404), NotThere),
        (answered("NoSuchBucket", 404), StoreRefused),
        (answered("AccessDenied", 403), StoreRefused),
        (answered("403", 403), StoreRefused),
        (answered("SignatureDoesNotMatch", 403), StoreRefused),
        (answered("InvalidRequest", 400), StoreRefused),
        (answered("NotImplemented", 501), StoreRefused),
        (answered("BadDigest", 400), StoreUnavailable),
        (answered("RequestTimeout", 400), StoreUnavailable),
        (answered("InternalError", 500), StoreUnavailable),
        (answered("InternalError", 200), StoreUnavailable),
        (answered("SlowDown", 503), StoreUnavailable),
        (answered("", 502), StoreUnavailable),
        (answered("429", 429), StoreUnavailable),
        (EndpointConnectionError(endpoint_url="http://x"), StoreUnavailable),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), StoreUnavailable),
        (NoCredentialsError(), StoreRefused),
    ],
)
def test_a_failure_may_heal_or_will_not(
    error: ClientError | BotoCoreError, kind: type[Exception]
) -> None:
    assert type(meaning(error)) is kind


@pytest.mark.parametrize(
    ("endpoint", "path_style", "url"),
    [
        (None, None, "https://lectures.s3.eu-central-1.amazonaws.com/k"),
        ("http://store:9000", None, "http://store:9000/lectures/k"),
        ("http://store:9000", False, "http://lectures.store:9000/k"),
    ],
)
def test_the_bucket_stands_where_the_store_wants_it(
    endpoint: str | None, path_style: bool | None, url: str
) -> None:
    made = client(
        endpoint=endpoint,
        region="eu-central-1",
        access_key="a",
        secret_key="b",  # noqa: S106 - of a store that is never asked
        path_style=path_style,
    )
    signed = made.generate_presigned_url("get_object", Params={"Bucket": "lectures", "Key": "k"})
    assert signed.startswith(url + "?")


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("NotImplemented", 501, None),
        ("AccessDenied", 403, None),
        ("NoSuchBucket", 404, StoreRefused),
        ("SlowDown", 503, StoreUnavailable),
    ],
)
def test_a_store_that_looks_after_its_own_doors_is_left_to_it(
    code: str, status: int, error: type[Exception] | None
) -> None:
    made = client(access_key="a", secret_key="b")  # noqa: S106 - of no real store
    with Stubber(made) as stubber, pytest.raises(error) if error else nullcontext():
        stubber.add_response("head_bucket", {})
        stubber.add_client_error("put_bucket_cors", code, http_status_code=status)
        prepare_bucket(made, "lectures")


def test_a_bucket_is_made_where_its_region_is() -> None:
    made = client(region="eu-central-1", access_key="a", secret_key="b")  # noqa: S106
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}
    with Stubber(made) as stubber:
        stubber.add_client_error("head_bucket", "404", http_status_code=404)
        stubber.add_response("create_bucket", {}, {"Bucket": "lectures", **where})
        stubber.add_response("put_bucket_cors", {})
        prepare_bucket(made, "lectures")
        stubber.assert_no_pending_responses()


def test_a_name_cannot_leave_its_header() -> None:
    header = disposition('a"; x="\r\nSet-Cookie: ü\\.mp4', "attachment")
    assert header.isascii()
    assert header.isprintable()
    assert header == (
        "attachment; filename=\"a'; x='__Set-Cookie: __.mp4\"; "
        "filename*=UTF-8''a%22%3B%20x%3D%22%0D%0ASet-Cookie%3A%20%C3%BC%5C.mp4"
    )
