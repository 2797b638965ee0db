"""`noteai up`: servers, API and worker as children of one process."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from noteai.migrate import migrate
from noteai.objects import objects_of
from noteai.servers import data_folder, embedded, postgres
from noteai.servers.data_folder import DataFolder
from noteai.servers.embedded import Kind, Server
from noteai.servers.process import Command, claim_port, is_listening
from noteai.servers.secret import write_private
from noteai.servers.supervisor import Supervisor
from noteai.settings import Settings

Tell = Callable[[str], None]
_GLANCE = 0.2
_RECOVERY = 300.0
"""Seconds that a server may need to read what it wrote before it was killed."""
_METRICS = "metrics"
_SERVERS, _DOORS = 0, 1
"""Tiers: the servers stop after those that use them."""


@dataclass(frozen=True)
class Order:
    """What the operator asked for."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    concurrency: int = 2
    is_detached: bool = False
    """Nobody sits before it who could press Ctrl-C."""
    program: tuple[str, ...] = (sys.executable, "-m", "noteai")
    """What knows the commands `api` and `worker`."""

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def run(order: Order, settings: Settings, tell: Tell) -> None:
    """Until a KeyboardInterrupt; nothing is left running.

    Raises:
        PortTaken, FolderInUse, FolderNotWritable, FolderNotReachable, ServerMissing,
        ServerFailed, DatabaseUnavailable: it cannot start.
    """
    claim_port(order.port, order.host)
    if "postgres" in not_named(settings):
        postgres.check_reach(order.data / "postgres")
    with (
        data_folder.opened(order.data) as folder,
        _supervised(tell) as supervisor,
        _lent(folder, settings, supervisor) as reached,
    ):
        migrate(reached.get("NOTEAI_DATABASE_URL", settings.database_url))
        objects_of(_settings_with(reached)).prepare()
        write_private(folder.path / "service.env", _lines(reached))
        environment = {**reached, **_metrics(folder, settings)}
        _open(order, folder, supervisor, environment)
        tell(_where(order, folder, environment, settings))
        while True:
            supervisor.look()
            time.sleep(_GLANCE)


def _settings_with(reached: Mapping[str, str]) -> Settings:
    """The environment's, as the doors will read them."""
    found = {name.removeprefix("NOTEAI_").lower(): value for name, value in reached.items()}
    return Settings.model_validate(found)


def not_named(settings: Settings) -> list[Kind]:
    """The servers that the environment does not name."""
    named: dict[Kind, object] = {
        "postgres": settings.database_url,
        "redis": settings.redis_url,
        "objects": settings.s3_endpoint,
    }
    return [kind for kind, where in named.items() if not where]


@contextmanager
def _supervised(tell: Tell) -> Iterator[Supervisor]:
    supervisor = Supervisor(tell)
    try:
        yield supervisor
    except KeyboardInterrupt:
        tell("Stopping.")
    finally:
        supervisor.stop()


@contextmanager
def _lent(
    folder: DataFolder, settings: Settings, supervisor: Supervisor
) -> Iterator[Mapping[str, str]]:
    """The settings by which the embedded servers are reached, once all of them answer."""
    servers = embedded.prepare(folder, not_named(settings), settings.s3_bucket)
    try:
        yield _started(servers, supervisor)
    finally:
        for server in servers:
            server.tidy()


def _started(servers: list[Server], supervisor: Supervisor) -> Mapping[str, str]:
    children = [supervisor.start(server.command, _SERVERS) for server in servers]
    reached: dict[str, str] = {}
    for server, child in zip(servers, children, strict=True):
        child.wait_until(server.answers, _RECOVERY)
        reached |= server.settle()
    return reached


def _metrics(folder: DataFolder, settings: Settings) -> Mapping[str, str]:
    """Where the worker serves its own: where the environment says, else at a free port."""
    port = settings.service.metrics_port or folder.ports([_METRICS])[_METRICS]
    return {"NOTEAI_SERVICE__METRICS_PORT": str(port)}


def _open(
    order: Order, folder: DataFolder, supervisor: Supervisor, reached: Mapping[str, str]
) -> None:
    listen = ("--host", order.host, "--port", str(order.port))
    api = _Door("api", listen, patience=10.0)
    worker = _Door("worker", ("--concurrency", str(order.concurrency)), patience=25.0)
    supervisor.start(worker.command(order, folder, reached), _DOORS)
    child = supervisor.start(api.command(order, folder, reached), _DOORS)
    child.wait_until(lambda: is_listening(order.port, order.host))


@dataclass(frozen=True)
class _Door:
    name: str
    options: tuple[str, ...]
    patience: float

    def command(self, order: Order, folder: DataFolder, reached: Mapping[str, str]) -> Command:
        return Command(
            name=f"noteai {self.name}",
            args=(*order.program, self.name, *self.options),
            folder=folder.path,
            log=folder.logs / f"{self.name}.log",
            env=reached,
            patience=self.patience,
            holds=folder.lock,
        )


def _where(order: Order, folder: DataFolder, reached: Mapping[str, str], settings: Settings) -> str:
    database = reached.get("NOTEAI_DATABASE_URL", settings.database_url)
    redis = reached.get("NOTEAI_REDIS_URL", settings.redis_url)
    store = reached.get("NOTEAI_S3_ENDPOINT", settings.s3_endpoint)
    return "\n".join([
        f"NoteAI runs: {order.address}/docs",
        f"  database  {_without_password(database)}",
        f"  Redis     {_without_password(redis)}",
        f"  objects   {store} in the bucket {settings.s3_bucket}",
        f"  data      {folder.path}",
        f"  logs      {folder.logs}",
        f"  metrics   {order.address}/metrics and {_metrics_of_worker(reached)}",
        f"  keys      {folder.path / 'service.env'}",
        f"{_end(order)} stops it; what was accepted goes on at the next start.",
    ])  # fmt: skip


def _metrics_of_worker(reached: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{reached['NOTEAI_SERVICE__METRICS_PORT']}/metrics"


def _end(order: Order) -> str:
    return f"`noteai down --data {shlex.quote(str(order.data))}`" if order.is_detached else "Ctrl-C"


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest.rpartition('@')[2]}"


def _lines(reached: Mapping[str, str]) -> str:
    """For `set -a; . service.env`: what is kept there has no character that a shell minds."""
    return "".join(f"{name}={value}\n" for name, value in reached.items())
