"""Processes like those of a script, without the seconds in which each would import the same.

`zygote.py SCRIPT` imports what the script does, and then forks a process for whoever asks, by a
line on its standard input: of a session, an environment, arguments and a log of its own. What
was imported is all that they share. `Zygote` is the side that asks.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_LOOK = 0.01
"""Seconds between two looks whether a process has ended."""
_LATE = {
    "api_door.py": (
        "psycopg2.extras",
        "structlog.contextvars",
        "uvicorn.lifespan.on",
        "uvicorn.loops.auto",
        "uvicorn.protocols.http.auto",
        "uvicorn.protocols.websockets.auto",
    ),
    "worker_door.py": (
        "celery.app.trace",
        "celery.backends.redis",
        "celery.concurrency.prefork",
        "celery.events.receiver",
        "celery.loaders.app",
        "celery.worker.consumer",
        "celery.worker.pidbox",
        "cffi.cparser",
        "httpcore2",
        "kombu.transport.redis",
        "psycopg2.extras",
        "structlog.contextvars",
    ),
}
"""What a script imports only as it runs, each time."""


class Zygote:
    """Of a script. Ends with the process that made it."""

    def __init__(self, script: Path) -> None:
        command = [sys.executable, __file__, str(script)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def fork(self, arguments: tuple[str, ...], env: Mapping[str, str], log: Path) -> "Forked":
        """A process that runs the script; what it says goes into the log."""
        order = {"arguments": arguments, "env": dict(env), "log": str(log)}
        return Forked(self, self.ask("fork", order))

    def ask(self, what: str, about: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([what, about]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the zygote is dead"
        return json.loads(answer)

    def close(self) -> None:
        self._process.communicate()


@dataclass
class Forked:
    """Like a `subprocess.Popen`."""

    zygote: Zygote
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.zygote.ask("poll", self.pid)
        return self.returncode

    def wait(self) -> int:
        while (status := self.poll()) is None:
            time.sleep(_LOOK)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


@cache
def zygote_of(script: Path) -> Zygote:
    """The one that all tests of this process share."""
    made = Zygote(script)
    atexit.register(made.close)
    return made


def _serve(script: Path) -> None:
    for line in sys.stdin:
        what, about = json.loads(line)
        if what == "poll":
            _answer(_poll(about))
        elif pid := os.fork():
            _answer(pid)
        else:
            _become(script, **about)


def _answer(said: int | None) -> None:
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


def _poll(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _become(script: Path, arguments: list[str], env: dict[str, str], log: str) -> None:
    os.setsid()
    with Path(os.devnull).open() as nothing, Path(log).open("wb") as written:
        os.dup2(nothing.fileno(), 0)
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = arguments
    runpy.run_path(str(script), run_name="__main__")
    sys.exit()


def _import_all(script: Path) -> None:
    runpy.run_path(str(script), run_name="imported")
    for each in _LATE.get(script.name, ()):
        __import__(each)
    gc.freeze()  # so that little of it is copied


if __name__ == "__main__":
    _import_all(Path(sys.argv[1]))
    _serve(Path(sys.argv[1]))
