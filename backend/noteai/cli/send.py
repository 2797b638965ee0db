"""`noteai send`: a recording to a service, its progress, and its folder back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from noteai.cli.empty import EMPTY_STATUS, NO_HIGHLIGHTS
from noteai.cli.files import printable
from noteai.cli.progress import Form, showing
from noteai.client import Client
from noteai.engine.events import Event, EventKind, Failure
from noteai.errors import InputError
from noteai.export.staging import check_writable, put_in_place

_ENDS: dict[str, EventKind] = {
    "done": "stage_done",
    "failed": "stage_failed",
    "skipped": "stage_skipped",
    "cancelled": "stage_skipped",
}


class JobFailed(InputError):
    """The service could not finish this recording: {message}"""

    hint = "{remedy}"
    exit_status = 44


@dataclass
class Narrator:
    """Turns how a job stands into what has happened since it was last looked at."""

    emit: Callable[[Event], None]
    _seen: dict[str, tuple[str, float]] = field(default_factory=dict)

    def tell(self, job: dict[str, Any]) -> None:
        for stage in job["stages"]:
            now = (stage["state"], stage["percent"])
            before = self._seen.get(stage["stage"], ("blocked", 0.0))
            for kind in _happened(before, now):
                self.emit(_event(job["id"], kind, stage))
            self._seen[stage["stage"]] = now


def send(file: Path, url: str, workflow: str, out: Path) -> int:
    """The exit status: 0 with clips, 3 where there is nothing worth one.

    Raises:
        ServiceAway, ServiceRefused
        OutputNotWritable, OutputOccupied: as `noteai run`.
        JobFailed: with the failure's own words.
    """
    console = Console()
    check_writable(out)
    with Client(url) as client:
        client.check()
        job = client.submit(file, workflow, file.stem)
        console.print(f"Job {job['id']} at {client.url}", highlight=False, markup=False)
        _send(client, file, job["upload"], console)
        last = _followed(client, job, console)
        if last["state"] in ("failed", "cancelled"):
            raise JobFailed(**_words(last))
        page = _brought(client, job["id"], out)
    if last["state"] == "completed_empty":
        console.print(NO_HIGHLIGHTS)
    place = printable(page.resolve())
    console.print(f"Look at it all: {place}", markup=False, highlight=False, soft_wrap=True)
    return EMPTY_STATUS if last["state"] == "completed_empty" else 0


def _send(client: Client, file: Path, upload: dict[str, Any], console: Console) -> None:
    is_seen = console.is_terminal
    with Progress(console=console, transient=True, disable=not is_seen) as progress:
        sending = progress.add_task(f"sending {escape(printable(file.name))}", total=1.0)
        client.send(file, upload, lambda done: progress.update(sending, completed=done))


def _followed(client: Client, job: dict[str, Any], console: Console) -> dict[str, Any]:
    form: Form = "table" if console.is_terminal else "lines"
    names = tuple(stage["stage"] for stage in job["stages"])
    last = job
    with showing(form, console, names, lambda: last["duration"]) as display:
        narrator = Narrator(display.emit)
        for last in client.follow(job["id"]):
            narrator.tell(last)
    return last


def _brought(client: Client, job: str, out: Path) -> Path:
    """The page of the job's folder, which takes the place of an earlier one in `out`."""
    with TemporaryDirectory() as name:
        client.fetch(job, Path(name))
        put_in_place(Path(name), out, of=job)
    return out / "index.html"


def _happened(before: tuple[str, float], now: tuple[str, float]) -> Iterator[EventKind]:
    waiting = ("blocked", "ready")
    if before[0] in waiting and now[0] not in waiting:
        yield "stage_started"
    if now[0] == "running" and now[1] > before[1]:
        yield "stage_progressed"
    if now[0] in _ENDS and before[0] not in _ENDS:
        yield _ENDS[now[0]]


def _event(job: str, kind: EventKind, stage: dict[str, Any]) -> Event:
    failure = stage["failure"]
    return Event(
        kind=kind,
        run=job,
        stage=stage["stage"],
        fraction=stage["percent"] / 100,
        seconds=stage["seconds"] or 0.0,
        source="cached" if stage["is_cached"] else "ran",
        failure=Failure(**failure) if failure else None,
    )


def _words(job: dict[str, Any]) -> dict[str, str]:
    failure = job["failure"] or {}
    return {
        "message": failure.get("message", f"it was {job['state']}."),
        "remedy": failure.get("remedy", "Send it again."),
    }
