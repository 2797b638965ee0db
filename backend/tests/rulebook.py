"""The rules of Prometheus, and what their tests expect."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "prometheus.yml"
RULES = sorted((ROOT / "prometheus" / "rules").glob("*.yml"))
TESTS = sorted((ROOT / "prometheus" / "tests").glob("*.yml"))


@dataclass(frozen=True)
class Alert:
    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


def alerts() -> list[Alert]:
    return [
        Alert(rule["alert"], rule["expr"], rule["labels"], rule["annotations"])
        for rule in _rules()
        if "alert" in rule
    ]


def records() -> dict[str, str]:
    """What is asked for, by the name under which it is kept."""
    return {rule["record"]: rule["expr"] for rule in _rules() if "record" in rule}


def expectations(alert: str) -> Iterator[list[list[dict[str, str]]]]:
    """For each story of the tests that is about the alert: the labels that fire, time by time."""
    for file in TESTS:
        for story in yaml.safe_load(file.read_text())["tests"]:
            looks = [
                each for each in story.get("alert_rule_test", ()) if each["alertname"] == alert
            ]
            yield [[fired["exp_labels"] for fired in each["exp_alerts"]] for each in looks]


def _rules() -> Iterator[dict[str, Any]]:
    for file in RULES:
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from group["rules"]
