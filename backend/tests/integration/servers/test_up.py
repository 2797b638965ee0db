"""`noteai up` as a process: it starts, mends, refuses, and leaves nothing running."""

import json
import os
import pwd
import re
import shutil
import signal
import site
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from waiting import is_running, until

import noteai
from noteai.servers.errors import FolderInUse, PortTaken, ServerFailed
from noteai.servers.object_store import StoreAddress
from noteai.servers.process import free_port, is_listening

TESTS = Path(__file__).parents[2]
_UP = f"""
import signal, sys
from pathlib import Path
from noteai.cli import main, whole_service
from noteai.settings import Settings
signal.signal(signal.SIGTERM, signal.default_int_handler)
program = tuple(sys.argv[3:]) or (sys.executable, {str(TESTS / "fake_doors.py")!r})
order = whole_service.Order(Path(sys.argv[1]), port=int(sys.argv[2]), program=program)
say = lambda words: print(words, flush=True)
def command(standalone_mode):
    whole_service.run(order, Settings(), say)
sys.exit(main.status_of(command))
"""


@dataclass
class Up:
    """A running `noteai up`, with API and worker that do nothing."""

    process: "subprocess.Popen[str]"
    folder: Path
    port: int
    said: list[str] = field(default_factory=list)

    def hears(self, words: str) -> str:
        """What it said from its start up to a line with these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return "".join(self.said)
        raise AssertionError("".join(self.said))

    def door(self, name: str) -> int:
        """The process that runs as `api` or `worker`, the last that was started."""
        log = self.folder / "logs" / f"{name}.log"

        def running() -> list[int]:
            found = map(int, re.findall(rf"{name} is (\d+)", log.read_text()))
            return [pid for pid in found if pid in self.children()]

        until(running)
        return running()[-1]

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.process.wait(60)

    def children(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in found.read_text().split()]

    def query(self, statement: str) -> list[tuple[object, ...]]:
        variables = (self.folder / "service.env").read_text()
        found = re.search(r"NOTEAI_DATABASE_URL=(.*)", variables)
        assert found
        with closing(psycopg2.connect(found[1].replace("+psycopg2", ""))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []


Start = Callable[..., Up]


@pytest.fixture(scope="session")
def data(servers_folder: Path) -> Path:
    """One for all tests: to make a Postgres takes seconds."""
    return servers_folder / "up"


@pytest.fixture
def elsewhere(object_store: StoreAddress, bucket: str) -> dict[str, str]:
    """A store that the environment names, which is there sooner than one of its own."""
    return {
        "NOTEAI_S3_ENDPOINT": object_store.endpoint,
        "NOTEAI_S3_ACCESS_KEY": object_store.access_key,
        "NOTEAI_S3_SECRET_KEY": object_store.secret_key,
        "NOTEAI_S3_BUCKET": bucket,
    }


@pytest.fixture
def start(data: Path, elsewhere: dict[str, str]) -> Iterator[Start]:
    begun: list[Up] = []

    def begin(
        *program: str,
        folder: Path = data,
        env: dict[str, str] | None = None,
        python: str = sys.executable,
        **identity: object,
    ) -> Up:
        port = free_port()
        process = subprocess.Popen(  # type: ignore[call-overload]
            [python, "-c", _UP, str(folder), str(port), *program],
            env={**os.environ, **(elsewhere if env is None else env)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **identity,
        )
        begun.append(Up(process, folder, port))
        return begun[-1]

    yield begin
    for each in begun:
        with each.process as process:
            process.terminate()
            process.wait(60)


def test_it_starts_says_where_everything_is_and_leaves_nothing_running(start: Start) -> None:
    up = start(env={})
    said = up.hears("Ctrl-C")
    children = up.children()
    assert len(children) == 5
    assert f"http://127.0.0.1:{up.port}" in said
    assert str(up.folder / "logs") in said
    ports = json.loads((up.folder / "ports.json").read_text())
    assert f"http://127.0.0.1:{ports['metrics']}/metrics" in said
    password = (up.folder / "postgres" / "password").read_text()
    assert password not in said
    assert up.query("SELECT count(*) FROM jobs") == [(0,)]
    assert (up.folder / "service.env").stat().st_mode & 0o077 == 0
    told = up.folder / "logs/worker.log"
    until(lambda: "NOTEAI_S3_SECRET_KEY" in told.read_text())
    assert "NOTEAI_S3_SECRET_KEY NOTEAI_SERVICE__METRICS_PORT" in told.read_text()
    assert "METRICS_PORT NOTEAI" not in told.read_text()
    assert up.end(signal.SIGINT) == 0
    assert not [pid for pid in children if is_running(pid)]
    assert not is_listening(up.port)


def test_data_are_there_at_the_next_start(start: Start) -> None:
    first = start()
    first.hears("Ctrl-C")
    first.query("INSERT INTO accounts (id, name) VALUES (gen_random_uuid(), 'Ada')")
    kept = first.query("SELECT count(*) FROM accounts")
    ports = (first.folder / "ports.json").read_text()
    first.end()
    second = start()
    second.hears("Ctrl-C")
    assert second.query("SELECT count(*) FROM accounts") == kept
    assert (second.folder / "ports.json").read_text() == ports


def test_what_the_environment_names_is_used_and_not_started(
    start: Start, database_url: str, redis_url: str, elsewhere: dict[str, str]
) -> None:
    named = {"NOTEAI_DATABASE_URL": database_url, "NOTEAI_REDIS_URL": redis_url}
    up = start(env={**elsewhere, **named})
    said = up.hears("Ctrl-C")
    assert len(up.children()) == 2
    password = database_url.partition("postgres:")[2].partition("@")[0]
    assert password not in said


def test_a_killed_worker_is_started_again(
    start: Start, database_url: str, redis_url: str, elsewhere: dict[str, str]
) -> None:
    named = {"NOTEAI_DATABASE_URL": database_url, "NOTEAI_REDIS_URL": redis_url}
    up = start(env={**elsewhere, **named})
    up.hears("Ctrl-C")
    before = up.door("worker")
    os.kill(before, signal.SIGKILL)
    up.hears("noteai worker was ended by SIGKILL")
    until(lambda: up.door("worker") != before)


def test_a_killed_postgres_is_started_again_with_its_data(start: Start) -> None:
    up = start()
    up.hears("Ctrl-C")
    postmaster = int((up.folder / "postgres/cluster/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    up.hears("Postgres was ended by SIGKILL")

    def is_back() -> bool:
        try:
            return up.query("SELECT count(*) FROM jobs") == [(0,)]
        except psycopg2.OperationalError:
            return False

    until(is_back)


def test_nothing_survives_when_it_is_killed_and_the_next_start_succeeds(start: Start) -> None:
    up = start()
    up.hears("Ctrl-C")
    children = up.children()
    up.end(signal.SIGKILL)
    again = start()  # at once: it waits for what is still ending
    again.hears("Ctrl-C")
    until(lambda: not [pid for pid in children if is_running(pid)])


def test_a_second_one_in_the_same_folder_is_refused(
    start: Start, database_url: str, redis_url: str, elsewhere: dict[str, str]
) -> None:
    named = {"NOTEAI_DATABASE_URL": database_url, "NOTEAI_REDIS_URL": redis_url}
    first = start(env={**elsewhere, **named})
    first.hears("Ctrl-C")
    second = start(env={**elsewhere, **named})
    assert second.process.wait(60) == FolderInUse.exit_status
    assert str(first.process.pid) in second.hears("Stop that one")


def test_a_taken_port_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = subprocess.run(
            [sys.executable, "-c", _UP, str(data), port],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert refused.returncode == PortTaken.exit_status
    assert port in refused.stderr
    assert not data.exists()


def test_an_api_that_cannot_start_ends_it_with_the_api_s_last_words(
    start: Start, database_url: str, redis_url: str, elsewhere: dict[str, str]
) -> None:
    named = {"NOTEAI_DATABASE_URL": database_url, "NOTEAI_REDIS_URL": redis_url}
    up = start("/bin/sh", "-c", "echo no such table; exit 4", env={**elsewhere, **named})
    assert up.process.wait(60) == ServerFailed.exit_status
    up.hears("no such table")


def interpreter_of_others() -> str | None:
    """A Python like this one that the user nobody can run, for root's own is often closed."""
    for each in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        if each is None:
            continue
        same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        try:
            tried = subprocess.run([each, "-c", same], user="nobody", cwd="/", check=False)
        except PermissionError:
            continue
        if tried.returncode == 0:
            return each
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_user_can_run_it_as_well_as_root(start: Start, servers_folder: Path) -> None:
    python = interpreter_of_others()
    if python is None:
        pytest.skip("no Python like this one that the user nobody can run")
    user = pwd.getpwnam("nobody")
    data = servers_folder / "up-of-a-user"
    data.mkdir()
    os.chown(data, user.pw_uid, user.pw_gid)
    where = [*site.getsitepackages(), str(Path(noteai.__file__).parents[1])]
    env = {"PYTHONPATH": os.pathsep.join(where), "HOME": str(data)}
    up = start(
        folder=data,
        env=env,
        python=python,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=(),
        cwd="/",
    )
    up.hears("Ctrl-C")
    assert up.query("SELECT count(*) FROM jobs") == [(0,)]
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in up.children()} == {user.pw_uid}
    assert up.end() == 0
