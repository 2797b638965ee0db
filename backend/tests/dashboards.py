"""The dashboards of Grafana, panel by panel."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2] / "grafana"
FILES = sorted((ROOT / "dashboards").glob("*.json"))
_LEGEND = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Asked:
    """A query, and the labels by which its answers are told apart."""

    panel: str
    source: str
    text: str
    legend: frozenset[str]


def boards() -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in FILES]


def panels() -> list[tuple[str, dict[str, Any]]]:
    """Each with a name that says where it stands."""
    return [
        (f"{board['title']} {panel['title']}", panel)
        for board in boards()
        for panel in board["panels"]
    ]


def queries(source: str) -> list[Asked]:
    """Of one kind of data source: prometheus or loki."""
    return [each for each in _queries() if each.source == source]


def _queries() -> Iterator[Asked]:
    for name, panel in panels():
        for target in panel["targets"]:
            legend = frozenset(_LEGEND.findall(target.get("legendFormat", "")))
            yield Asked(name, panel["datasource"]["type"], target["expr"], legend)
