"""`make tools` where programs are missing, with a package manager that only notes its orders."""

import shutil
import subprocess
from pathlib import Path

import pytest
from compose import ROOT

_NOTES = '#!/bin/sh\necho "$(basename "$0") $*" >> {notes}\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only folder in which programs are found; whoever asks is root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for each in ("bash", "env", "true", "basename"):
        (folder / each).symlink_to(str(shutil.which(each)))
    _program(folder, "id", "#!/bin/sh\necho 0\n")
    return folder


def _program(folder: Path, name: str, text: str = "#!/bin/sh\n") -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def _noting(folder: Path, *names: str) -> Path:
    notes = folder.parent / "notes"
    for each in names:
        _program(folder, each, _NOTES.format(notes=notes))
    return notes


def tools(programs: Path) -> subprocess.CompletedProcess[str]:
    command = [str(programs / "bash"), str(ROOT / ".ci/tools")]
    env = {"PATH": str(programs)}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_where_everything_is_here_nothing_happens(programs: Path) -> None:
    for each in ("google-chrome", "promtool"):
        _program(programs, each)
    notes = _noting(programs, "apt-get")
    ended = tools(programs)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert not notes.exists()


def test_without_a_package_manager_it_says_what_to_install(programs: Path) -> None:
    ended = tools(programs)
    assert ended.returncode == 1
    assert "Install chromium prometheus" in ended.stderr


def test_only_what_is_missing_is_installed(programs: Path) -> None:
    _program(programs, "promtool")
    notes = _noting(programs, "apt-get", "update-rc.d", "invoke-rc.d")
    assert tools(programs).returncode == 0
    update, install = notes.read_text().splitlines()
    assert update.startswith("apt-get update")
    assert install.endswith("--no-install-recommends chromium")


def test_the_server_that_the_package_starts_is_stopped_and_stays_so(programs: Path) -> None:
    notes = _noting(programs, "apt-get", "update-rc.d", "invoke-rc.d")
    assert tools(programs).returncode == 0
    assert notes.read_text().splitlines()[2:] == [
        "update-rc.d prometheus disable",
        "invoke-rc.d prometheus stop",
    ]


def test_who_may_not_become_root_is_told_what_to_install(programs: Path) -> None:
    _program(programs, "id", "#!/bin/sh\necho 1000\n")
    notes = _noting(programs, "apt-get")
    _program(programs, "sudo", "#!/bin/sh\nexit 1\n")
    ended = tools(programs)
    assert ended.returncode == 1
    assert "Install chromium prometheus" in ended.stderr
    assert not notes.exists()
