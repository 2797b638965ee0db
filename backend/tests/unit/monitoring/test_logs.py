"""Logs: the same labels by whichever way they come, and queries that ask for these alone."""

import json
import re
from pathlib import Path
from typing import Any

import dashboards
import pytest
import yaml
from dashboards import Asked
from shipped_logs import ALLOY, PROMTAIL, Shipping, by_alloy, by_promtail

LABELS = frozenset({"job", "service", "level", "stream"})
ASKED = dashboards.queries("loki")
LOKI: dict[str, Any] = yaml.safe_load((Path(__file__).parents[4] / "loki" / "loki.yml").read_text())
LINE: dict[str, object] = {
    "time": "2026-11-28T12:00:00.123456Z",
    "level": "warning",
    "event": "task_put_off",
    "service": "worker",
    "job": "0d6c3b5e-4c1f-4f0a-9a53-0f4c5d1c7a11",
    "stage": "transcript",
    "attempt": 2,
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "span_id": "00f067aa0ba902b7",
}
"""As a process writes it."""
_SELECTOR = re.compile(r"\{([^{}]*)\}(?= *[|\[)]|$)")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
_JSON = re.compile(r"\| json ((?:\w+=\"\w+\"(?:, )?)+)")
_FIELD = re.compile(r'(\w+)="(\w+)"')
_FILTER = re.compile(r"\| (\w+) ?(?:!=|=)")

SHIPPED = [make(kind) for make in (by_promtail, by_alloy) for kind in ("containers", "files")]


@pytest.mark.parametrize("shipped", SHIPPED)
def test_a_line_has_the_same_labels_whoever_sends_it(shipped: Shipping) -> None:
    assert shipped.labels == LABELS
    assert shipped.job == "noteai"


@pytest.mark.parametrize("shipped", SHIPPED)
def test_what_is_read_off_a_line_stands_in_it(shipped: Shipping) -> None:
    line = json.loads(json.dumps(LINE))
    read = {name: line[field] for name, field in shipped.expressions.items()}
    assert read == {"service": "worker", "level": "warning", "time": LINE["time"]}
    assert shipped.time in read


@pytest.mark.parametrize("file", [PROMTAIL["files"], ALLOY["files"]], ids=lambda file: file.name)
def test_a_line_without_a_service_is_named_by_its_file(file: Path) -> None:
    (expression,) = re.findall(r"expression\s*[:=]\s*\"(.+?)\"", file.read_text())
    found = re.search(expression, "/var/lib/noteai/logs/postgres.log")
    assert found
    assert found["service"] == "postgres"
    assert "\\" not in file.read_text()  # Promtail takes one away where it fills in variables


def test_ids_are_no_labels() -> None:
    """A label with a value for each job would be a stream for each job."""
    assert not LABELS & {"stage", "attempt", "request", "trace_id", "span_id"}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.panel)
def test_a_query_selects_by_labels_that_are_sent(asked: Asked) -> None:
    (selector,) = _SELECTOR.findall(asked.text)
    matched = set(_MATCHER.findall(selector))
    assert 'job="noteai"' in selector
    assert matched <= LABELS


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.panel)
def test_a_query_reads_fields_that_lines_have(asked: Asked) -> None:
    for given in _JSON.findall(asked.text):
        assert {field for _, field in _FIELD.findall(given)} <= set(LINE)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.panel)
def test_a_field_is_never_read_into_a_name_that_a_label_has(asked: Asked) -> None:
    """Loki would give it another name, and a filter would compare the label."""
    read = {name for given in _JSON.findall(asked.text) for name, _ in _FIELD.findall(given)}
    assert not read & LABELS
    filtered = set(_FILTER.findall(asked.text)) - {"json"}
    assert filtered <= read


def test_each_panel_on_one_job_asks_for_that_job_alone() -> None:
    texts = [each.text for each in ASKED if each.panel.startswith("One job ")]
    assert len(texts) == 6
    for text in texts:
        assert 'noteai_job="job"' in text
        assert "noteai_job=`$job`" in text


def test_a_line_leads_to_its_trace() -> None:
    file = dashboards.ROOT / "provisioning" / "datasources" / "noteai.yml"
    loki = next(
        each for each in yaml.safe_load(file.read_text())["datasources"] if each["uid"] == "loki"
    )
    (field,) = loki["jsonData"]["derivedFields"]
    for line in (json.dumps(LINE), json.dumps(LINE, separators=(",", ":"))):
        found = re.search(field["matcherRegex"], line)
        assert found
        assert found[1] == LINE["trace_id"]


def test_logs_are_kept_for_two_weeks_and_then_removed() -> None:
    assert LOKI["limits_config"]["retention_period"] == "336h"
    assert LOKI["compactor"]["retention_enabled"] is True
    (schema,) = LOKI["schema_config"]["configs"]
    assert LOKI["compactor"]["delete_request_store"] == schema["object_store"]
    assert LOKI["auth_enabled"] is False
