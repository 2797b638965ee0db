"""The servers that this machine lends, for those that nobody named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from noteai.servers import object_store, postgres, valkey
from noteai.servers.data_folder import DataFolder
from noteai.servers.process import Command

Kind = Literal["postgres", "redis", "objects"]
KINDS: tuple[Kind, ...] = ("postgres", "redis", "objects")
_DATABASE = "noteai"


@dataclass(frozen=True)
class Server:
    """One of them, prepared and not yet started."""

    kind: Kind
    command: Command
    answers: Callable[[], bool]
    settle: Callable[[], Mapping[str, str]]
    """Make what is kept in it, once it answers, and say by which settings it is reached."""
    tidy: Callable[[], None] = lambda: None
    """Remove what it leaves outside its folder."""


def prepare(folder: DataFolder, kinds: Sequence[Kind], bucket: str) -> list[Server]:
    """Raises: ServerMissing, FolderNotReachable, NobodyToRunAs, ServerFailed."""
    ports = folder.ports(kinds)
    make = {"postgres": _postgres, "redis": _redis, "objects": _objects}
    return [make[kind](folder, ports[kind], bucket) for kind in KINDS if kind in kinds]


def _postgres(folder: DataFolder, port: int, _bucket: str) -> Server:
    log = folder.logs / "postgres.log"
    made = postgres.prepare(folder.path / "postgres", log, port, holds=folder.lock)

    def settle() -> Mapping[str, str]:
        return {"NOTEAI_DATABASE_URL": made.ensure(_DATABASE)}

    return Server("postgres", made.command, made.answers, settle)


def _redis(folder: DataFolder, port: int, _bucket: str) -> Server:
    log = folder.logs / "valkey.log"
    made = valkey.prepare(folder.path / "valkey", log, port, holds=folder.lock)
    return Server("redis", made.command, made.answers, lambda: {"NOTEAI_REDIS_URL": made.url()})


def _objects(folder: DataFolder, port: int, bucket: str) -> Server:
    log = folder.logs / "seaweedfs.log"
    made = object_store.prepare(folder.path / "objects", log, port, holds=folder.lock)

    def settle() -> Mapping[str, str]:
        return {
            "NOTEAI_S3_ENDPOINT": made.address.endpoint,
            "NOTEAI_S3_ACCESS_KEY": made.address.access_key,
            "NOTEAI_S3_SECRET_KEY": made.address.secret_key,
            "NOTEAI_S3_REGION": made.address.region,
            "NOTEAI_S3_BUCKET": made.ensure(bucket),
        }

    return Server("objects", made.command, made.answers, settle, made.tidy)
