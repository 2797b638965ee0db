import json
import sys
from pathlib import Path

import pytest

from noteai.cli import main
from noteai.cli.files import FileMissing
from noteai.errors import Cancelled


def refused(*_: object, **__: object) -> int:
    raise FileMissing(path=Path("a.mp4"))


def test_a_refusal_is_said_in_two_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    main._console.cache_clear()
    assert main.status_of(refused) == FileMissing.exit_status
    assert capsys.readouterr().err.splitlines() == [
        "There is no file a.mp4.",
        "Check the name and the folder.",
    ]


def test_a_refusal_for_machines_has_its_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["noteai", "--json"])
    main.status_of(refused)
    said = json.loads(capsys.readouterr().out)
    assert said["error"]["code"] == "file_missing"
    assert said["error"]["remedy"] == FileMissing.hint


def test_an_interruption_has_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    assert main.status_of(interrupted) == Cancelled.exit_status


def test_an_interruption_is_said_whoever_caught_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.mp4").touch()
    monkeypatch.setattr("noteai.cli.job.carry_out", interrupted)
    monkeypatch.setattr(sys, "argv", ["noteai", "run", "highlights", str(tmp_path / "a.mp4")])
    main._console.cache_clear()
    assert main.status_of(main.app) == Cancelled.exit_status
    assert "goes on where it stopped" in capsys.readouterr().err
