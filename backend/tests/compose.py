"""The files of Docker Compose without containers: merged as it merges them, variables filled in."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
OVERLAY = ROOT / "docker-compose.prod.yml"
OURS = "noteai:latest"
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
_RESET = object()
_REPLACED = {"command", "entrypoint", "test"}
"""Lists of which the later file's stands alone; others go on with it."""


class VariableMissing(Exception):
    """A variable without a default is not set; the argument is what the file says about it."""


@dataclass(frozen=True)
class Compose:
    """Files over each other, their variables at their defaults where they are not given.

    `addresses` are what stands in a file as `host:port` of another container, and where that
    is in this process's network.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = (FILE,)

    @property
    def whole(self) -> dict[str, Any]:
        whole: Any = {}
        for file in self.files:
            whole = merged(whole, read(file))
        filled: dict[str, Any] = self._reached(whole)
        return filled

    @property
    def services(self) -> dict[str, Any]:
        services: dict[str, Any] = self.whole["services"]
        return services

    @property
    def ours(self) -> dict[str, Any]:
        """Those that run NoteAI itself."""
        return {name: each for name, each in self.services.items() if each["image"] == OURS}

    @property
    def workers(self) -> dict[str, Any]:
        """Also those of a profile."""
        built = {name: each for name, each in self.services.items() if "build" in each}
        return {name: each for name, each in built.items() if each["command"][0] == "worker"}

    def environment(self, name: str) -> dict[str, str]:
        """What the container has, and of this process only how to find programs."""
        return {"PATH": os.environ["PATH"], **self.services[name].get("environment", {})}

    def _reached(self, part: Any) -> Any:
        if isinstance(part, dict):
            return {name: self._reached(each) for name, each in part.items()}
        if isinstance(part, list):
            return [self._reached(each) for each in part]
        return self._text(part) if isinstance(part, str) else part

    def _text(self, text: str) -> str:
        text = _VARIABLE.sub(self._value, text)
        for address, here in self.addresses.items():
            text = text.replace(address, here)
        return text

    def _value(self, found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if name in self.variables:
            return self.variables[name]
        if kind != "-":
            raise VariableMissing(rest or name)
        return str(rest)


def read(file: Path) -> Any:
    """Raises: yaml.YAMLError, also for a tag that Compose has and we do not use."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe one


def merged(under: Any, over: Any, name: str = "") -> Any:
    """What Compose makes of a part that stands in two files."""
    if isinstance(under, dict) and isinstance(over, dict):
        both = {key: merged(under.get(key), each, key) for key, each in over.items()}
        return {key: each for key, each in {**under, **both}.items() if each is not _RESET}
    if isinstance(under, list) and isinstance(over, list) and name not in _REPLACED:
        return under + over
    return over


class _Loader(yaml.SafeLoader):
    """Knows the tag by which a later file takes away what an earlier one has."""


_Loader.add_constructor("!reset", lambda _loader, _node: _RESET)
