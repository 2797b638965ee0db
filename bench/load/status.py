"""A job's status asked by 200 clients, against a bare FastAPI route with one SELECT.

Each of the two is one process; they take turns. With an ETag that has not changed the answer is
304, and that is compared with the whole answer.
"""

import json
import subprocess
import sys
import urllib.request
from statistics import median

from bench.load.ground import ROOT, Ground, answers, ground
from bench.load.idle import IDLE
from bench.table import Row
from noteai.accounts.models import LOCAL
from noteai.jobs.journal import Journal
from noteai.jobs.service import JobOrder, submit
from noteai.servers.process import free_port

CLIENTS = 200
_SILENT = Journal(lambda *_: None)


def rows(*, short: bool) -> list[Row]:
    rounds, seconds = (1, 1.0) if short else (5, 4.0)
    port = str(free_port())
    with ground() as place, place.api() as address, place.running("bare", "route", port) as bare:
        job = _job(place)
        ours, theirs = f"{address}/api/v1/jobs/{job}", f"http://127.0.0.1:{port}/jobs/{job}"
        bare.wait_until(lambda: answers(theirs))
        tag = etag(ours)
        rates: dict[str, list[float]] = {"bare": [], "200": [], "304": []}
        for _ in range(rounds):
            rates["bare"].append(rate(theirs, seconds, 200))
            rates["200"].append(rate(ours, seconds, 200))
            rates["304"].append(rate(ours, seconds, 304, tag))
    found = {name: median(each) for name, each in rates.items()}
    on = f"{CLIENTS} clients, one process each"
    note = " and ".join(f"{name}: {each:.0f} a second" for name, each in found.items())
    return [
        Row("status: rate / a bare route's", on, found["200"] / found["bare"], 0.6, note=note),
        Row("status: rate of 304 / that of 200", on, found["304"] / found["200"], 1.5),
    ]


def rate(url: str, seconds: float, wanted: int, tag: str = "") -> float:
    """Answers a second, all of which must have the status that is `wanted`."""
    command = [sys.executable, "-m", "bench.load.poll", url, str(CLIENTS), str(seconds)]
    ended = subprocess.run(
        [*command, *([tag] if tag else [])], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(ended.stdout)
    if set(found) != {str(wanted)}:
        raise ValueError(f"{url} answered {found}")
    return found[str(wanted)]


def etag(url: str) -> str:
    with urllib.request.urlopen(url) as response:  # noqa: S310 - our own
        return str(response.headers["ETag"])


def _job(place: Ground) -> str:
    order = JobOrder(place.upload(), workflow="idle")
    with place.database.transaction() as session:
        return str(submit(session, _SILENT, LOCAL, order, {"idle": IDLE}).id)
