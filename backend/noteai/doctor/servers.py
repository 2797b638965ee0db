"""The servers that the environment names. What is written to them is taken away again."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from noteai.doctor.finding import Finding, Ground, ServerAway, doubtful, well, wrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from noteai.adapters.s3_incoming import S3Incoming

_PATIENCE = 3
_LIFE = 60.0
_DOUBTFUL_OFF, _WRONG_OFF = 2.0, 300.0
"""Seconds that two clocks differ; S3 refuses what was signed a quarter of an hour away."""
_BODY = b"noteai doctor"
_OLDEST_POSTGRES = 14
_REDIS = "Set it in redis.conf and with CONFIG SET: "


def database(ground: Ground) -> Finding:
    with _connected(ground) as connection:
        version = str(connection.exec_driver_sql("SHOW server_version").scalar_one())
    number = version.split(maxsplit=1)[0]
    if int(number.split(".")[0]) < _OLDEST_POSTGRES:
        return doubtful(f"Postgres {number} is old.", "Move to Postgres 14 or newer.")
    return well(f"Postgres {number} answers.")


def migrations(ground: Ground) -> Finding:
    from noteai.migrate import revisions

    there = _revisions_of(ground)
    heads, known = revisions()
    if there == heads:
        return well(f"The database is at {', '.join(sorted(there))}.")
    if there - known:
        return wrong(
            f"The database is at {', '.join(sorted(there))}, which this NoteAI does not know.",
            "Install the NoteAI that migrated it, or a newer one.",
        )
    said = f"is at {', '.join(sorted(there))}" if there else "has no tables"
    return wrong(f"The database {said}.", "Run `noteai migrate`.")


def clock(ground: Ground) -> Finding:
    with _connected(ground) as connection:
        before = time.time()
        query = "SELECT extract(epoch FROM clock_timestamp())::float"
        theirs = float(connection.exec_driver_sql(query).scalar_one())
        return judged_clock((before + time.time()) / 2 - theirs)


def judged_clock(off: float) -> Finding:
    """`off`: seconds by which this machine's clock is ahead of the database's."""
    said = (
        f"The clock is {abs(off):.1f} seconds {'ahead of' if off > 0 else 'behind'} the database's"
    )
    remedy = "Set both right with NTP (`timedatectl set-ntp true`)."
    if abs(off) > _WRONG_OFF:
        return wrong(f"{said}.", remedy)
    if abs(off) > _DOUBTFUL_OFF:
        return doubtful(f"{said}.", remedy)
    return well("The clock agrees with the database's.")


def broker(ground: Ground) -> Finding:
    said = _told_by_redis(ground, "server")
    name = "Valkey" if "valkey_version" in said else "Redis"
    return well(f"{name} {said.get('valkey_version', said['redis_version'])} answers.")


def eviction(ground: Ground) -> Finding:
    policy = _told_by_redis(ground, "memory")["maxmemory_policy"]
    if policy != "noeviction":
        return wrong(
            f"Redis throws out keys when its memory is full (maxmemory-policy {policy}).",
            f"{_REDIS}maxmemory-policy noeviction.",
        )
    return well("Redis throws nothing out (maxmemory-policy noeviction).")


def persistence(ground: Ground) -> Finding:
    if not int(_told_by_redis(ground, "persistence")["aof_enabled"]):
        return doubtful(
            "Redis forgets the last messages when it dies (appendonly no): jobs go on later.",
            f"{_REDIS}appendonly yes.",
        )
    return well("Redis keeps its messages (appendonly yes).")


def store(ground: Ground) -> Finding:
    """Put, get and delete a small object. Raises: StoreRefused, StoreUnavailable."""
    from noteai.adapters.s3 import asking

    client, where = _client(ground, ground.settings.s3_endpoint), _place(ground)
    _see_bucket(ground, client)
    with asking():
        client.put_object(**where, Body=_BODY)
        try:
            read = client.get_object(**where)["Body"].read()
        finally:
            client.delete_object(**where)
    if read != _BODY:
        return wrong("The store gave back another object than it got.", "Look into its log.")
    return well(f"Objects can be put, read and deleted in the bucket {where['Bucket']}.")


def presigned(ground: Ground) -> Finding:
    """Send a part as clients do, by a presigned URL. Raises: StoreRefused, StoreUnavailable."""
    from noteai.adapters.s3_incoming import S3Incoming

    settings, key = ground.settings, _place(ground)["Key"]
    public = settings.s3_public_endpoint or settings.s3_endpoint
    client, signer = _client(ground, settings.s3_endpoint), _client(ground, public)
    _see_bucket(ground, client)
    incoming = S3Incoming(client, settings.s3_bucket, signer)
    multipart = incoming.begin(key)
    try:
        refusal = _sent(incoming, key, multipart)
        arrived = sum(part.size for part in incoming.parts(key, multipart))
    finally:
        incoming.abort(key, multipart)
    if refusal or arrived != len(_BODY):
        return wrong(
            f"A part cannot be sent to {public or 'AWS'} by a presigned URL: {refusal or arrived}.",
            "Check NOTEAI_S3_PUBLIC_ENDPOINT, the clock, and what stands between.",
        )
    return well("Parts of uploads arrive by presigned URLs.")


@contextmanager
def _connected(ground: Ground) -> Iterator["Connection"]:
    """Raises: ServerAway."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.pool import NullPool

    patience = {"connect_timeout": _PATIENCE}
    engine = create_engine(ground.settings.database_url, poolclass=NullPool, connect_args=patience)
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise _away("Postgres", error.orig or error, "NOTEAI_DATABASE_URL") from error


def _revisions_of(ground: Ground) -> set[str]:
    from alembic.migration import MigrationContext

    with _connected(ground) as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def _told_by_redis(ground: Ground, section: str) -> dict[str, Any]:
    """Raises: ServerAway."""
    from redis import Redis, RedisError

    patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    try:
        with Redis.from_url(ground.settings.redis_url, **patience) as redis:
            return dict(redis.info(section))
    except RedisError as error:
        raise _away("Redis", error, "NOTEAI_REDIS_URL") from error


def _away(server: str, error: object, setting: str) -> ServerAway:
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    return ServerAway(server=server, reason=reason, setting=setting)


def _client(ground: Ground, endpoint: str | None) -> Any:
    """Which asks once."""
    from noteai.adapters import s3

    settings, secret = ground.settings, ground.settings.s3_secret_key
    return s3.client(
        endpoint=endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=secret.get_secret_value() if secret else None,
        attempts=1,
    )


def _see_bucket(ground: Ground, client: Any) -> None:
    """Some stores make a bucket for what is put into it, which would then be left behind.

    Raises: StoreRefused, ServerAway.
    """
    from noteai.adapters.s3 import StoreUnavailable, asking

    try:
        with asking():
            client.list_objects_v2(Bucket=ground.settings.s3_bucket, MaxKeys=1)
    except StoreUnavailable as error:
        raise _away("The object store", error.facts["reason"], "NOTEAI_S3_ENDPOINT") from error


def _place(ground: Ground) -> dict[str, str]:
    """A name in the bucket that nobody else has."""
    return {"Bucket": ground.settings.s3_bucket, "Key": f"doctor/{secrets.token_hex(16)}"}


def _sent(incoming: "S3Incoming", key: str, multipart: str) -> str:
    """Why the part was not taken; nothing where it was."""
    import httpx2

    url = incoming.url(key, multipart, 1, len(_BODY), _LIFE)
    try:
        answer = httpx2.put(url, content=_BODY, timeout=_PATIENCE)
    except httpx2.HTTPError as error:
        return type(error).__name__
    return "" if answer.is_success else f"status {answer.status_code}"
