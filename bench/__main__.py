"""`python -m bench [PART ...]`: measure, print, and write bench/RESULTS.md.

Each part runs in a process of its own, so that none measures what another has loaded. Parts
that are not named keep the figures that the file has.
"""

import json
import subprocess
import sys
from pathlib import Path

from bench.table import Row, heading, table

PARTS = ("silence", "transcript", "layout", "content", "clips", "whole")
KINDS = {"quality": "Quality", "speed": "Speed and memory"}
RESULTS = Path(__file__).with_name("RESULTS.md")
FIGURES = Path(__file__).with_name("figures.json")


def main(names: list[str]) -> None:
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for name in names or PARTS:
        print(f"== {name}", flush=True)
        for kind in KINDS:
            figures.setdefault(name, {})[kind] = measure(name, kind)
            FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
            RESULTS.write_text(page(figures))


def measure(name: str, kind: str) -> list[dict[str, object]]:
    """The rows of a part: its `quality` or its `speed`."""
    code = f"from bench import {name} as part; from bench.table import as_json; "
    ended = subprocess.run(
        [sys.executable, "-c", code + f"print(as_json(part.{kind}()))"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[dict[str, object]] = json.loads(ended.stdout.splitlines()[-1])
    print(table([Row(**each) for each in found]), flush=True)
    return found


def page(figures: dict[str, dict[str, list[dict[str, object]]]]) -> str:
    """The results as one page."""
    parts = [heading()]
    for kind, title in KINDS.items():
        parts.append(f"## {title}\n")
        for name in PARTS:
            rows = [Row(**each) for each in figures.get(name, {}).get(kind, [])]
            if rows:
                parts.append(f"### {name}\n\n{table(rows)}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
