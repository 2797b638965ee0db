"""`noteai doctor` as a person and as a program meet it."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from noteai.doctor import Ground, examine
from noteai.doctor.checks import DEEP, chosen
from noteai.doctor.finding import MachineUnfit
from noteai.settings import Settings

NOTEAI = (sys.executable, "-m", "noteai")
_WITHOUT_SERVICE = """
import sys
for name in ("alembic", "boto3", "celery", "fastapi", "psycopg2", "redis", "sqlalchemy", "uvicorn"):
    sys.modules[name] = None
from noteai.cli.main import main
main()
"""


def doctor(
    folder: Path, *options: str, program: Sequence[str] = NOTEAI, before: str = "", **env: str
) -> subprocess.CompletedProcess[str]:
    """Run with folders of its own; `before` is said to the shell first."""
    (folder / "tmp").mkdir(exist_ok=True)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("NOTEAI_")}
    line = shlex.join([*program, "doctor", "--data", str(folder / "data"), *options])
    return subprocess.run(
        ["/bin/sh", "-c", f"{before} exec {line}"],
        env={
            **bare, "NOTEAI_CACHE_DIR": str(folder / "cache"), "TMPDIR": str(folder / "tmp"),
            "COLUMNS": "160", **env,
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def states(said: str) -> dict[str, str]:
    facts: dict[str, Any] = json.loads(said)
    return {each["name"]: each["state"] for each in facts["findings"]}


def test_a_machine_that_is_well_is_told_in_a_table_and_left_as_it_was(tmp_path: Path) -> None:
    told = doctor(tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Captions are drawn with Noto Sans." in told.stdout
    assert "failure" not in told.stdout
    assert [each for each in tmp_path.rglob("*") if each.name != "tmp"] == []


def test_a_failure_has_a_status_of_its_own_and_says_what_to_do(tmp_path: Path) -> None:
    told = doctor(tmp_path, IMAGEIO_FFMPEG_EXE="/nowhere/ffmpeg")
    assert told.returncode == MachineUnfit.exit_status
    assert "The program ffmpeg is not on this machine." in told.stdout
    assert "Install NoteAI again" in told.stdout
    assert "checks of this machine failed" in told.stderr


def test_a_program_is_told_the_same_as_json(tmp_path: Path) -> None:
    told = doctor(tmp_path, "--json", NOTEAI_TRANSCRIBER__MODEL="/no/such/model")
    assert told.returncode == MachineUnfit.exit_status
    facts = json.loads(told.stdout)
    assert (facts["is_fit"], facts["error"]["code"]) == (False, "machine_unfit")
    (failed,) = [each for each in facts["findings"] if each["state"] == "failure"]
    assert failed["name"] == "speech model"
    assert failed["remedy"]


def test_few_open_files_are_seen(tmp_path: Path) -> None:
    few = doctor(tmp_path, "--json", before="ulimit -n 200;")
    assert states(few.stdout)["open files"] == "failure"


def test_without_the_service_its_servers_are_left_out(tmp_path: Path) -> None:
    told = doctor(
        tmp_path, "--json",
        program=(sys.executable, "-c", _WITHOUT_SERVICE),
        NOTEAI_DATABASE_URL="postgresql+psycopg2://noteai@127.0.0.1:1/noteai",
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert {"database", "data folder"} & set(states(told.stdout)) == set()
    assert "clock" in states(told.stdout)


def test_only_servers_that_are_named_are_asked(tmp_path: Path) -> None:
    named = Settings(redis_url="redis://127.0.0.1:1/0", cache_dir=tmp_path)
    checks = dict(chosen(Ground(named, tmp_path), deep=False))
    assert "broker" in checks
    assert not {"database", "store"} & set(checks)


def test_what_a_server_is_away_for_is_found_and_the_other_checks_go_on(tmp_path: Path) -> None:
    named = Settings(redis_url="redis://127.0.0.1:1/0", cache_dir=tmp_path)
    found = examine(Ground(named, tmp_path))
    assert found["broker"].state == "failure"
    assert "NOTEAI_REDIS_URL" in found["broker"].remedy
    assert found["font"].state == "ok"


def test_deep_runs_every_model_and_leaves_nothing(tmp_path: Path) -> None:
    ground = Ground(Settings(cache_dir=tmp_path / "cache"), tmp_path / "data")
    found = {name: check(ground) for name, check in DEEP.items()}
    assert {each.state for each in found.values()} == {"ok"}, found
    assert list(tmp_path.iterdir()) == []


def test_deep_asks_no_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTEAI_TRANSCRIBER__PROVIDER", "openai")
    found = DEEP["speech at work"](Ground(Settings(cache_dir=tmp_path), tmp_path))
    assert (found.state, "not asked" in found.what) == ("ok", True)
