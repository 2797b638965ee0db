"""The servers that a worker needs go away and come back; the jobs go on."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg2
import pytest
from crew import Site, wait_until

from noteai.database import Database
from noteai.servers import valkey as valkey_server
from noteai.servers.process import Child, free_port


@contextmanager
def away(postgres: str, site: Site) -> Iterator[None]:
    """The database lets nobody in while the block runs, and everybody out before."""
    name = site.database.engine.url.database
    with closing(psycopg2.connect(postgres.replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            site.database.engine.dispose()  # our own are gone, too, and may be too young for a ping
            try:
                yield
            finally:
                cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.mark.parametrize("seconds", [0.5, 5.0])
def test_a_job_survives_a_database_that_is_away(site: Site, postgres: str, seconds: float) -> None:
    """For less and for more than a lease."""
    worker = site.hire()
    job = site.submit(left={"seconds": 1.0}, middle={"seconds": 1.5})
    site.began("middle")
    with away(postgres, site):
        time.sleep(seconds)
    assert site.ended(job).state == "completed"
    assert not worker.is_gone()
    wait_until(lambda: not site.wrong(), "all is well")


@pytest.mark.parametrize("busy", [1, 2])
def test_a_job_survives_a_broker_that_is_killed(
    database: Database, servers_folder: Path, tmp_path: Path, busy: int
) -> None:
    """Also where all that a worker does ends while nobody can be told."""
    folder = servers_folder / f"killed-{busy}"
    server = valkey_server.prepare(folder, servers_folder / "killed.log", free_port())
    child = Child(server.command)
    child.wait_until(server.answers)
    with closing(Site(database, server.url(), tmp_path)) as site:
        worker = site.hire()
        seconds = {1: 0.0, 2: 2.0}[busy]
        job = site.submit(left={"seconds": seconds}, middle={"seconds": 2.0})
        site.began("left")
        site.began("middle")
        child.kill()
        for name in ("left", "middle"):
            wait_until(lambda name=name: site.entries("finished", name), f"{name} ended meanwhile")  # type: ignore[misc]
        wait_until(lambda: _done(site, job) > 2, "that was written down")
        child = Child(server.command)
        child.wait_until(server.answers)
        assert site.ended(job).state == "completed"
        assert not worker.is_gone()
        wait_until(lambda: not site.wrong(), "all is well")
    child.stop()


def _done(site: Site, job: UUID) -> int:
    return sum(each.state == "done" for each in site.job(job).stages)
