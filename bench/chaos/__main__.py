"""`python -m bench.chaos [--seed N] [--only NAME ...] [--short]`: the table of faults.

Prints what it does while it does it. The rows of a full run go to bench/RESULTS.md as they come;
a short one has fewer faults of each kind, and writes nothing. The status is 1 where a goal was
missed.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from bench.chaos import api, broker, cancels, database, killed, messages, mixed, space, store
from bench.chaos.servers import Servers, serving
from bench.chaos.trial import Trial, run
from bench.results import record
from bench.table import Row, table

_PARTS = (killed, broker, database, api, messages, cancels, store, space, mixed)
TRIALS = {each.name: each for part in _PARTS for each in part.trials()}


def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all is ended and removed
    with serving() as servers:
        chosen = [TRIALS[name] for name in asked.only or TRIALS]
        found = [_measured(each, servers, asked) for each in chosen if each.times[asked.short]]
    return int(any(row.is_reached is False for rows in found for row in rows))


def _measured(trial: Trial, servers: Servers, asked: argparse.Namespace) -> list[Row]:
    print(f"== {trial.name}: {trial.times[asked.short]} {trial.unit}", flush=True)
    began = time.monotonic()
    rows = run(trial, servers, asked.seed, short=asked.short, keep=asked.keep)
    print(table(rows), f"\n   {time.monotonic() - began:.0f} seconds", flush=True)
    if not asked.short:
        record(trial.name, "faults", rows)
    return rows


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of all that is left to chance")
    parser.add_argument("--only", nargs="+", choices=list(TRIALS), metavar="NAME")
    parser.add_argument("--short", action="store_true", help="a few faults of each kind")
    parser.add_argument("--keep", type=Path, help="a folder for the logs of rows that went wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
