"""The code in the documents works."""

import re
from pathlib import Path

import pytest
from running import every_error

from noteai.settings import Settings

DOCS = Path(__file__).parents[3] / "docs"
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_page_on_adding_an_agent_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = _BLOCK.findall((DOCS / "adding-an-agent.md").read_text(encoding="utf-8"))
    assert len(blocks) == 4
    space: dict[str, object] = {"__name__": "adding_an_agent"}
    exec(compile("\n".join(blocks), "adding-an-agent.md", "exec"), space)  # noqa: S102
    assert space["found"].is_hurried  # type: ignore[attr-defined]


def test_every_error_is_documented_with_its_code_and_status() -> None:
    page = (DOCS / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", page, re.MULTILINE)
    codes = {error.__new__(error).code: error.exit_status for error in every_error()}
    assert {code: int(status) for status, code in rows} == codes


def test_every_setting_is_documented() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        nested = getattr(field.annotation, "model_fields", None)
        for variable in [f"{name}__{each}" for each in nested] if nested else [name]:
            assert f"`NOTEAI_{variable.upper()}`" in page
