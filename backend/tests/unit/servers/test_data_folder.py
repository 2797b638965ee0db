"""One data folder, one owner, the same ports again."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from noteai.servers import data_folder
from noteai.servers.data_folder import log_of, opened
from noteai.servers.errors import FolderInUse, FolderNotWritable, FolderOccupied
from noteai.servers.process import free_ports


def test_a_folder_that_is_open_is_refused_with_the_process_that_has_it(tmp_path: Path) -> None:
    with opened(tmp_path / "data"), pytest.raises(FolderInUse, match=f"process {os.getpid()}"):  # noqa: SIM117
        with opened(tmp_path / "data"):
            pytest.fail("two have it")


def test_a_folder_is_free_when_its_owner_is_done(tmp_path: Path) -> None:
    for _ in range(2):
        with opened(tmp_path / "data") as folder:
            assert folder.logs.is_dir()


def test_servers_that_outlive_their_owner_keep_the_folder_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "_PATIENCE", 0.2)
    with opened(tmp_path / "data") as folder:
        os.pwrite(folder.lock, b"999999999", 0)  # as if its process were gone
        with pytest.raises(FolderInUse, match="999999999"), opened(tmp_path / "data"):
            pytest.fail("two have it")


def test_others_may_not_look_into_it(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as folder:
        folder.ports(["postgres"])
        assert stat.S_IMODE(folder.path.stat().st_mode) & 0o077 in (0, 0o011)
        assert stat.S_IMODE(folder.logs.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder.path / "ports.json").stat().st_mode) == 0o600


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(FolderNotWritable), opened(tmp_path / "data"):
        pytest.fail("a file is no folder")


def test_a_folder_with_other_things_in_it_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(FolderOccupied), opened(tmp_path):
        pytest.fail("it is not for us")
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_the_rights_of_an_empty_folder_are_left_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for _ in range(2):
        with opened(tmp_path):
            assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FolderNotWritable, match="Permission denied"), opened(tmp_path / "data"):
        pytest.fail("it is not ours")


def test_ports_stay_the_same_and_a_taken_one_gives_way(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as folder:
        first = folder.ports(["postgres", "redis"])
        assert folder.ports(["redis", "postgres"]) == first
        with socket.create_server(("127.0.0.1", first["redis"])):
            second = folder.ports(["postgres", "redis"])
    assert second["postgres"] == first["postgres"]
    assert second["redis"] != first["redis"]


def test_the_port_of_a_server_that_is_not_started_now_is_kept(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as folder:
        first = folder.ports(["postgres", "redis"])
        folder.ports(["redis"])
        assert json.loads((folder.path / "ports.json").read_text()) == first


def test_free_ports_differ_and_are_not_those_of_clients() -> None:
    found = free_ports(20)
    assert len(set(found)) == 20
    assert max(found) < 32_768


def test_the_log_of_a_start_is_in_the_folder_which_is_then_ours(tmp_path: Path) -> None:
    log = log_of(tmp_path / "data")
    log.write_text("It runs.")
    assert log == tmp_path / "data/logs/up.log"
    with opened(tmp_path / "data") as folder:
        assert folder.logs == log.parent


def test_a_folder_with_other_things_gets_no_log(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(FolderOccupied):
        log_of(tmp_path)
