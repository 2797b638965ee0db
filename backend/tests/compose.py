"""docker-compose.yml without containers: its commands as processes, with its environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "docker-compose.yml"
OURS = "noteai:latest"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@dataclass(frozen=True)
class Compose:
    """The file, its variables at their defaults.

    `addresses` are what stands in the file as `host:port` of another container, and where that
    is in this process's network.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def services(self) -> dict[str, Any]:
        services: dict[str, Any] = self._reached(yaml.safe_load(FILE.read_text()))["services"]
        return services

    @property
    def ours(self) -> dict[str, Any]:
        """Those that run NoteAI itself."""
        return {name: each for name, each in self.services.items() if each["image"] == OURS}

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
        text = _VARIABLE.sub(lambda found: found[2] or "", text)
        for address, here in self.addresses.items():
            text = text.replace(address, here)
        return text
