"""The commands of the service refuse what cannot be before they start anything."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from noteai.cli import main, service, whole_service
from noteai.cli.service import (
    NotLoopback,
    ServiceNotInstalled,
    SettingMissing,
    _chosen,
    loopback,
)
from noteai.servers.data_folder import DataFolder
from noteai.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1"])
def test_addresses_of_this_machine_are_accepted(host: str) -> None:
    assert loopback(host) == host


def test_localhost_is_this_machine() -> None:
    assert loopback("localhost") == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])  # noqa: S104
def test_addresses_that_let_others_in_are_refused(host: str) -> None:
    with pytest.raises(NotLoopback) as raised:
        loopback(host)
    assert "no accounts" in raised.value.remedy


def test_an_api_may_let_others_in_where_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on to what it needs next."""
    monkeypatch.setenv("NOTEAI_SERVICE__ALLOW_REMOTE", "true")
    monkeypatch.delenv("NOTEAI_DATABASE_URL", raising=False)
    opened = CliRunner().invoke(main.app, ["api", "--host", "0.0.0.0"])  # noqa: S104
    assert isinstance(opened.exception, SettingMissing)
    whole = CliRunner().invoke(main.app, ["up", "--host", "0.0.0.0"])  # noqa: S104
    assert isinstance(whole.exception, NotLoopback)


@pytest.mark.parametrize(("is_detached", "by"), [(True, "noteai down --data"), (False, "Ctrl-C")])
def test_what_runs_says_what_ends_it(is_detached: bool, by: str, tmp_path: Path) -> None:
    order = whole_service.Order(tmp_path / "a b", is_detached=is_detached)
    environment = {"NOTEAI_SERVICE__METRICS_PORT": "9101"}
    said = whole_service._where(order, DataFolder(tmp_path / "a b", 0), environment, Settings())
    assert "http://127.0.0.1:8000/metrics and http://127.0.0.1:9101/metrics" in said
    assert by in said
    assert ("Ctrl-C" in said) is not is_detached
    assert ("'" in said) is is_detached  # the folder has a space


@pytest.mark.parametrize("command", ["up", "api"])
def test_a_host_that_lets_others_in_is_refused_by_every_command(command: str) -> None:
    result = CliRunner().invoke(main.app, [command, "--host", "0.0.0.0"])  # noqa: S104
    assert isinstance(result.exception, NotLoopback)


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        (["migrate"], "NOTEAI_DATABASE_URL"),
        (["api"], "NOTEAI_DATABASE_URL"),
        (["worker"], "NOTEAI_DATABASE_URL"),
    ],
)
def test_a_door_without_its_settings_names_the_first(
    command: list[str], setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTEAI_DATABASE_URL", raising=False)
    result = CliRunner().invoke(main.app, command)
    assert isinstance(result.exception, SettingMissing)
    assert setting in result.exception.message


def test_an_installation_without_the_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "find_spec", lambda name: None if name == "celery" else object())
    with pytest.raises(ServiceNotInstalled, match="celery"):
        service._settings()


def test_queues_are_named_one_by_one_or_with_commas() -> None:
    known = ("media", "speech", "vision")
    assert _chosen(["media, speech", "vision"], known) == known
    assert _chosen(None, known) == known


def test_an_unknown_queue_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="cooking"):
        _chosen(["media,cooking"], ("media",))
