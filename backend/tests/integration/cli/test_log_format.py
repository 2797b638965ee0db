"""Parts of the service say everything in the form that was set, refusals and defects too."""

import json
import os
import subprocess
import sys

import pytest
from planting import SEED, is_told

from noteai.settings import BadSetting

_BREAKS = """
import sys
from noteai import telemetry
from noteai.cli import main
telemetry.set_up("api", "warning", "json")
main.app = lambda standalone_mode: open("/nowhere/password=" + sys.argv[1] + "\\0")
main.main()
"""


def said(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    known = {name: each for name, each in os.environ.items() if not name.startswith("NOTEAI_")}
    env = {**known, "NOTEAI_LOG_FORMAT": "json", **settings}
    return subprocess.run(
        [sys.executable, *command], check=False, env=env, capture_output=True, text=True
    )


@pytest.mark.parametrize("door", ["api", "worker", "migrate"])
def test_a_part_of_the_service_refuses_in_json(door: str) -> None:
    ended = said("-m", "noteai", door)
    assert ended.returncode == 93
    (line,) = map(json.loads, ended.stderr.splitlines())
    assert (line["event"], line["service"], line["code"]) == (
        "command_refused",
        door,
        "setting_missing",
    )
    assert "NOTEAI_DATABASE_URL" in line["message"]


def test_a_person_is_told_in_words_whatever_the_form() -> None:
    ended = said("-m", "noteai", "run", "highlights", "no.mp4")
    assert "There is no file no.mp4." in ended.stderr
    assert not ended.stderr.startswith("{")


def test_a_defect_of_a_process_is_one_line_without_secrets() -> None:
    ended = said("-c", _BREAKS, SEED)
    assert ended.returncode == 1
    (line,) = map(json.loads, ended.stderr.splitlines())
    assert (line["event"], line["level"]) == ("process_broke", "critical")
    assert "ValueError" in line["traceback"]
    assert not is_told(ended.stderr)


def test_a_setting_that_is_no_form_is_refused() -> None:
    ended = said("-m", "noteai", "migrate", NOTEAI_LOG_FORMAT="xml")
    assert ended.returncode == BadSetting.exit_status
    assert "NOTEAI_LOG_FORMAT" in ended.stderr
