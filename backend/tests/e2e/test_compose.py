"""What docker-compose.yml starts, without containers: the same commands and environments."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from compose import Compose
from service import fresh_database
from waiting import until

from noteai.client import Client
from noteai.sample import Sample
from noteai.servers import object_store, valkey
from noteai.servers.process import LOOPBACK, Child, Command, free_port, free_ports, is_listening
from noteai.worker.app import QUEUES

BEGINNING = ("db", "redis", "objects")
_PARTS = ("master", "volume", "filer")


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
def api(compose: Compose, folder: Path) -> Iterator[str]:
    """Migrated, and everything of ours started: the address of the API."""
    migrated = subprocess.run(
        [sys.executable, "-m", "noteai", *compose.services["migrate"]["command"]],
        env=environment(compose, "migrate", folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert migrated.returncode == 0, migrated.stderr
    port = free_port()
    started = [
        child(compose, name, folder, {"8000": str(port)})
        for name in compose.ours
        if name != "migrate"
    ]
    try:
        until(lambda: is_listening(port))
        yield f"http://{LOOPBACK}:{port}"
    finally:
        for each in started:
            each.stop()


def child(compose: Compose, name: str, folder: Path, ports: Mapping[str, str]) -> Child:
    command = [ports.get(each, each) for each in compose.services[name]["command"]]
    order = Command(
        name=name,
        args=(sys.executable, "-m", "noteai", *command),
        folder=folder,
        log=folder / f"{name}.log",
        env=environment(compose, name, folder),
    )
    return Child(order)


def environment(compose: Compose, name: str, folder: Path) -> dict[str, str]:
    """With the image's scratch folder, which is a container's own."""
    return {**compose.environment(name), "NOTEAI_CACHE_DIR": str(folder / f"scratch-{name}")}


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


def test_every_queue_has_a_worker() -> None:
    workers = [
        each["command"] for each in Compose().ours.values() if each["command"][0] == "worker"
    ]
    served = {queue for each in workers for queue in each[2].split(",")}
    assert served == set(QUEUES)


def test_our_containers_cannot_write_or_gain_rights() -> None:
    for each in Compose().ours.values():
        assert each["read_only"]
        assert each["user"] == "10001:10001"
        assert each["cap_drop"] == ["ALL"]


def test_who_reads_what_strangers_made_reaches_nothing_outside() -> None:
    assert Compose().services["worker-media"]["networks"] == ["inner"]


def test_everything_waits_for_what_it_needs() -> None:
    services = Compose().services
    assert set(services["migrate"]["depends_on"]) == set(BEGINNING)
    assert all("healthcheck" in services[each] for each in BEGINNING)


def test_ports_are_open_to_this_machine_alone() -> None:
    ports = [port for each in Compose().services.values() for port in each.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_it_becomes_ready(api: str) -> None:
    ready = httpx2.get(f"{api}/health/ready", timeout=30)
    assert ready.is_success, ready.text


def test_a_lecture_comes_to_its_clips(api: str, lecture: Sample) -> None:
    with Client(api) as client:
        job = client.submit(lecture.video, "highlights", "Sample")
        client.send(lecture.video, job["upload"], lambda fraction: None)
        *_, last = client.follow(job["id"])
        clips: list[dict[str, Any]] = client.ask("GET", f"/results/{job['id']}")["clips"]
    assert last["state"] == "completed"
    assert all(httpx2.get(each["video_url"]).is_success for each in clips)
