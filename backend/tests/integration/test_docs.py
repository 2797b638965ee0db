"""The code in the documents works."""

import re
from pathlib import Path

import pytest
from running import every_error

from noteai.errors import NoteAIError
from noteai.settings import Settings

DOCS = Path(__file__).parents[3] / "docs"
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_page_on_adding_an_agent_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = _BLOCK.findall((DOCS / "adding-an-agent.md").read_text(encoding="utf-8"))
    assert len(blocks) == 5
    space: dict[str, object] = {"__name__": "adding_an_agent"}
    exec(compile("\n".join(blocks), "adding-an-agent.md", "exec"), space)  # noqa: S102
    assert space["found"].is_hurried  # type: ignore[attr-defined]


def test_every_error_is_documented_with_its_code_and_statuses() -> None:
    """What fails here shows the rows that are missing, to be put into the table."""
    page = (DOCS / "errors.md").read_text(encoding="utf-8")
    there = set(re.findall(r"^\| \d+ \|.*$", page, re.MULTILINE))
    wanted = {_row(error) for error in every_error()}
    assert sorted(wanted - there) == []
    assert sorted(there - wanted) == []


def _row(error: type[NoteAIError]) -> str:
    assert error.__doc__
    message = error.__doc__.strip().splitlines()[0]
    hint = error.hint.replace("{{", "{").replace("}}", "}")
    code = error.__new__(error).code
    return f"| {error.exit_status} | {error.http_status} | `{code}` | {message} | {hint} |"


def test_every_setting_is_documented() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        nested = getattr(field.annotation, "model_fields", None)
        for variable in [f"{name}__{each}" for each in nested] if nested else [name]:
            assert f"`NOTEAI_{variable.upper()}`" in page
