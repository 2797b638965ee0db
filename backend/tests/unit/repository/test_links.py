"""Each link of a document that stays in the repository leads somewhere. Others are not followed."""

import re
import subprocess
from pathlib import Path

import pytest
from compose import ROOT

_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def documents() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.split()


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = _HEADING.findall(_CODE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def dead(file: Path) -> list[str]:
    links = _LINK.findall(_CODE.sub("", file.read_text(encoding="utf-8")))
    return [link for link in links if "://" not in link and not leads(file, link)]


def leads(file: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    there = (file.parent / path).resolve() if path else file
    if not there.exists() or not there.is_relative_to(ROOT.resolve()):
        return False
    return not anchor or anchor in anchors(there.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", documents())
def test_a_document_leads_somewhere(document: str) -> None:
    assert dead(ROOT / document) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    file = ROOT / "README.md"
    assert not leads(file, "docs/nowhere.md")
    assert not leads(file, "CONTRIBUTING.md#nothing-of-that-name")
    assert not leads(file, "../outside.md")
    assert leads(file, "CONTRIBUTING.md#how-it-is-written")


def test_a_heading_becomes_what_links_call_it() -> None:
    assert anchors("# A `b`, c: d\n```\n# no heading\n```\n") == {"a-b-c-d"}
