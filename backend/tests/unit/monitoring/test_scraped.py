"""Prometheus is told of every process that can be measured."""

import yaml
from compose import Compose
from rulebook import CONFIGURATION

CONFIGURED = {
    each["job_name"]: each for each in yaml.safe_load(CONFIGURATION.read_text())["scrape_configs"]
}


def asked_for(job: str) -> set[str]:
    """Names of services, by which their replicas are found."""
    return {name for each in CONFIGURED[job]["dns_sd_configs"] for name in each["names"]}


def running(door: str) -> set[str]:
    """Services of the compose file whose command begins so."""
    services = Compose().services.items()
    return {name for name, each in services if each.get("command", [""])[0] == door}


def test_every_worker_of_the_compose_file_is_scraped() -> None:
    assert running("worker")
    assert running("worker") <= asked_for("worker")


def test_every_api_of_the_compose_file_is_scraped() -> None:
    assert running("api") == asked_for("api")


def test_whoever_measures_is_measured() -> None:
    assert {"prometheus", "loki", "grafana"} <= set(CONFIGURED)
