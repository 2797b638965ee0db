"""The command line as a process, what it leaves running, and what it can say."""

import importlib
import json
import pkgutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import noteai
from noteai.errors import NoteAIError

_PROGRAMS = ("__main__", ".tied")
"""Modules that do what they do when they are loaded."""


@dataclass(frozen=True)
class Job:
    """A folder with a cache of its own, and with what was made in `out`."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "noteai", *args, "--store", str(self.folder / "cache")]

    def run(self, *args: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*args),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self.folder,
        )

    def read(self, name: str) -> Any:
        return json.loads((self.out / name).read_text(encoding="utf-8"))


def ffmpegs(folder: Path) -> set[int]:
    """Ids of the ffmpeg processes that work in `folder` or below it."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            program, place = (entry / "exe").readlink(), (entry / "cwd").readlink()
        except OSError:
            continue
        if program.name.startswith("ffmpeg") and place.is_relative_to(folder):
            found.add(int(entry.name))
    return found


def every_error() -> list[type[NoteAIError]]:
    """All errors of NoteAI, by exit status and name."""
    for module in pkgutil.walk_packages(noteai.__path__, "noteai."):
        if not module.name.endswith(_PROGRAMS):
            importlib.import_module(module.name)
    found, left = [], [NoteAIError]
    while left:
        error = left.pop()
        left += error.__subclasses__()
        found += [error] if error.__module__.startswith("noteai.") else []
    return sorted(set(found), key=lambda each: (each.exit_status, each.__name__))
