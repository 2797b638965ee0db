"""The one door to servers: children of this process, each in a process group of its own.

A child ends with its parent, also where the parent is killed (on Linux). Start children from a
thread that lives as long as they should: the kernel ends them with the thread that made them.
"""

import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from noteai.servers.errors import PortTaken, ServerFailed

LOOPBACK = "127.0.0.1"
_TIED = Path(__file__).with_name("tied.py")
_PORTS = range(20_000, 32_000)
_GLANCE = 0.02
_TAIL = 15
_LARGEST_LOG = 16 << 20


@dataclass(frozen=True)
class Command:
    """A program to run: its arguments are passed as they are, its words go to `log`."""

    name: str
    args: tuple[str, ...]
    folder: Path
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    """What its environment has besides this process's."""
    user: pwd.struct_passwd | None = None
    """Whom it runs as, where that is not who runs this process."""
    stop_by: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    """Seconds between asking it to end and killing it."""
    holds: int | None = None
    """A lock's file descriptor, which is let go when the last process that holds it ends."""


class Child:
    """A running program, from its start to its end."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.started = time.monotonic()
        self._is_gone = False
        self._log_from = turned(command.log)
        with command.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_tied(command), *command.args],
                cwd=command.folder,
                env={**os.environ, **command.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=() if command.holds is None else (command.holds,),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """None while it runs; negative where a signal ended it."""
        return self._process.poll()

    @property
    def is_alive(self) -> bool:
        return self.status is None

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self.started

    @property
    def last_words(self) -> str:
        written = self.command.log.read_bytes()[self._log_from :]
        return "\n".join(written.decode(errors="replace").splitlines()[-_TAIL:])

    def stop(self) -> None:
        """Ask it to end, and kill what is left of it and its children after its patience."""
        stop_all([self])

    def kill(self) -> None:
        """Kill it and its children at once."""
        if self._is_gone:
            return  # its number may be another's by now
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._is_gone = True

    def ask_to_stop(self) -> None:
        if self.is_alive:
            self._process.send_signal(self.command.stop_by)

    def wait_until(self, answers: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until it answers; it is killed where it does not.

        Raises:
            ServerFailed: it ended, or does not answer in time.
        """
        until = time.monotonic() + seconds
        while not answers():
            if not self.is_alive:
                raise self._failed(f"it ended with status {self.status}.")
            if time.monotonic() > until:
                self.kill()
                raise self._failed(f"it did not answer within {seconds:.0f} seconds.")
            time.sleep(_GLANCE)

    def _failed(self, why: str) -> ServerFailed:
        reason = f"{why}\n{self.last_words}".strip()
        return ServerFailed(name=self.command.name, reason=reason, log=self.command.log)


def run_once(command: Command) -> None:
    """Run to the end. Raises: ServerFailed, with any status but 0."""
    child = Child(command)
    try:
        child.wait_until(lambda: child.status == 0)
    finally:
        child.kill()


def stop_all(children: list[Child]) -> None:
    """Ask all to end, wait for each as long as its patience lasts, and kill what is left."""
    asked = time.monotonic()
    for child in children:
        child.ask_to_stop()
    try:
        for child in children:
            while child.is_alive and time.monotonic() - asked < child.command.patience:
                time.sleep(_GLANCE)
    finally:  # also where somebody presses Ctrl-C again
        for child in children:
            child.kill()


def free_ports(count: int) -> list[int]:
    """Different ports on which nobody listens, none of those that the kernel gives to clients."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    return found


def free_port() -> int:
    return free_ports(1)[0]


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there; one that ended a moment ago is no hindrance."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def claim_port(port: int, host: str = LOOPBACK) -> int:
    """The port itself. Raises: PortTaken."""
    if not is_free(port, host):
        raise PortTaken(port=port)
    return port


def is_listening(port: int, host: str = LOOPBACK) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def _tied(command: Command) -> list[str]:
    user = command.user
    identity = ("-", "-") if user is None else (str(user.pw_uid), str(user.pw_gid))
    return [
        sys.executable, "-I", "-S", str(_TIED),
        str(os.getpid()), str(int(command.stop_by)), *identity,
    ]  # fmt: skip


def turned(log: Path) -> int:
    """Put a log that has grown large aside; how many bytes are in what is left."""
    size = log.stat().st_size if log.exists() else 0
    if size <= _LARGEST_LOG:
        return size
    log.replace(log.with_name(f"{log.name}.1"))
    return 0
