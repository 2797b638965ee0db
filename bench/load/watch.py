"""Ten lectures, an API and two workers, of which one is killed: what a real Prometheus sees of it.

Its rules and their pace are the repository's own. Who is killed is the only one that hears speech,
and is started again once the alert has come. Beside the lectures happens what the dashboards are
about: a recording that cannot be read, webhooks that are taken and refused, a language model that
costs and is of no use, somebody who follows a job, a page that is not there.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

from bench import chaos as _tests_are_found  # noqa: F401 - what is shared with the tests lies there
from bench.load.ground import Ground, answers, ground
from bench.load.talker import talking
from bench.table import Row
from noteai.client import Client
from noteai.sample import make
from noteai.servers.process import Child, Command, free_port

LEASE, FOR, PACE = 45, 300, 15
"""Seconds: until a silent worker is lost, that an alert waits, between two looks."""
_SPEECH = ("--queues", "speech")
_OTHERS = tuple(
    each for name in ("media", "vision", "language", "default") for each in ("--queues", name)
)
_SLOWEST = LEASE + FOR + 4 * PACE


def rows(*, short: bool) -> list[Row]:
    import dashboards
    import scraping
    from receiving import receiving

    if not scraping.PROGRAM:
        return [Row("watch: skipped", "prometheus is not installed", 0)]
    lectures = 2 if short else 10
    with ExitStack() as stack:
        place = stack.enter_context(ground(objects=True))
        place.environment.update(stack.enter_context(talking()), **_terms())
        films = [
            make(place.folder / f"film{n}", seed=n, minutes=1.0).video for n in range(lectures)
        ]
        service = stack.enter_context(serving(place))
        receiver = stack.enter_context(receiving())
        stack.enter_context(service.worker(_OTHERS))
        server = stack.enter_context(
            scraping.prometheus(_folder(place), service.targets, in_haste=False)
        )
        with service.worker(_SPEECH) as victim, Client(service.api) as client:
            jobs = [submitted(client, each) for each in films]
            happen(client, jobs[0], receiver.url(), place.folder)
            until(lambda: server.ask('noteai_worker_slots{queue="speech"} > 0'), 120)
            victim.kill()
            fired = until(lambda: "WorkerGone" in server.firing(), _SLOWEST + 120)
        with service.worker(_SPEECH), Client(service.api) as client:
            cleared = until(lambda: "WorkerGone" not in server.firing(), 300)
            ended = [list(client.follow(job))[-1]["state"] for job in jobs]
            list(client.follow(submitted(client, films[0])))  # which the cache knows
            silent = scraping.wait_for_answers(server, dashboards.queries("prometheus"))
    return _told(lectures, fired, cleared, ended, [each.panel for each in silent])


def _told(
    lectures: int, fired: float, cleared: float, ended: list[str], silent: list[str]
) -> list[Row]:
    on = f"{lectures} lectures of a minute, an API and two workers, Prometheus at its own pace"
    within = f"lease {LEASE} s, then {FOR} s, and looks every {PACE} s"
    done = sum(state.startswith("completed") for state in ended)
    return [
        Row("watch: seconds from a kill to its alert", on, fired, _SLOWEST, "at most", within),
        Row("watch: seconds from another worker to the all-clear", on, cleared, 90, "at most"),
        Row("watch: lectures that completed", on, done, lectures),
        Row("watch: panels without data", on, len(silent), 0, "at most", "; ".join(silent)),
    ]


class Service:
    """The doors of the command line, each with a port for its metrics."""

    def __init__(self, place: Ground, api: str) -> None:
        self.api = api
        self._place = place
        self._ports = {_OTHERS: free_port(), _SPEECH: free_port()}

    @property
    def targets(self) -> dict[str, list[str]]:
        workers = [f"127.0.0.1:{port}" for port in self._ports.values()]
        return {"api": [self.api.removeprefix("http://")], "worker": workers}

    @contextmanager
    def worker(self, queues: tuple[str, ...]) -> Iterator[Child]:
        port = {"NOTEAI_SERVICE__METRICS_PORT": str(self._ports[queues])}
        args = ("worker", "--concurrency", "1", *queues)
        with _running(self._place, f"worker-{queues[1]}", args, port) as child:
            yield child


@contextmanager
def serving(place: Ground) -> Iterator[Service]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with _running(place, "api", ("api", "--port", str(port)), {}) as child:
        child.wait_until(lambda: answers(f"{address}/health/live"), 120)
        yield Service(place, address)


@contextmanager
def _running(
    place: Ground, name: str, args: tuple[str, ...], more: dict[str, str]
) -> Iterator[Child]:
    env = {**place.environment, **more}
    command = (sys.executable, "-m", "noteai", *args)
    child = Child(Command(name, command, place.folder, place.folder / f"{name}.log", env=env))
    try:
        yield child
    finally:
        child.stop()


def submitted(client: Client, film: Path) -> str:
    job = client.submit(film, "highlights", film.parent.name)
    client.send(film, job["upload"], lambda _: None)
    return str(job["id"])


def happen(client: Client, job: str, hook: str, folder: Path) -> None:
    """What goes wrong, and who looks on."""
    broken = folder / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(4000))
    submitted(client, broken)
    for url in (hook, f"http://127.0.0.1:{free_port()}/"):
        made: dict[str, Any] = client.ask("POST", "/webhooks", json={"url": url})
        client.ask("POST", f"/webhooks/{made['id']}/ping")
    httpx2.get(f"{client.url}/api/v1/jobs/nobody")
    threading.Thread(target=_follow, args=(client.url, job), daemon=True).start()


def _follow(url: str, job: str) -> None:
    """Its events, until the API ends."""
    with (
        suppress(httpx2.HTTPError),
        httpx2.stream("GET", f"{url}/api/v1/jobs/{job}/events", timeout=None) as answer,
    ):
        for _ in answer.iter_bytes():
            pass


def until(is_so: Callable[[], object], seconds: float) -> float:
    """Seconds until it was so. Raises: TimeoutError."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(1.0)
    return time.monotonic() - began


def _folder(place: Ground) -> Path:
    made = place.folder / "prometheus"
    made.mkdir()
    return made


def _terms() -> dict[str, str]:
    return {
        "NOTEAI_SERVICE__WEBHOOKS_TO_PRIVATE": "true",
        "NOTEAI_LOG_FORMAT": "json",
        "NOTEAI_LOG_LEVEL": "info",
    }
