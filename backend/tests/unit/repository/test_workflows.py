"""What continuous integration does: the commands of a person, pinned actions and few rights."""

import re
from pathlib import Path
from typing import Any

import pytest
from compose import ROOT, read

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
_MAKE = re.compile(r"\bmake(?: --?[\w-]+)*((?: [a-z]+)+)")
_ACTION = re.compile(r"uses: (\S+)@(\S+)(?: # (v[\d.]+))?")


def steps(file: Path) -> list[Any]:
    return [step for job in read(file)["jobs"].values() for step in job["steps"]]


def made(text: str) -> set[str]:
    return {target for found in _MAKE.findall(text) for target in found.split()}


@every_workflow
def test_a_workflow_has_no_rights_but_those_that_a_job_names(file: Path) -> None:
    workflow = read(file)
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


@every_workflow
def test_a_workflow_ends_and_makes_way_for_the_next(file: Path) -> None:
    workflow = read(file)
    assert "github.ref" in workflow["concurrency"]["group"]
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_an_action_is_one_commit_the_same_everywhere() -> None:
    text = "\n".join(file.read_text() for file in WORKFLOWS)
    used = set(_ACTION.findall(text))
    assert text.count("uses: ") == len(_ACTION.findall(text))
    for action, commit, version in used:
        assert re.fullmatch(r"[0-9a-f]{40}", commit), action
        assert version, action
    assert len({action for action, _, _ in used}) == len(used)


@every_workflow
def test_a_checkout_leaves_no_key_behind(file: Path) -> None:
    checkouts = [
        each for each in steps(file) if each.get("uses", "").startswith("actions/checkout@")
    ]
    assert all(each["with"]["persist-credentials"] is False for each in checkouts)


def test_nothing_is_pushed_but_for_a_tag() -> None:
    for file in WORKFLOWS:
        for job in read(file)["jobs"].values():
            if "write" in job["permissions"].values():
                assert job["if"] == "github.event_name == 'push' && github.ref_type == 'tag'"
            else:
                assert not any("push" in each.get("run", "") for each in job["steps"])


def test_commands_are_those_of_the_makefile() -> None:
    run = "\n".join(each["run"] for file in WORKFLOWS for each in steps(file) if "run" in each)
    assert {"check", "test", "demo", "tools", "docs"} <= made(run) <= _TARGETS
    assert made((ROOT / ".ci/run").read_text()) <= _TARGETS
    hooks = [hook["entry"] for repo in _hooks() for hook in repo["hooks"]]
    assert all(made(entry) and made(entry) <= _TARGETS for entry in hooks)


def test_hooks_are_our_own_tools() -> None:
    assert [repo["repo"] for repo in _hooks()] == ["local"]
    assert all(hook["language"] == "system" for repo in _hooks() for hook in repo["hooks"])


def _hooks() -> Any:
    return read(ROOT / ".pre-commit-config.yaml")["repos"]
