"""Servers, workers and an API of the bench's own: all are gone, with their folder, when it ends.

Postgres and Valkey are started as `noteai up` does, durable.
"""

import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from noteai import tables as _all_tables  # noqa: F401 - rows refer to those of other features
from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.migrate import migrate
from noteai.servers import object_store, postgres, valkey
from noteai.servers.process import Child, Command, free_port
from noteai.uploads.models import UploadRow

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


@dataclass(frozen=True)
class Ground:
    database: Database
    redis_url: str
    folder: Path
    environment: dict[str, str]

    @contextmanager
    def running(self, name: str, *args: str) -> Iterator[Child]:
        """`python -m bench.load.NAME ARGS` while the block runs."""
        command = Command(
            name=name,
            args=(sys.executable, "-m", f"bench.load.{name}", *args),
            folder=ROOT,
            log=self.folder / f"{name}-{'-'.join(args)}.log",
            env=self.environment,
            patience=20.0,
        )
        child = Child(command)
        try:
            yield child
        finally:
            child.stop()

    @contextmanager
    def workers(self, count: int, concurrency: int) -> Iterator[list[Child]]:
        with ExitStack() as stack:
            enter = stack.enter_context
            yield [enter(self.running("worker", str(concurrency), str(n))) for n in range(count)]

    @contextmanager
    def api(self, *args: str) -> Iterator[str]:
        """Its address."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        with self.running("door", str(port), *args) as child:
            child.wait_until(lambda: answers(f"{address}/health/live"), _PATIENCE)
            yield address

    def upload(self) -> UUID:
        """A complete one, of a file that is nowhere."""
        now = datetime.now(UTC)
        row = UploadRow(
            account_id=LOCAL,
            name="idle.mp4",
            media_type="video/mp4",
            size=1,
            digest="0" * 64,
            state="complete",
            part_size=1,
            expires_at=now + timedelta(days=1),
            completed_at=now,
        )
        with self.database.transaction() as session:
            session.add(row)
        return row.id


@contextmanager
def ground(*, objects: bool = False) -> Iterator[Ground]:
    """With `objects` there is a store, too."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="noteai-load-")))
        folder.chmod(0o711)  # Postgres enters it as another user
        store = valkey.prepare(folder / "valkey", folder / "valkey.log", free_port())
        _start(stack, store)
        server = postgres.prepare(folder / "pg", folder / "postgres.log", free_port())
        _start(stack, server)
        url = server.ensure("noteai")
        migrate(url)
        database = stack.enter_context(closing(Database(url, pool=5)))
        environment = {
            "NOTEAI_DATABASE_URL": url,
            "NOTEAI_REDIS_URL": store.url(),
            "NOTEAI_CACHE_DIR": str(folder / "cache"),
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
        }
        if objects:
            environment |= _objects(stack, folder)
        yield Ground(database, store.url(), folder, environment)


def _objects(stack: ExitStack, folder: Path) -> dict[str, str]:
    server = object_store.prepare(folder / "objects", folder / "objects.log", free_port())
    stack.callback(server.tidy)
    _start(stack, server)
    server.ensure("noteai")
    return {
        "NOTEAI_S3_ENDPOINT": server.address.endpoint,
        "NOTEAI_S3_ACCESS_KEY": server.address.access_key,
        "NOTEAI_S3_SECRET_KEY": server.address.secret_key,
    }


def _start(
    stack: ExitStack, server: postgres.Postgres | valkey.Valkey | object_store.ObjectStore
) -> None:
    child = Child(server.command)
    stack.callback(child.stop)
    child.wait_until(server.answers, _PATIENCE)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own
            return bool(response.status == 200)
    except OSError:
        return False
