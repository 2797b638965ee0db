"""`noteai up --detach`: the same in a process of its own, and `noteai down`, which ends it."""

import fcntl
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from noteai.errors import InputError, NoteAIError
from noteai.servers.errors import FolderNotWritable

Tell = Callable[[str], None]
_PATIENCE = 60.0
_GLANCE = 0.1


class NotRunning(InputError):
    """No NoteAI runs with the data folder {path}."""

    hint = "Name its folder with --data; `noteai up` starts one."
    exit_status = 97


class NotYours(InputError):
    """The data folder {path} belongs to another user."""

    hint = "Run the command as that user."
    exit_status = 95


class DidNotStart(InputError):
    """NoteAI did not start: {words}"""

    hint = "See {log}."
    exit_status = 98


class DidNotStop(InputError):
    """The process {process} has not ended within {seconds:.0f} seconds."""

    hint = "See its logs; `kill -9` ends it, and what was accepted goes on at the next start."
    exit_status = 99


def detach(run: Callable[[Tell], None], log: Path) -> str:
    """Let `run` go on in a process of its own; returns the first thing that it tells.

    Must be called while this process has one thread. What it writes is added to `log`.

    Raises:
        DidNotStart: it ended without a word.
        FolderNotWritable: nothing can be written to `log`.
    """
    file = _opened(log)
    before = os.fstat(file).st_size
    hear, say = os.pipe()
    if os.fork() == 0:
        os.close(hear)
        _live_on(run, file, say)
    os.close(say)
    os.close(file)
    with os.fdopen(hear) as pipe:
        told = pipe.read()
    if not told:
        last = log.read_bytes()[before:].decode(errors="replace").strip().splitlines()
        raise DidNotStart(words=last[-1] if last else "it said nothing", log=log)
    return told


def stop(lock: Path, patience: float = _PATIENCE) -> None:
    """End the process that holds a data folder's lock, and wait until it has let go of it.

    Raises: NotRunning, NotYours, DidNotStop.
    """
    process = _holder(lock)
    if process is None:
        raise NotRunning(path=lock.parent)
    with suppress(ProcessLookupError):  # it was killed, and its servers are about to end
        os.kill(process, signal.SIGTERM)
    until = time.monotonic() + patience
    while _holder(lock) is not None:
        if time.monotonic() > until:
            raise DidNotStop(process=process, seconds=patience)
        time.sleep(_GLANCE)


def _opened(log: Path) -> int:
    try:
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise FolderNotWritable(path=log.parent, reason=error.strerror) from error


def _live_on(run: Callable[[Tell], None], log: int, say: int) -> NoReturn:
    os.setsid()
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    pipes = [say]

    def tell(text: str) -> None:
        while pipes:
            os.write(pipes[0], text.encode())
            os.close(pipes.pop())
        os.write(sys.stdout.fileno(), f"{text}\n".encode())

    status = 1
    try:
        run(tell)
        status = 0
    except NoteAIError as error:
        os.write(sys.stderr.fileno(), f"{error.message} {error.remedy}\n".encode())
        status = error.exit_status
    except Exception:
        os.write(sys.stderr.fileno(), traceback.format_exc().encode())
        raise
    finally:
        os._exit(status)


def _holder(lock: Path) -> int | None:
    """The process that has the lock; None where nobody has it. Raises: NotYours."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise NotYours(path=lock.parent) from error
    except BlockingIOError:
        return int(lock.read_text() or 0) or None
    return None
