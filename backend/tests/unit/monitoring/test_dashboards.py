"""What stands in the dashboards; a real Prometheus tells whether their queries are answered."""

from typing import Any

import dashboards
import measured
import pytest
import yaml
from asked_queries import Query
from dashboards import Asked
from rulebook import records

PANELS = dashboards.panels()
ASKED = dashboards.queries("prometheus")
KINDS = {"stat", "timeseries", "logs"}
_SOURCES = dashboards.ROOT / "provisioning" / "datasources" / "noteai.yml"


def sources() -> dict[str, str]:
    """The type of each data source by its uid."""
    found = yaml.safe_load(_SOURCES.read_text())["datasources"]
    return {each["uid"]: each["type"] for each in found}


def test_there_is_a_dashboard_for_each_question() -> None:
    assert {board["title"] for board in dashboards.boards()} == {
        "Is it up?",
        "Is it slow, and where?",
        "What fails, and why?",
        "What does it cost?",
        "One job",
    }
    assert {f"noteai-{file.stem}" for file in dashboards.FILES} == {
        board["uid"] for board in dashboards.boards()
    }


def test_grafana_is_told_where_they_lie() -> None:
    told = yaml.safe_load((dashboards.ROOT / "provisioning/dashboards/noteai.yml").read_text())
    assert [each["options"]["path"] for each in told["providers"]] == [
        "/var/lib/grafana/dashboards"
    ]


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=[name for name, _ in PANELS])
def test_a_panel_says_what_it_shows_and_what_to_do(name: str, panel: dict[str, Any]) -> None:
    assert panel["type"] in KINDS
    assert panel["title"]
    assert len(panel["description"].split()) > 2
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    assert all(target["expr"] for target in panel["targets"])
    assert sources()[panel["datasource"]["uid"]] == panel["datasource"]["type"]


@pytest.mark.parametrize("board", dashboards.boards(), ids=lambda board: board["uid"])
def test_the_panels_of_a_dashboard_lie_side_by_side(board: dict[str, Any]) -> None:
    places = [panel["gridPos"] for panel in board["panels"]]
    cells = [
        (x, y)
        for at in places
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert [panel["id"] for panel in board["panels"]] == list(range(1, len(places) + 1))


def test_a_panel_with_several_lines_says_which_is_which() -> None:
    for name, panel in PANELS:
        if panel["type"] == "timeseries":
            assert all(target["legendFormat"] for target in panel["targets"]), name


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.panel)
def test_a_query_asks_for_what_there_is(asked: Asked) -> None:
    there = {**measured.series(), **dict.fromkeys(records(), frozenset({"workflow", "stage"}))}
    measured.check(Query(asked.text), there)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.panel)
def test_what_every_api_says_of_the_database_is_asked_for_once(asked: Asked) -> None:
    own = measured.of_the_database()
    around = {each.within for each in Query(asked.text).selections if each.name in own}
    assert around <= {"max", "count"}


def test_every_metric_is_shown_or_feeds_what_is_shown() -> None:
    texts = [each.text for each in ASKED] + list(records().values())
    asked = {each.name for text in texts for each in Query(text).selections}
    unseen = {name for name in measured.METRICS if not any(each.startswith(name) for each in asked)}
    assert unseen == {"noteai_relay_sent_total"}  # its lag says more
