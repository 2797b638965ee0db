"""The way to an S3 store: its client, and what its failures mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.loaders import Loader, create_loader
from botocore.session import Session as BotocoreSession

from noteai import telemetry
from noteai.adapters import s3_figures
from noteai.errors import NoteAIError, TransientError

_CONNECT, _READ = 5, 60
"""Seconds; between two reads, not of a whole object."""
_ATTEMPTS = 4
_MISSING = {"404", "NotFound", "NoSuchKey", "NoSuchUpload"}
_OWN_RULE = {"AccessDenied", "NotImplemented"}
_PASSING = {
    "BadDigest",
    "InternalError",
    "OperationAborted",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "XAmzContentSHA256Mismatch",
}


class StoreUnavailable(TransientError):
    """The object store does not answer as it should: {reason}."""

    hint = "Try again in a moment; what was sent so far is kept."


class StoreRefused(NoteAIError):
    """The object store refuses what it is asked: {reason}."""

    hint = "An operator should check the bucket, the keys and their rights (NOTEAI_S3_...)."
    exit_status = 47


class NotThere(LookupError):
    """No such object, or no such unfinished upload: for callers to answer."""


def client(
    *,
    endpoint: str | None = None,
    region: str = "us-east-1",
    access_key: str | None = None,
    secret_key: str | None = None,
    path_style: bool | None = None,
    attempts: int = _ATTEMPTS,
) -> Any:
    """A client for AWS (no endpoint) or any other S3 store; to be made after a fork.

    Without keys the machine's own credentials are used. `path_style` puts the bucket into the
    path, as stores of one's own want it: so it is where there is an endpoint.
    """
    style = "path" if (path_style if path_style is not None else endpoint) else "virtual"
    made = _session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            tcp_keepalive=True,
            max_pool_connections=32,
            # Trailing checksums stop older Ceph and MinIO; parts carry a Content-MD5 instead.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    s3_figures.count(made)
    return made


def _session() -> Session:
    core = BotocoreSession()
    core.register_component("data_loader", _models())
    return Session(botocore_session=core)


@cache
def _models() -> Loader:
    """What botocore knows of S3, which is read once: it is a megabyte of JSON."""
    return create_loader()


def prepare_bucket(client: Any, bucket: str, origins: tuple[str, ...] = ("*",)) -> None:
    """Make the bucket where it is not there, and let browsers of `origins` send parts to it."""
    with asking():
        try:
            client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if not isinstance(meaning(error), NotThere):
                raise
            client.create_bucket(Bucket=bucket, **_where(client.meta.region_name))
    _let_in(client, bucket, origins)


def _let_in(client: Any, bucket: str, origins: tuple[str, ...]) -> None:
    """Set the bucket's CORS rule; MinIO has its own for all buckets, an operator may have, too."""
    rule = {
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedOrigins": list(origins),
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag", "Content-Range", "Accept-Ranges"],
        "MaxAgeSeconds": 3600,
    }
    try:
        with asking():
            client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    except StoreRefused as refused:
        if refused.facts["reason"] not in _OWN_RULE:
            raise
        telemetry.logger().warning("bucket_cors_left_alone", reason=refused.facts["reason"])


@contextmanager
def asking() -> Iterator[None]:
    """Around every request to the store.

    Raises:
        NotThere: what was asked for does not exist.
        StoreUnavailable: it may heal.
        StoreRefused: it will not heal by itself.
    """
    try:
        yield
    except ParamValidationError:
        raise  # a bug of ours
    except (ClientError, BotoCoreError) as error:
        raise meaning(error) from error


def meaning(error: ClientError | BotoCoreError) -> Exception:
    if isinstance(error, ClientError):
        return _meaning_of_answer(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return StoreRefused(reason="no credentials")
    return StoreUnavailable(reason=type(error).__name__)


def _meaning_of_answer(error: ClientError) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _MISSING:
        return NotThere(code)
    if code == "NotImplemented":
        return StoreRefused(reason=code)
    if code in _PASSING or status >= 500 or status in (0, 408, 429):
        return StoreUnavailable(reason=code or status)
    return StoreRefused(reason=code or status)


def _where(region: str) -> dict[str, Any]:
    """AWS takes no word for its first region."""
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}
