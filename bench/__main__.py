"""`python -m bench [PART ...]`: measure, print, and write bench/RESULTS.md.

Each part runs in a process of its own, so that none measures what another has loaded. Parts
that are not named keep the figures that the file has.
"""

import json
import subprocess
import sys

from bench.results import PARTS, record
from bench.table import Row, table


def main(names: list[str]) -> None:
    for name in names or PARTS:
        print(f"== {name}", flush=True)
        for kind in ("quality", "speed"):
            record(name, kind, measure(name, kind))


def measure(name: str, kind: str) -> list[Row]:
    """The rows of a part: its `quality` or its `speed`."""
    code = f"from bench import {name} as part; from bench.table import as_json; "
    ended = subprocess.run(
        [sys.executable, "-c", code + f"print(as_json(part.{kind}()))"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = [Row(**each) for each in json.loads(ended.stdout.splitlines()[-1])]
    print(table(found), flush=True)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
