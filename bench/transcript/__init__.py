"""Transcript: how right words and their times are, and how long that takes.

`python -m bench.transcript` prints the rows. Media are found by NOTEAI_MEDIA_DIR.
"""

import tempfile
from pathlib import Path

from bench.table import Row
from bench.transcript.cost import memory, pace
from bench.transcript.errors import error_rates, silent
from bench.transcript.times import recitals, sonnet


def quality() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*error_rates(folder), *silent(folder), *sonnet(folder), *recitals(folder)]


def speed() -> list[Row]:
    return [*pace(), *memory()]
