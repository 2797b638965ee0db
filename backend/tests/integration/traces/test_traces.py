"""One job, one trace: through every process, whatever happens to them."""

import os
import re
import signal
from collections import Counter

import redis
from collecting import Seen
from crew import Site, wait_until
from sleepy import SLEEPY
from traced import TITLE, Traced, answer

from noteai.client import Client
from noteai.jobs import outbox
from noteai.jobs.models import TERMINAL
from noteai.servers.process import free_port

STAGES = [f"stage {name}" for name in SLEEPY.names]


def outcomes(spans: list[Seen]) -> Counter[tuple[str, str]]:
    return Counter((each.name, each.outcome) for each in spans if each.outcome)


def all_done() -> Counter[tuple[str, str]]:
    return Counter((name, "done") for name in STAGES)


def ended(traced: Traced, job: str) -> str:
    state = next(each["state"] for each in traced.client.follow(job) if each["state"] in TERMINAL)
    return str(state)


def test_everything_of_a_job_is_in_the_trace_of_its_request(traced: Traced) -> None:
    traced.site.hire()
    job = traced.submit(left={"manner": "program", "seconds": 0.1}, middle={"parts": 3})
    assert ended(traced, job) == "completed"
    spans = traced.trace(job)
    assert outcomes(spans) == all_done()
    assert {each.trace for each in spans} == {spans[0].trace}
    assert [each.name for each in spans if not each.parent] == ["POST /api/v1/jobs"]
    assert {each.service for each in spans} == {"noteai-api", "noteai-worker"}
    assert {each.job for each in spans} == {job}
    (program,) = (each for each in spans if each.name == "program sleep")
    assert program.facts == {
        "noteai.job": job,
        "noteai.program": "sleep",
        "noteai.status": 0,
    }
    assert {each.facts["noteai.part"] for each in spans if each.name == "part nap"} == {0, 1, 2}
    assert any(each.name == "wake left, middle, right" for each in spans)
    assert any(each.facts.get("db.system") == "postgresql" for each in spans)
    assert any(each.facts.get("rpc.service") == "S3" for each in spans)


def test_an_attempt_says_what_it_was(traced: Traced) -> None:
    traced.site.hire()
    job = traced.submit()
    ended(traced, job)
    (middle,) = (each for each in traced.trace(job) if each.name == "stage middle")
    assert middle.facts == {
        "noteai.job": job,
        "noteai.workflow": "sleepy",
        "noteai.stage": "middle",
        "noteai.attempt": 1,
        "noteai.queue": "speech",
        "noteai.outcome": "done",
    }


def test_the_request_that_completed_the_upload_is_found_by_the_job(traced: Traced) -> None:
    traced.site.hire()
    job = traced.submit()
    ended(traced, job)
    spans = traced.trace(job)

    def completions() -> list[Seen]:
        return [
            each
            for each in traced.collector.named("POST /api/v1/uploads/{upload_id}/complete")
            if each.job == job
        ]

    wait_until(completions, "the completion has come in")
    assert completions()[0].trace != spans[0].trace


def test_a_stage_whose_child_was_killed_is_done_in_the_same_trace(traced: Traced) -> None:
    traced.site.hire()
    job = traced.submit(middle={"seconds": 3.0, "is_brief_again": True})
    child = traced.site.began("middle")
    before = {"stage first", "stage left", "stage right"}
    wait_until(
        lambda: before <= {each.name for each in traced.collector.of(job)},
        "what the child may have done before has come in",
    )
    os.kill(child, signal.SIGKILL)
    with redis.Redis.from_url(traced.site.redis_url) as broker:
        broker.flushall()  # its message is gone, too: the sweeper sends another
    assert ended(traced, job) == "completed"
    spans = traced.trace(job)
    assert outcomes(spans) == all_done()
    (middle,) = (each for each in spans if each.name == "stage middle")
    assert middle.facts["noteai.attempt"] == 2


def test_what_the_sweeper_sends_again_stays_in_the_trace(traced: Traced) -> None:
    job = traced.submit()
    assert outbox.relay(traced.site.database, lambda *_: None) == 1  # sent, and lost
    traced.site.hire()
    assert ended(traced, job) == "completed"
    assert outcomes(traced.trace(job)) == all_done()


def test_a_line_of_the_log_is_found_from_its_trace(traced: Traced) -> None:
    traced.site.hire()
    job = traced.submit(middle={"fails": True})
    assert ended(traced, job) == "failed"
    wait_until(
        lambda: any(each.outcome == "failed" for each in traced.collector.named("stage middle")),
        "the failure has come in",
    )
    (failed,) = (each for each in traced.collector.named("stage middle") if each.outcome)
    assert failed.has_failed
    assert failed.facts["error.type"] == "tired"
    lines = [each for each in plain(traced.site.logs()).splitlines() if "stage_refused" in each]
    assert lines
    assert all(f"trace_id={failed.trace}" in line for line in lines)
    assert all(f"span_id={failed.id}" in line for line in lines)


def test_spans_hold_nothing_that_others_must_not_read(traced: Traced) -> None:
    traced.site.hire()
    declared = traced.declare(left={"manner": "program", "seconds": 0.123456})
    traced.deliver(declared)
    job = declared["id"]
    traced.client.ask("GET", f"/jobs/{job}?planted=planted-query")
    assert ended(traced, job) == "completed"
    traced.trace(job)
    url = declared["upload"]["wanted"][0]["url"]
    database = traced.site.database.engine.url.password
    planted = [
        TITLE,
        "planted-query",
        "0.123456",
        re.findall(r"X-Amz-Signature=(\w+)", url)[0],
        traced.site.variables["NOTEAI_S3_SECRET_KEY"],
        str(database),
        str(traced.site.diary),
    ]
    assert [each for each in planted if each.encode() in traced.collector.said()] == []


def test_a_collector_that_is_away_stops_nobody(site: Site, client: Client) -> None:
    site.variables = {
        **site.variables,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }
    answer(site, client)
    site.hire()
    job = site.submit(left={"manner": "program", "seconds": 0.1})
    assert site.ended(job).state == "completed"
    assert site.entries("knew-of-traces")
    wait_until(lambda: "traces_troubled" in site.logs(), "somebody complained")
    for worker in site.workers:
        worker.signal(signal.SIGTERM)
    wait_until(lambda: all(each.is_gone() for each in site.workers), "all have left")
    said = plain(site.workers[1].log.read_text()).count("traces_troubled")
    assert said <= 3  # once a minute in each process: the supervisor and two children


def test_without_an_endpoint_nothing_of_it_is_loaded(site: Site, client: Client) -> None:
    answer(site, client)
    site.hire()
    job = site.submit()
    assert site.ended(job).state == "completed"
    client.ask("GET", f"/jobs/{job}")
    for worker in site.workers:
        worker.signal(signal.SIGTERM)
    wait_until(lambda: all(each.is_gone() for each in site.workers), "all have left")
    assert site.entries("began", "last")
    assert site.entries("knew-of-traces") == []
    assert site.logs().count("knows of traces: False") == 2


def plain(log: str) -> str:
    """Without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", log)
