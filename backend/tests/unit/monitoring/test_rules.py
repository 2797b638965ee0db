"""What stands in the rules; promtool tells whether they do what they say."""

import re

import measured
import pytest
from asked_queries import Query
from rulebook import ROOT, Alert, alerts, expectations, records

ALERTS = alerts()
SEVERITIES = {"critical", "warning"}
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NO_SLUG = re.compile(r"[^\w\- ]")


def anchors(page: str) -> set[str]:
    """As they are made of headings where Markdown is shown."""
    return {_NO_SLUG.sub("", each).lower().replace(" ", "-") for each in _HEADING.findall(page)}


def known() -> dict[str, frozenset[str]]:
    kept = dict.fromkeys(records(), frozenset({"workflow", "stage"}))
    return {**measured.series(), **kept}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.name)
def test_an_alert_says_what_is_wrong_and_where_to_read_what_to_do(alert: Alert) -> None:
    assert alert.labels["severity"] in SEVERITIES
    assert alert.annotations["summary"]
    assert alert.annotations["description"].endswith(".")
    page, _, anchor = alert.annotations["runbook_url"].partition("#")
    assert anchor == alert.name.lower()
    assert anchor in anchors((ROOT / page).read_text(encoding="utf-8"))


def test_each_paragraph_on_an_alert_belongs_to_one() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("## Alerts\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^### (\w+)$", section, re.MULTILINE)) == {each.name for each in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each.name)
def test_an_alert_is_tested_silent_then_firing_then_silent_again(alert: Alert) -> None:
    stories = [_outline(story, alert) for story in expectations(alert.name)]
    assert any("silent firing silent" in each for each in stories), stories


@pytest.mark.parametrize("text", [*(each.expr for each in ALERTS), *records().values()])
def test_a_rule_asks_for_what_there_is(text: str) -> None:
    measured.check(Query(text), known())


@pytest.mark.parametrize("text", [*(each.expr for each in ALERTS), *records().values()])
def test_what_every_api_says_of_the_database_is_added_up_nowhere(text: str) -> None:
    of_the_database = measured.of_the_database()
    assert [
        each.name
        for each in Query(text).selections
        if each.name in of_the_database and each.within not in {"max", ""}
    ] == []


def test_each_record_is_asked_for() -> None:
    from dashboards import queries

    texts = [each.expr for each in ALERTS] + list(records().values())
    texts += [each.text for each in queries("prometheus")]
    asked = {each.name for text in texts for each in Query(text).selections}
    assert set(records()) <= asked


def _outline(story: list[list[dict[str, str]]], alert: Alert) -> str:
    """Words for how it went, without what was so twice."""
    own = alert.labels.items()
    words = [
        "firing" if any(own <= fired.items() for fired in each) else "silent" for each in story
    ]
    return " ".join(
        word for word, before in zip(words, ["", *words], strict=False) if word != before
    )
