"""A real Prometheus scrapes the service, and every panel of the dashboards shows something."""

from collections.abc import Iterator
from pathlib import Path

import dashboards
import pytest
from rulebook import records
from scraping import PATIENCE, PROGRAM, Prometheus, prometheus, wait_for_answers
from waiting import until

pytestmark = pytest.mark.skipif(not PROGRAM, reason="the program prometheus is not installed")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, targets: dict[str, list[str]]
) -> Iterator[Prometheus]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    with prometheus(folder, targets) as started:
        yield started


def test_everything_is_scraped(server: Prometheus, targets: dict[str, list[str]]) -> None:
    wanted = {(job, each) for job, addresses in targets.items() for each in addresses}

    def scraped() -> bool:
        found = server.ask("up == 1")
        return {(each["metric"]["job"], each["metric"]["instance"]) for each in found} == wanted

    until(scraped, PATIENCE)


def test_every_panel_has_data(server: Prometheus) -> None:
    asked = dashboards.queries("prometheus")
    assert len(asked) > 40
    assert [each.panel for each in wait_for_answers(server, asked)] == []


def test_every_rule_keeps_something(server: Prometheus) -> None:
    until(lambda: all(server.ask(name) for name in records()), PATIENCE)


def test_what_two_apis_say_of_the_database_is_counted_once(server: Prometheus) -> None:
    """The queues' depths are 3 each, whoever is asked."""
    until(lambda: server.ask("count(noteai_outbox_rows) == 2"), PATIENCE)
    (depth,) = server.ask("sum(max by (queue) (noteai_queue_depth))")
    assert float(depth["value"][1]) == 15


def test_a_query_without_data_is_noticed(server: Prometheus) -> None:
    nothing = dashboards.Asked("None", "prometheus", "noteai_queue_depth > 99", frozenset())
    nameless = dashboards.Asked("None", "prometheus", "up", frozenset({"colour"}))
    until(lambda: server.ask("up"), PATIENCE)
    assert server.unanswered([nothing, nameless]) == [nothing, nameless]
