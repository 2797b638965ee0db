"""What goes out of a process, and when."""

import json
import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from opentelemetry.trace import SpanKind, StatusCode
from seeing import Sight, seeing

from noteai import telemetry, tracing

PARENT = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"


@pytest.fixture
def sight() -> Iterator[Sight]:
    with seeing() as found:
        yield found


def test_a_span_goes_on_in_the_trace_of_its_parent(sight: Sight) -> None:
    with tracing.span("stage", PARENT):
        found = tracing.traceparent()
    (span,) = sight.spans
    assert span.context is not None
    assert span.parent is not None
    assert found == f"00-{PARENT[3:35]}-{span.context.span_id:016x}-01"
    assert f"{span.parent.span_id:016x}" == PARENT[36:52]


@pytest.mark.parametrize("parent", ["", "nonsense", "00-0-0-01", None])
def test_a_parent_that_cannot_be_read_is_none(parent: str | None, sight: Sight) -> None:
    with tracing.span("stage", parent):
        pass
    assert sight.spans[0].parent is None


def test_of_a_parent_that_is_not_sampled_nothing_is_kept(sight: Sight) -> None:
    with tracing.span("stage", f"{PARENT[:-2]}00"):
        assert str(tracing.traceparent()).endswith("-00")
    assert sight.spans == []


def test_what_is_inside_waits_for_what_is_around_it(sight: Sight) -> None:
    with tracing.span("stage"):
        with tracing.span("part"):
            tracing.begin("program")()
        assert sight.names == []
    assert sight.names == ["program", "part", "stage"]


def test_what_ends_after_its_root_is_not_kept_back(sight: Sight) -> None:
    with tracing.span("stage"):
        end = tracing.begin("program")
    assert sight.names == ["stage"]
    end(status=-9)
    assert sight.facts("program") == [{"noteai.status": -9}]


def test_a_tree_that_is_too_large_goes_ahead_of_its_root(sight: Sight) -> None:
    with tracing.span("stage"):
        for _ in range(1001):
            tracing.begin("program")()
        assert len(sight.names) == 1000
    assert len(sight.names) == 1002


def test_all_spans_have_the_job_of_their_root_as_soon_as_that_is_known(sight: Sight) -> None:
    job = uuid4()
    with tracing.span("request"):
        tracing.begin("before")()
        tracing.tell(job=job)
    assert {each.attributes["noteai.job"] for each in sight.spans if each.attributes} == {str(job)}


def test_facts_are_plain_and_what_is_not_known_is_left_out(sight: Sight) -> None:
    with tracing.span("call", cost=0.5, tokens=3, is_cut=True, price=None, job=PARENT):
        tracing.tell(error=None)
    expected = {"noteai.cost": 0.5, "noteai.tokens": 3, "noteai.is_cut": True}
    assert sight.facts("call") == [{**expected, "noteai.job": PARENT}]
    assert sight.spans[0].status.status_code is StatusCode.UNSET


def test_an_exception_leaves_its_type_and_none_of_its_words(sight: Sight) -> None:
    with pytest.raises(ValueError, match="planted"), tracing.span("stage"):
        raise ValueError("planted")
    (span,) = sight.spans
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description is None
    assert span.events == ()
    assert sight.facts("stage") == [{"error.type": "ValueError"}]


def test_what_libraries_say_too_much_is_left_out(sight: Sight) -> None:
    with sight.provider.get_tracer("library").start_as_current_span("GET /jobs") as span:
        span.set_attribute("http.url", "http://127.0.0.1/jobs?token=planted")
        span.set_attribute("http.target", "/jobs?token=planted")
        span.set_attribute("http.user_agent", "planted")
        span.set_attribute("db.statement", "SELECT a ? b")
        span.record_exception(ValueError("planted"))
        span.set_status(StatusCode.ERROR, "planted")
    assert "planted" not in sight.spans[0].to_json()
    assert sight.facts("GET /jobs") == [
        {
            "error.type": "ValueError",
            "http.url": "http://127.0.0.1/jobs",
            "http.target": "/jobs",
            "db.statement": "SELECT a ? b",
        }
    ]


def test_a_statement_is_kept_as_a_part_of_something(sight: Sight) -> None:
    library = sight.provider.get_tracer("library")
    library.start_span("alone", kind=SpanKind.CLIENT).end()
    with tracing.span("stage"):
        library.start_span("inside", kind=SpanKind.CLIENT).end()
    assert sight.names == ["inside", "stage"]


def test_another_thread_has_no_part_in_what_is_open_here(sight: Sight) -> None:
    def beat() -> None:
        sight.provider.get_tracer("library").start_span("beat", kind=SpanKind.CLIENT).end()

    with tracing.span("stage"):
        thread = threading.Thread(target=beat)
        thread.start()
        thread.join()
    assert sight.names == ["stage"]


def test_a_line_of_the_log_has_the_ids_of_the_span_that_is_open(
    sight: Sight, capsys: pytest.CaptureFixture[str]
) -> None:
    with tracing.span("stage", PARENT):
        telemetry.set_up("api", "info", "json")
        telemetry.logger().info("said")
    (span,) = sight.spans
    assert span.context is not None
    line = json.loads(capsys.readouterr().err)
    assert line["trace_id"] == PARENT[3:35]
    assert line["span_id"] == f"{span.context.span_id:016x}"


def test_without_anybody_who_looks_nothing_happens() -> None:
    with tracing.span("stage", PARENT, job="a"):
        tracing.tell(outcome="done")
        tracing.begin("program")(status=0)
        assert tracing.traceparent() is None
    assert tracing.ids() == {}
