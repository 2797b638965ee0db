"""What is counted in one process, and what processes share."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from measuring import text_of, value
from prometheus_client import CollectorRegistry
from singing import Text, song

from noteai import __version__, metrics
from noteai.engine.workflow import workflow
from noteai.jobs.figures import expect
from noteai.jobs.models import TERMINAL
from noteai.metrics.families import FAMILIES, Family
from noteai.metrics.shared import forget_the_dead

_COUNTS = """
import sys
from pathlib import Path
from noteai import metrics
from noteai.metrics import shared
shared.begin(Path(sys.argv[1]))
shared.take_part()
metrics.add("noteai_relay_sent_total", 2)
metrics.put("noteai_open_streams", 3, kind="sse")
"""


def test_nothing_is_counted_without_a_meter(measured: CollectorRegistry) -> None:
    metrics.use(None)
    metrics.add("noteai_relay_sent_total")
    metrics.observe("noteai_sweep_duration_seconds", 1.0)
    metrics.put("noteai_scratch_bytes", 1.0)
    said = text_of(measured)
    assert value(said, "noteai_relay_sent_total") == 0
    assert value(said, "noteai_sweep_duration_seconds_count") == 0
    assert value(said, "noteai_scratch_bytes") == 0


def test_what_is_expected_is_shown_before_it_happens(measured: CollectorRegistry) -> None:
    expect({"nap": workflow("nap", Text, (song,))})
    said = text_of(measured)
    for state in TERMINAL:
        assert value(said, "noteai_jobs_ended_total", workflow="nap", state=state) == 0
    assert value(said, "noteai_stage_attempts_total", workflow="nap", stage="song") == 0
    assert value(said, "noteai_job_length_ratio_count", workflow="nap") == 0
    assert value(said, "noteai_jobs_ended_total", workflow="other", state="failed") is None


@pytest.mark.parametrize("family", FAMILIES, ids=lambda each: each.name)
def test_each_family_takes_its_labels(measured: CollectorRegistry, family: Family) -> None:
    labels = dict.fromkeys(family.labels, "some")
    name = family.name
    if family.kind == "counter":
        metrics.add(name, 2.0, **labels)
        assert value(text_of(measured), name, **labels) == 2.0
    elif family.kind == "gauge":
        metrics.put(name, 2.0, **labels)
        assert value(text_of(measured), name, **labels) == 2.0
    else:
        metrics.observe(name, 2.0, **labels)
        assert value(text_of(measured), f"{name}_sum", **labels) == 2.0


def test_the_version_is_told(measured: CollectorRegistry) -> None:
    assert value(text_of(measured), "noteai_build_info", version=__version__) == 1.0


def test_jobs_within_their_own_length_can_be_told_apart() -> None:
    family = next(each for each in FAMILIES if each.name == "noteai_job_length_ratio")
    assert 1.0 in family.buckets


def test_the_work_goes_on_where_there_is_no_room_for_figures() -> None:
    class Full:
        def add(self, *_: Any) -> None:
            raise OSError(28, "No space left on device")

        observe = put = add

    metrics.use(Full())
    try:
        metrics.add("noteai_relay_sent_total")
        metrics.observe("noteai_sweep_duration_seconds", 1.0)
        metrics.put("noteai_scratch_bytes", 1.0)
    finally:
        metrics.use(None)


def test_the_counts_of_the_dead_stay_and_what_they_held_goes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _COUNTS, str(tmp_path)], check=True)
    mine = tmp_path / f"gauge_livesum_{os.getpid()}.db"
    mine.touch()
    assert len(list(tmp_path.glob("gauge_livesum_*.db"))) == 2
    forget_the_dead(tmp_path)
    assert list(tmp_path.glob("gauge_livesum_*.db")) == [mine]
    assert len(list(tmp_path.glob("counter_*.db"))) == 1
