"""Who works in a scene: workers and doors, which are replaced as soon as one has died."""

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from noteai.servers.process import Child, Command, free_port, stop_all


class NotHere(Exception):
    """What a row needs cannot be had on this machine."""


@dataclass(frozen=True)
class Terms:
    """What a row needs."""

    workers: int = 3
    apis: int = 0
    attempts: int = 20
    """High where a stage dies by more than one fault that is none of its own."""
    triple: bool = False
    faulty: bool = False
    """The store is reached by a door that can be made to misbehave."""
    scratch: Path | None = None
    """Where workers keep theirs, if not in the scene's folder."""


@dataclass
class Door:
    """An API process and its port."""

    port: int
    child: Child


@dataclass
class Staff:
    folder: Path
    environment: Mapping[str, str]
    terms: Terms
    workers: list[Child] = field(default_factory=list)
    """All that were ever hired."""
    doors: list[Door] = field(default_factory=list)
    is_kept: bool = True

    @property
    def up(self) -> int:
        """Workers that take messages: not those that are starting, for the first time or again."""
        return sum(_is_up(each) for each in self.workers)

    @property
    def are_ready(self) -> bool:
        return self.up >= self.terms.workers

    def keep(self) -> None:
        """Who died is replaced at once."""
        if not self.is_kept:
            return
        lacking = self.terms.workers - sum(each.is_alive for each in self.workers)
        self.workers += [self._hire(len(self.workers) + each) for each in range(lacking)]
        self.doors += [self._open() for _ in range(self.terms.apis - len(self.doors))]
        for door in self.doors:
            if not door.child.is_alive:
                door.child = Child(door.child.command)

    def leave(self) -> None:
        """Ask all to leave, also those that were stopped, and see that they do."""
        self.is_kept = False
        everybody = [*self.workers, *(each.child for each in self.doors)]
        for child in everybody:
            for pid in family(child.pid) if child.is_alive else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        stop_all(everybody)

    def _hire(self, number: int) -> Child:
        return Child(self._command(f"worker-{number}", "worker_door.py", patience=25.0))

    def _open(self) -> Door:
        port = free_port()
        return Door(port, Child(self._command(f"api-{port}", "api_door.py", str(port))))

    def _command(self, name: str, script: str, *args: str, patience: float = 10.0) -> Command:
        program = (sys.executable, str(Path(__file__).with_name(script)), *args)
        log = self.folder / f"{name}.log"
        return Command(name, program, self.folder, log, self.environment, patience=patience)


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for each in found:
        found += children(each)
    return found


def children(pid: int) -> list[int]:
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, file.read_text().split())
    return found


def _is_up(worker: Child) -> bool:
    if not worker.is_alive:
        return False
    log = _text(worker.command.log)
    return log.rfind("worker_ready") > log.rfind("worker_died")


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
