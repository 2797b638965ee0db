"""What docker-compose.yml starts, without containers: the same commands and environments."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2
import pytest
from compose import Compose
from service import fresh_database
from waiting import until

from noteai.client import Client
from noteai.servers import object_store, valkey
from noteai.servers.process import (
    LOOPBACK,
    Child,
    Command,
    free_port,
    free_ports,
    is_listening,
    stop_all,
)

_METRICS = "9464"
"""In each container; of processes on one machine each needs a port of its own."""
_PARTS = ("master", "volume", "filer")
Ports = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def folder(servers_folder: Path) -> Path:
    made = servers_folder / "compose"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def compose(postgres: str, folder: Path) -> Iterator[Compose]:
    """With its Redis and its object store running, started by the file's own commands."""
    redis, objects = free_ports(2)
    with fresh_database(postgres, "template0") as url:
        database = url.partition("://")[2]
        file = Compose({
            "noteai:noteai@db:5432/noteai": database,
            "redis:6379": f"{LOOPBACK}:{redis}",
            "objects:8333": f"{LOOPBACK}:{objects}",
            "127.0.0.1:8333": f"{LOOPBACK}:{objects}",
            "s3.port=8333": f"s3.port={objects}",
            "ip=objects": f"ip={LOOPBACK}",
            "dir=/data": f"dir={folder}",
        })  # fmt: skip
        with running(file, folder, redis, objects):
            yield file


@pytest.fixture(scope="module")
def ports(compose: Compose) -> Ports:
    """Of each of our services: which port it has in its container, and which here."""
    names = [name for name in compose.ours if name != "migrate"]
    free = dict(zip(names, map(str, free_ports(len(names))), strict=True))
    return {name: {"8000" if name == "api" else _METRICS: port} for name, port in free.items()}


@pytest.fixture(scope="module")
def api(compose: Compose, folder: Path, ports: Ports) -> Iterator[str]:
    """Migrated, and everything of ours started: the address of the API."""
    migrated = subprocess.run(
        [sys.executable, "-m", "noteai", *compose.services["migrate"]["command"]],
        env=environment(compose, "migrate", folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert migrated.returncode == 0, migrated.stderr
    port = int(ports["api"]["8000"])
    started = [child(compose, name, folder, here) for name, here in ports.items()]
    try:
        until(lambda: is_listening(port))
        yield f"http://{LOOPBACK}:{port}"
    finally:
        stop_all(started)


def child(compose: Compose, name: str, folder: Path, here: Mapping[str, str]) -> Child:
    command = [here.get(each, each) for each in compose.services[name]["command"]]
    order = Command(
        name=name,
        args=(sys.executable, "-m", "noteai", *command),
        folder=folder,
        log=folder / f"{name}.log",
        env=environment(compose, name, folder, here),
    )
    return Child(order)


def environment(
    compose: Compose, name: str, folder: Path, here: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """With the image's scratch folder, which is a container's own."""
    given = compose.environment(name)
    own = {"NOTEAI_CACHE_DIR": str(folder / f"scratch-{name}")}
    return {variable: here.get(value, value) for variable, value in given.items()} | own


@contextmanager
def running(compose: Compose, folder: Path, redis: int, objects: int) -> Iterator[None]:
    """The servers of other projects, by their programs of the wheels."""
    program, *options = compose.services["redis"]["command"]
    assert program == "valkey-server"
    queue = (str(valkey._program()), *options, "--port", str(redis), "--bind", LOOPBACK)
    store = compose.services["objects"]
    ports = zip(_PARTS, free_ports(len(_PARTS)), strict=True)
    others = [f"-{part}.port={port}" for part, port in ports]
    server = (str(object_store._program()), *store["command"], *others)
    log, env = folder / "objects.log", store["environment"]
    children = [
        Child(Command("redis", queue, folder, folder / "redis.log")),
        Child(Command("objects", server, folder, log, env=env, patience=1.0)),
    ]
    try:
        until(lambda: is_listening(objects))
        until(lambda: is_listening(redis))
        yield
    finally:
        for each in children:
            each.stop()


def is_well(compose: Compose, name: str, here: Mapping[str, str]) -> bool:
    """What the container's own health check says."""
    kind, program, *args = compose.services[name]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    (port, other) = next(iter(here.items()))
    asked = [each.replace(f":{port}/", f":{other}/") for each in args]
    return (
        subprocess.run([sys.executable, *asked], capture_output=True, check=False).returncode == 0
    )


def test_it_becomes_ready(api: str) -> None:
    ready = httpx2.get(f"{api}/health/ready", timeout=30)
    assert ready.is_success, ready.text


def test_every_container_becomes_well_by_its_own_check(
    api: str, compose: Compose, ports: Ports
) -> None:
    for name, here in ports.items():
        until(lambda name=name, here=here: is_well(compose, name, here))


def test_the_check_of_a_container_without_its_process_says_so(compose: Compose) -> None:
    assert not is_well(compose, "api", {"8000": str(free_port())})


def test_a_lecture_comes_to_its_clips(api: str, opening: Path) -> None:
    with Client(api) as client:
        job = client.submit(opening, "highlights", "Sample")
        client.send(opening, job["upload"], lambda fraction: None)
        *_, last = client.follow(job["id"])
        clips: list[dict[str, Any]] = client.ask("GET", f"/results/{job['id']}")["clips"]
    assert last["state"] == "completed"
    assert all(httpx2.get(each["video_url"]).is_success for each in clips)
