"""What docker-compose.yml promises about its containers."""

import re
from pathlib import Path
from typing import Any

import pytest
from compose import ROOT, Compose, read

from noteai.worker.app import QUEUES

SERVICES = Compose().services
BEGINNING = ("db", "redis", "objects")
every_service = pytest.mark.parametrize("name", SERVICES)
_PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")


def mounts() -> list[tuple[str, str, str]]:
    """Service, where it lies here (or the volume), where it lies in the container."""
    every = [(name, part) for name, each in SERVICES.items() for part in each.get("volumes", ())]
    return [(name, *part.split(":")[:2]) for name, part in every]


def mounted_files() -> list[tuple[str, str, str]]:
    return [each for each in mounts() if each[1].startswith("./")]


def test_every_queue_has_a_worker() -> None:
    workers = [each for each in Compose().workers.values() if "profiles" not in each]
    served = [queue for each in workers for queue in each["command"][2].split(",")]
    assert sorted(served) == sorted(QUEUES)


@every_service
def test_no_container_can_write_or_gain_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert "/tmp" in service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0


@every_service
def test_no_container_can_take_the_machine(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert float(service["cpus"]) > 0
    assert 0 < service["pids_limit"] <= 512


@every_service
def test_every_container_that_stays_is_asked_how_it_is(name: str) -> None:
    assert ("healthcheck" in SERVICES[name]) != (name == "migrate")


@every_service
def test_images_of_others_are_pinned(name: str) -> None:
    service = SERVICES[name]
    assert "build" in service or _PINNED.fullmatch(service["image"])


def test_who_reads_what_strangers_made_reaches_nothing_outside() -> None:
    assert SERVICES["worker-media"]["networks"] == ["inner"]
    assert Compose().whole["networks"]["inner"] == {"internal": True}


def test_who_holds_the_socket_of_docker_reaches_nothing_outside() -> None:
    holders = {name for name, source, _ in mounts() if source.endswith("docker.sock")}
    assert holders <= {"promtail", "alloy"}
    assert all(SERVICES[name]["networks"] == ["inner"] for name in holders)


def test_everything_waits_for_what_it_needs() -> None:
    assert set(SERVICES["migrate"]["depends_on"]) == set(BEGINNING)
    for each in ("api", *Compose().workers):
        condition = SERVICES[each]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_ports_are_open_to_this_machine_alone() -> None:
    ports = [port for each in SERVICES.values() for port in each.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_volume_is_declared_and_used() -> None:
    used = {source for _, source, _ in mounts() if "/" not in source}
    assert used == set(Compose().whole["volumes"])


def test_every_door_says_its_lines_as_json() -> None:
    for each in ("api", "migrate", *Compose().workers):
        assert SERVICES[each]["environment"]["NOTEAI_LOG_FORMAT"] == "json"


def test_the_gpu_is_asked_for_in_its_profile_alone() -> None:
    asking = {name: each for name, each in SERVICES.items() if "deploy" in each}
    assert {name: each["profiles"] for name, each in asking.items()} == {
        "worker-speech-gpu": ["gpu"]
    }
    for each in asking.values():
        assert each["environment"]["NOTEAI_TRANSCRIBER__DEVICE"] == "cuda"
        assert each["build"]["target"] == "gpu"


@pytest.mark.parametrize(("name", "source", "_target"), mounted_files())
def test_what_is_mounted_exists(name: str, source: str, _target: str) -> None:
    """Docker would make an empty folder of it, and the container would start with that."""
    assert (ROOT / source).exists(), f"{name} mounts {source}"


@pytest.mark.parametrize(("name", "source", "target"), mounted_files())
def test_what_is_mounted_is_what_the_command_names(name: str, source: str, target: str) -> None:
    command = " ".join(SERVICES[name].get("command", ()))
    if (ROOT / source).is_file():
        assert target in command


def test_the_dockerfile_builds_what_the_files_ask_for() -> None:
    text = (ROOT / "backend/Dockerfile").read_text()
    stages = re.findall(r"^FROM .* AS (\w+)$", text, re.MULTILINE)
    targets = {each["build"].get("target") for each in SERVICES.values() if "build" in each}
    assert targets - {None} <= set(stages)
    named = re.findall(r"^ARG REQUIREMENTS=(.*)$", text, re.MULTILINE)
    assert all((ROOT / f"backend/requirements/{each}.txt").is_file() for each in named)
    assert named


def test_the_image_runs_as_nobody_in_particular_and_has_no_secret() -> None:
    text = (ROOT / "backend/Dockerfile").read_text()
    assert "USER 10001" in text
    assert not re.search(r"(PASSWORD|SECRET|TOKEN|API_KEY)\s*=", text)


def configuration(path: str) -> Any:
    return read(ROOT / path)


def test_prometheus_scrapes_the_api_and_every_worker() -> None:
    scraped = {
        (name, each["port"])
        for job in configuration("prometheus.yml")["scrape_configs"]
        for each in job.get("dns_sd_configs", ())
        for name in each["names"]
    }
    assert scraped >= {("api", 8000), *((name, 9464) for name in Compose().workers)}
    for each in Compose().workers.values():
        assert each["environment"]["NOTEAI_SERVICE__METRICS_PORT"] == "9464"


def test_prometheus_finds_its_rules_in_its_container() -> None:
    folders = {target: source for name, source, target in mounts() if name == "prometheus"}
    for rules in configuration("prometheus.yml")["rule_files"]:
        there = Path("/etc/prometheus") / rules
        assert list((ROOT / folders[str(there.parent)]).glob(there.name))


def test_grafana_finds_its_dashboards_in_its_container() -> None:
    targets = {target for name, _, target in mounts() if name == "grafana"}
    for file in (ROOT / "grafana/provisioning/dashboards").glob("*.y*ml"):
        for each in configuration(str(file))["providers"]:
            assert each["options"]["path"] in targets


@pytest.mark.parametrize(
    ("name", "file", "port"),
    [("loki", "loki/loki.yml", 3100), ("promtail", "promtail/promtail.yml", 9080)],
)
def test_who_keeps_logs_is_asked_at_its_own_port(name: str, file: str, port: int) -> None:
    assert configuration(file)["server"]["http_listen_port"] == port
    check = " ".join(SERVICES[name]["healthcheck"]["test"])
    assert str(port) in check or check.endswith("loki -health")  # which asks at 3100
