"""The one door to foreign programs.

A pure function makes a `Command`, `run` or `stream` runs it, a pure function reads what
it printed. Each program runs in a process group of its own, under limits on wall clock,
processor time, memory and file size, without standard input.
"""

import functools
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from noteai import tracing
from noteai.errors import Cancelled, InputError, NoSpaceLeft, NoteAIError
from noteai.frozen import Frozen

GIB = 1 << 30
TAIL_LINES = 40
LONGEST_LINE = 1 << 16
_BLOCK = 512
_GLANCE = 0.002
_LIMITED = (
    'ulimit -v "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; ulimit -f "$3" 2>/dev/null; '
    'shift 3; exec "$@"'
)
_BOUND = ("setpriv", "--pdeathsig", "KILL")


class ToolFailed(NoteAIError):
    """{program} ended with status {status}: {tail}"""

    hint = "This is a defect: please report it with the log."


class ToolTimedOut(InputError):
    """{program} was stopped after {seconds} seconds without finishing this file."""

    hint = "The file may be damaged: convert it with another program and try again."
    exit_status = 42


class ToolMissing(InputError):
    """The program {program} is not on this machine."""

    hint = "Install NoteAI again: it brings the programs that it needs."
    exit_status = 72


class Limits(Frozen):
    """What a foreign program may use: seconds, and bytes of memory and of each file."""

    wall: float = 4 * 3600.0
    cpu: int = 8 * 3600
    memory: int = 6 * GIB
    file_size: int = 64 * GIB


class Command(Frozen):
    """A program to run in `folder`; arguments are passed as they are, never by a shell."""

    program: str
    args: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Output:
    stdout: bytes
    stderr: str
    """The last lines, without those that a listener took."""
    seconds: float


class Process:
    """A running program whose standard output can be read while it runs."""

    def __init__(
        self, command: Command, limits: Limits, listen: Callable[[str], bool] | None
    ) -> None:
        self.command = command
        self._listen = listen
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._started = time.monotonic()
        self._limits = limits
        self._timed_out = False
        self._fault: BaseException | None = None
        self._ending = threading.Lock()
        with _gate.lock:
            if _gate.is_shut:
                raise Cancelled
            self._child = _start(command, limits)
            program = Path(command.program).name
            self._end_span = tracing.begin(f"program {program}", program=program)
            _gate.running.add(self)
        self._timer = threading.Timer(limits.wall, self._time_out)
        self._timer.daemon = True
        self._timer.start()
        self._reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._reader.start()

    @property
    def stdout(self) -> IO[bytes]:
        assert self._child.stdout is not None
        return self._child.stdout

    def kill(self) -> None:
        """Kill the program and whatever it started; harmless when it has ended."""
        with self._ending:
            if self._child.returncode is None:
                _kill_group(self._child.pid)

    def finish(self) -> Output:
        """Wait for the end.

        Raises:
            ToolTimedOut: the wall clock limit was reached.
            NoSpaceLeft: it could not write.
            ToolFailed: any other status but 0.
            Exception: whatever the listener raised, as `Cancelled`; it ends the program.
        """
        rest = self.stdout.read()
        self._reader.join()
        status = self._reap()
        if self._fault:
            raise self._fault
        tail = "\n".join(self._tail)
        program = Path(self.command.program).name
        if self._timed_out:
            raise ToolTimedOut(program=program, seconds=round(self._limits.wall))
        if "No space left on device" in tail:
            raise NoSpaceLeft(path=self.command.folder)
        if status != 0:
            raise ToolFailed(program=program, status=status, tail=tail)
        return Output(rest, tail, time.monotonic() - self._started)

    def close(self) -> None:
        """Kill and forget, for a caller that needs no more of the output."""
        self.kill()
        self.stdout.close()
        self._reader.join()
        self._end_span(status=self._reap())

    def _reap(self) -> int:
        while (status := self._ended()) is None:
            time.sleep(_GLANCE)  # its pipes are closed, so it is about to end
        self._timer.cancel()
        with _gate.lock:
            _gate.running.discard(self)
        return status

    def _ended(self) -> int | None:
        """The status once it has ended. The lock keeps `kill` from a number that was given up."""
        with self._ending:
            if self._child.returncode is not None:
                return self._child.returncode
            if self._child.poll() is not None:
                _kill_group(self._child.pid)  # what it started and left running
            return self._child.returncode

    def _time_out(self) -> None:
        self._timed_out = True
        self.kill()

    def _read_stderr(self) -> None:
        assert self._child.stderr is not None
        with self._child.stderr as pipe:
            try:
                self._hear(pipe)
            except BaseException as fault:  # noqa: BLE001  # raised again in the caller's thread
                self._fault = fault
                self.kill()

    def _hear(self, pipe: IO[bytes]) -> None:
        while raw := pipe.readline(LONGEST_LINE):
            line = raw.decode(errors="replace").rstrip()
            if line and not (self._listen and self._listen(line)):
                self._tail.append(line)


class _Gate:
    """Counts the programs that run, and once shut lets no more start."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: set[Process] = set()
        self.is_shut = False


_gate = _Gate()


def run(
    command: Command,
    limits: Limits | None = None,
    listen: Callable[[str], bool] | None = None,
) -> Output:
    """Run to the end and return what it printed. `listen` takes a line of stderr, or not.

    Raises: as `Process.finish`.
    """
    with stream(command, limits, listen) as process:
        return process.finish()


@contextmanager
def stream(
    command: Command,
    limits: Limits | None = None,
    listen: Callable[[str], bool] | None = None,
) -> Iterator[Process]:
    """A running program to read from; it is dead when the block is left, however that is."""
    process = Process(command, limits or Limits(), listen)
    try:
        yield process
    finally:
        process.close()


def kill_all() -> None:
    """Kill every foreign program that this process has running, and let no more start.

    For a process that is about to leave or to do something else: a thread that works on meets
    `Cancelled`.
    """
    with _gate.lock:
        _gate.is_shut = True
        for process in _gate.running:
            process.kill()


def admit() -> None:
    """Let programs start again after `kill_all`."""
    with _gate.lock:
        _gate.is_shut = False


def _start(command: Command, limits: Limits) -> subprocess.Popen[bytes]:
    if shutil.which(command.program) is None:
        raise ToolMissing(program=Path(command.program).name)
    return subprocess.Popen(
        _limited(command, limits),
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _limited(command: Command, limits: Limits) -> Sequence[str]:
    """Limits are set by the shell that becomes the program, so none runs without them."""
    sizes = (limits.memory // 1024, limits.cpu, limits.file_size // _BLOCK)
    return [
        *_bound(), "/bin/sh", "-c", _LIMITED, "sh", *map(str, sizes),
        command.program, *command.args,
    ]  # fmt: skip


@functools.cache
def _bound() -> Sequence[str]:
    """Binds a program's life to that of the thread that started it, where the system can."""
    if shutil.which(_BOUND[0]) is None:
        return ()
    tried = subprocess.run([*_BOUND, "true"], check=False, capture_output=True)
    return _BOUND if tried.returncode == 0 else ()
