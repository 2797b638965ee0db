"""The API under schemathesis: each operation by itself, and one request after another by links.

All servers are there, and nobody works on what is submitted. Left out are the streams of events,
which do not end, and the waiting for news, of which there is none.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.load.ground import ROOT, Ground, ground
from bench.table import Row

CASES, SECONDS, SEED = 5000, 270, 3
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
PHASES = ("fuzzing", "stateful")
STREAMS = "/api/v1/jobs/{job_id}/events"
Report = dict[str, Any]


def rows(*, short: bool) -> list[Row]:
    seconds = 15 if short else SECONDS
    with ground(objects=True) as place, place.api() as address:
        found = {phase: fuzz(place, address, phase, seconds) for phase in PHASES}
    cases = {phase: each["test_cases"]["generated"] for phase, each in found.items()}
    tested = max(each["operations"]["tested"] for each in found.values())
    on = f"schemathesis, {tested} operations, {2 * seconds} s, seed {SEED}"
    note = " and ".join(f"{count} {phase}" for phase, count in cases.items())
    failures = [each for report in found.values() for each in report["failures"]]
    broken = [each for each in failures if each["type"] == "ServerError"]
    others = [each for each in failures if each["type"] != "ServerError"]
    return [
        Row("fuzz: cases", on, sum(cases.values()), CASES, note=note),
        Row("fuzz: server errors", on, _count(broken), 0, "at most", _named(broken)),
        Row("fuzz: schema violations", on, _count(others), 0, "at most", _named(others)),
    ]


def fuzz(place: Ground, address: str, phase: str, seconds: int) -> Report:
    """What schemathesis reports, whether it found something or not."""
    report = place.folder / f"{phase}.json"
    command = [
        str(Path(sys.executable).with_name("st")), "run", f"{address}/openapi.json",
        "--phases", phase, "--max-time", str(seconds), "--checks", ",".join(CHECKS),
        "--exclude-path", STREAMS, "--seed", str(SEED), "--no-shrink", "--continue-on-failure",
        "--report", "json", "--report-json-path", str(report), "--no-color",
    ]  # fmt: skip
    hooks = {"SCHEMATHESIS_HOOKS": "bench.load.fuzz_hooks", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        command,
        cwd=place.folder,
        env={**os.environ, **hooks},
        stdout=sys.stderr,
        timeout=seconds + 60,
        check=False,
    )
    found: Report = json.loads(report.read_text())
    if found["stop_reason"] not in (None, "max_time", "completed") or found["errors"]:
        raise ValueError(f"it stopped by {found['stop_reason']}: {found['errors']}")
    return found


def _count(failures: list[dict[str, Any]]) -> int:
    return sum(each["count"] for each in failures)


def _named(failures: list[dict[str, Any]]) -> str:
    return "; ".join(f"{each['title']}: {', '.join(each['operations'])}" for each in failures)
