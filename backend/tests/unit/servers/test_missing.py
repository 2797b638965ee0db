"""Without the wheels of the servers the errors name what to do."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from noteai.servers import object_store, postgres, valkey
from noteai.servers.errors import NobodyToRunAs, ServerMissing
from noteai.servers.process import free_port


@pytest.fixture(autouse=True)
def _without_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(_name: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr(postgres, "find_spec", lambda _name: None)
    monkeypatch.setattr(postgres, "_user", lambda: None)
    monkeypatch.setattr(valkey, "find_spec", lambda _name: None)
    monkeypatch.setattr(object_store, "distribution", not_there)


@pytest.mark.parametrize(
    ("server", "setting"),
    [
        (postgres, "NOTEAI_DATABASE_URL"),
        (valkey, "NOTEAI_REDIS_URL"),
        (object_store, "NOTEAI_S3_ENDPOINT"),
    ],
)
def test_a_server_that_is_not_installed_is_refused_with_the_setting_that_names_another(
    server: object, setting: str, tmp_path: Path
) -> None:
    with pytest.raises(ServerMissing) as raised:
        server.prepare(tmp_path / "server", tmp_path / "log", free_port())  # type: ignore[attr-defined]
    assert setting in raised.value.remedy
    assert "backend[embedded]" in raised.value.remedy


def test_root_without_anybody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_name: str) -> None:
        raise KeyError

    monkeypatch.undo()
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", unknown)
    with pytest.raises(NobodyToRunAs):
        postgres._user()
