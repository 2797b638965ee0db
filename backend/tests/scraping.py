"""A real Prometheus on loopback, with the rules of the repository, that scrapes what it is told."""

import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml
from asked_queries import Query
from dashboards import Asked
from rulebook import CONFIGURATION, RULES
from waiting import until

from noteai.servers.process import LOOPBACK, Child, Command, free_port, is_listening

PROGRAM = shutil.which("prometheus")
PROMTOOL = shutil.which("promtool")
_PACE = "1s"
PATIENCE = 180.0
"""Seconds: a busy machine scrapes late."""
_QUERY_PATIENCE = 10.0


@dataclass(frozen=True)
class Prometheus:
    address: str

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The answer of this moment: samples with their labels."""
        url = f"http://{self.address}/api/v1/query"
        answer = httpx2.get(url, params={"query": query}, timeout=_QUERY_PATIENCE)
        answer.raise_for_status()
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    def answers(self, asked: Asked) -> bool:
        """With a number, and with each label of the legend."""
        found = self.ask(Query(asked.text).plain)
        numbers = [each for each in found if math.isfinite(float(each["value"][1]))]
        if asked.text.endswith("or on () vector(0)"):  # which has no labels
            return bool(numbers)
        return any(asked.legend <= set(each["metric"]) for each in numbers)

    def unanswered(self, queries: Iterable[Asked]) -> list[Asked]:
        return [each for each in queries if not self.answers(each)]

    def firing(self) -> set[str]:
        found = self.ask('ALERTS{alertstate="firing"}')
        return {each["metric"]["alertname"] for each in found}


@contextmanager
def prometheus(
    folder: Path, targets: Mapping[str, Sequence[str]], *, in_haste: bool = True
) -> Iterator[Prometheus]:
    """Scrapes `targets`, addresses by the name of their job: each second, or at its own pace."""
    port = free_port()
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration(folder, targets, in_haste=in_haste)))
    child = Child(Command("Prometheus", _arguments(file, folder, port), folder, folder / "log"))
    try:
        child.wait_until(lambda: is_listening(port))
        yield Prometheus(f"{LOOPBACK}:{port}")
    finally:
        child.stop()


def configuration(
    folder: Path, targets: Mapping[str, Sequence[str]], *, in_haste: bool
) -> dict[str, Any]:
    """The repository's own, with other targets."""
    own = yaml.safe_load(CONFIGURATION.read_text())
    jobs = {each["job_name"] for each in own["scrape_configs"]}
    assert set(targets) <= jobs
    scraped = [
        {"job_name": job, "static_configs": [{"targets": list(addresses)}]}
        for job, addresses in targets.items()
    ]
    here = {**own, "scrape_configs": scraped, "rule_files": [str(file) for file in RULES]}
    if not in_haste:
        return here
    pace = {"scrape_interval": _PACE, "scrape_timeout": _PACE, "evaluation_interval": _PACE}
    return {**here, "global": pace, "rule_files": hasty_rules(folder)}


def hasty_rules(folder: Path) -> list[str]:
    """Copies of the rules whose groups have no pace of their own."""
    made = []
    for file in RULES:
        rules = yaml.safe_load(file.read_text())
        for group in rules["groups"]:
            group.pop("interval", None)
        copy = folder / f"rules-{file.name}"
        copy.write_text(yaml.safe_dump(rules))
        made.append(str(copy))
    return made


def wait_for_answers(server: Prometheus, queries: Sequence[Asked]) -> list[Asked]:
    """Those that have no answer even after minutes."""
    left = list(queries)

    def all_answered() -> bool:
        left[:] = server.unanswered(left)
        return not left

    try:
        until(all_answered, PATIENCE)
    except AssertionError:
        return left
    return []


def _arguments(file: Path, folder: Path, port: int) -> tuple[str, ...]:
    assert PROGRAM
    return (
        PROGRAM,
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--log.level=warn",
    )
