"""Figures of all parts of the bench, kept in one file and shown in bench/RESULTS.md."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.table import Row, heading, table

Figures = dict[str, dict[str, list[dict[str, object]]]]
"""By part and kind."""
PARTS = ("silence", "transcript", "layout", "content", "clips", "whole")
"""In the order of the page; other parts come after them, as they were first measured."""
KINDS = {
    "quality": "Quality",
    "speed": "Speed and memory",
    "load": "The service under load",
    "faults": "The service under faults",
}
RESULTS = Path(__file__).with_name("RESULTS.md")
FIGURES = Path(__file__).with_name("figures.json")


def record(name: str, kind: str, rows: Sequence[Row]) -> None:
    """Keep the rows of a part in place of those that it had; the page is written anew."""
    figures: Figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    figures.setdefault(name, {})[kind] = [asdict(each) for each in rows]
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    RESULTS.write_text(page(figures))


def page(figures: Figures) -> str:
    """The results as one page."""
    parts, names = [heading()], dict.fromkeys((*PARTS, *figures))
    for kind, title in KINDS.items():
        named = {name: found for name in names if (found := figures.get(name, {}).get(kind))}
        if named:
            parts.append(f"## {title}\n")
        for name, found in named.items():
            parts.append(f"### {name}\n\n{table([Row(**each) for each in found])}\n")  # type: ignore[arg-type]
    return "\n".join(parts)
