"""The code in the documents works."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_page_on_adding_an_agent_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = _BLOCK.findall((DOCS / "adding-an-agent.md").read_text(encoding="utf-8"))
    assert len(blocks) == 4
    space: dict[str, object] = {"__name__": "adding_an_agent"}
    exec(compile("\n".join(blocks), "adding-an-agent.md", "exec"), space)  # noqa: S102
    assert space["found"].is_hurried  # type: ignore[attr-defined]
