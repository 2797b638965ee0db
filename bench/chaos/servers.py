"""The servers of one run: real, embedded, and to be killed at will."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from noteai.migrate import migrate
from noteai.servers import object_store, postgres, valkey
from noteai.servers.object_store import ObjectStore
from noteai.servers.postgres import Postgres
from noteai.servers.process import Child, Command, free_port, stop_all
from noteai.servers.valkey import Valkey

TEMPLATE = "chaos_template"


class Server:
    """One of them; `command` starts it again with what it kept."""

    def __init__(self, made: Postgres | Valkey | ObjectStore) -> None:
        self._made = made
        self.command: Command = made.command
        self.child = Child(self.command)

    @property
    def answers(self) -> bool:
        return self.child.is_alive and self._made.answers()

    def wait(self) -> None:
        self.child.wait_until(self._made.answers)

    def kill(self) -> None:
        self.child.kill()

    def stop(self) -> None:
        self.child.stop()

    def start(self) -> None:
        """Again, where it does not run; it may not answer yet."""
        if not self.child.is_alive:
            self.child = Child(self.command)


@dataclass
class Servers:
    folder: Path
    postgres: Server
    redis: Server
    objects: Server
    database_url: str
    """Of the administrator."""
    redis_url: str
    store: ObjectStore

    @property
    def all(self) -> list[Server]:
        return [self.postgres, self.redis, self.objects]

    def mend(self) -> None:
        """Whatever a row left them in, they run and answer."""
        for each in self.all:
            each.start()
        for each in self.all:
            each.wait()

    def forget_messages(self) -> None:
        """What Redis wrote to its disk is lost, as where it never wrote."""
        kept = self.redis.command.folder / "appendonlydir"
        shutil.rmtree(kept, ignore_errors=True)
        (self.redis.command.folder / "dump.rdb").unlink(missing_ok=True)


@contextmanager
def serving() -> Iterator[Servers]:
    """All that runs is ended and all that was written is removed when the block is left."""
    with tempfile.TemporaryDirectory(prefix="noteai-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # Postgres runs as somebody else where we are root
        servers = _start(folder)
        try:
            _prepare(servers)
            yield servers
        finally:
            stop_all([each.child for each in servers.all])
            servers.store.tidy()
            time.sleep(0.2)  # until the last of them has closed its files


def _start(folder: Path) -> Servers:
    database = postgres.prepare(folder / "pg", folder / "postgres.log", free_port())
    broker = valkey.prepare(folder / "valkey", folder / "valkey.log", free_port())
    store = object_store.prepare(folder / "objects", folder / "objects.log", free_port())
    servers = Servers(
        folder, Server(database), Server(broker), Server(store),
        database.url(), broker.url(), store,
    )  # fmt: skip
    try:
        for each in servers.all:
            each.wait()
    except BaseException:
        stop_all([each.child for each in servers.all])
        raise
    return servers


def _prepare(servers: Servers) -> None:
    from service import _administer, _named

    _administer(servers.database_url, f"CREATE DATABASE {TEMPLATE}")
    migrate(_named(servers.database_url, TEMPLATE))
