"""Faults: servers, workers and the API are killed, stopped and lied to; every promise is checked.

`python -m bench.chaos` runs the table of faults against real servers and real workers, which do a
workflow in the shape of the real one whose stages last tens of milliseconds. What it shares with
the tests (the checker, the store that misbehaves, fresh databases) lies with the tests.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The repository."""
TESTS = ROOT / "backend" / "tests"
if str(TESTS) not in sys.path:  # the one place where the bench reaches into the tests
    sys.path.append(str(TESTS))
