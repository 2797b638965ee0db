"""What Promtail's and Alloy's files make of a line: which labels, by which expressions."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PROMTAIL = {"containers": ROOT / "promtail/promtail.yml", "files": ROOT / "promtail/files.yml"}
ALLOY = {"containers": ROOT / "alloy/config.alloy", "files": ROOT / "alloy/files.alloy"}
_TARGET = re.compile(r'target_label\s*=\s*"(\w+)"')
_PAIR = re.compile(r'(\w+)\s*=\s*"(\w*)"')


@dataclass(frozen=True)
class Shipping:
    """How lines of one kind leave."""

    labels: frozenset[str]
    expressions: dict[str, str]
    """What is read off a line of JSON: which field, by its name in the pipeline."""
    time: str
    """The field that says when."""
    job: str
    """The value of the label job."""


def by_promtail(kind: str) -> Shipping:
    (scrape,) = yaml.safe_load(PROMTAIL[kind].read_text())["scrape_configs"]
    stages: dict[str, Any] = {
        name: each[name] for each in scrape["pipeline_stages"] for name in each
    }
    fixed = {
        each["target_label"]: each.get("replacement", "")
        for each in scrape.get("relabel_configs", ())
    }
    for each in scrape.get("static_configs", ()):
        fixed |= each["labels"]
    labels = {name for name in {*fixed, *stages["labels"]} if not name.startswith("__")}
    return Shipping(
        frozenset(labels),
        stages["json"]["expressions"],
        stages["timestamp"]["source"],
        fixed["job"],
    )


def by_alloy(kind: str) -> Shipping:
    text = ALLOY[kind].read_text()
    given = {"job", "stream"} if kind == "files" else {"job"}
    assert given <= {name for name, _ in _PAIR.findall(text)}
    labels = {*_TARGET.findall(text), *given, *dict(_PAIR.findall(_within(text, "stage.labels")))}
    source = dict(_PAIR.findall(_within(text, "stage.timestamp")))["source"]
    job = dict(_PAIR.findall(text))["job"]
    return Shipping(
        frozenset(labels), dict(_PAIR.findall(_within(text, "stage.json"))), source, job
    )


def _within(text: str, block: str) -> str:
    """The inside of a block; what it holds itself in braces is on one line."""
    return text.partition(f"\t{block} {{\n")[2].partition("\n\t}")[0]
