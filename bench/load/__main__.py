"""`python -m bench.load [--only NAME ...] [--short]`: the service under load.

Each part has servers of its own in a folder of its own, and a limit; one that breaks or takes too
long is said so, and the next begins. The rows go into bench/RESULTS.md; with `--short` little is
measured, as a trial, and nothing is written.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

from bench.results import record
from bench.table import Row, table

LIMITS = {
    "queue": 240,
    "shape": 180,
    "sockets": 180,
    "status": 150,
    "plan": 180,
    "fuzz": 720,
    "overhead": 420,
    "watch": 1500,
}
"""Seconds that a part may take."""
_BUSY = 0.5
"""Processors that others use, from which on it is said."""


def main() -> int:
    asked = _asked()
    broken = [name for name in asked.only or LIMITS if not part(name, short=asked.short)]
    if broken:
        print(f"Not measured: {', '.join(broken)}.")
    return 1 if broken else 0


def part(name: str, *, short: bool) -> bool:
    """Measure one, and show it; whether it came to its end."""
    began, others = time.monotonic(), _others()
    print(f"== {name}, at most {LIMITS[name]} s", flush=True)
    try:
        rows = [_noted(row, others) for row in measure(name, short=short)]
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        print(f"{name} broke: {error}", flush=True)
        return False
    print(table(rows), f"\n{time.monotonic() - began:.0f} s", flush=True)
    if not short:
        record(name, "load", rows)
    return True


def measure(name: str, *, short: bool) -> list[Row]:
    """Its rows, from a process of its own; whatever it leaves goes with its folder."""
    code = (
        f"from bench.load import {name} as part; from bench.table import as_json; "
        f"print(as_json(part.rows(short={short})))"
    )
    with tempfile.TemporaryDirectory(prefix="noteai-load-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # root's Postgres enters it as another user
        ended = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "TMPDIR": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=LIMITS[name],
        )
    return [Row(**each) for each in json.loads(ended.stdout.splitlines()[-1])]


def _asked() -> "_Asked":
    parser = ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--only", action="append", choices=LIMITS, metavar="NAME")
    parser.add_argument("--short", action="store_true")
    return parser.parse_args(namespace=_Asked())


class _Asked:
    only: list[str] | None
    short: bool


def _others() -> float:
    """Processors that are busy with other work, over two seconds."""
    before = _busy()
    time.sleep(2.0)
    return (_busy() - before) / 2.0


def _busy() -> float:
    """Processor seconds since the machine's start that somebody used."""
    user, nice, system, _idle, _wait, *rest = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def _noted(row: Row, others: float) -> Row:
    if others < _BUSY:
        return row
    note = f"{row.note}; " if row.note else ""
    return replace(row, note=f"{note}while others used {others:.1f} processors")


if __name__ == "__main__":
    sys.exit(main())
