"""A foreign program is a span with its name and how it ended, and none of its arguments."""

from pathlib import Path

import pytest
from seeing import seeing

from noteai import tracing
from noteai.media import tool
from noteai.media.tool import Command, ToolFailed


def shell(script: str, folder: Path) -> Command:
    return Command(program="sh", args=("-c", script), folder=folder)


def test_a_program_says_how_it_ended(tmp_path: Path) -> None:
    with seeing() as sight, tracing.span("stage"):
        tool.run(shell("echo planted", tmp_path))
        with pytest.raises(ToolFailed):
            tool.run(shell("echo planted >&2; exit 3", tmp_path))
        with tool.stream(shell("sleep 60", tmp_path)):
            pass
    statuses = [each["noteai.status"] for each in sight.facts("program sh")]
    assert statuses == [0, 3, -9]
    assert not any("planted" in each.to_json() for each in sight.spans)


def test_a_program_that_is_read_from_does_not_stay_open_around_others(tmp_path: Path) -> None:
    with seeing() as sight, tracing.span("stage"):
        with tool.stream(shell("sleep 60", tmp_path)):
            tool.run(shell("true", tmp_path))
        before = tracing.traceparent()
    programs = [each for each in sight.spans if each.name == "program sh"]
    assert before
    assert {f"{each.parent.span_id:016x}" for each in programs if each.parent} == {before[36:52]}
