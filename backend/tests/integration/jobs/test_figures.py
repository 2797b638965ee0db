"""What is counted of jobs and stages: once, by whoever brought it about, once it is committed."""

from uuid import UUID

import pytest
from jobbing import WHY, Office, manifest
from measuring import text_of, value, values
from prometheus_client import CollectorRegistry

from noteai.jobs import outbox

_ENDS = "noteai_stage_duration_seconds_count"


@pytest.fixture
def job(office: Office, measured: CollectorRegistry) -> UUID:
    return office.submit()


def outcomes(measured: CollectorRegistry) -> dict[tuple[str, ...], int]:
    return values(text_of(measured), _ENDS, "stage", "outcome")


def test_an_attempt_is_counted_at_its_claim_and_its_end(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    office.do(job, "first")
    assert values(text_of(measured), "noteai_stage_attempts_total", "stage") == {("first",): 1}
    assert outcomes(measured) == {("first", "done"): 1}


def test_a_cached_answer_is_no_work(office: Office, job: UUID, measured: CollectorRegistry) -> None:
    office.change(job, duration=60.0)
    attempt = office.claimed(job, "first")
    cached = manifest("first").model_copy(update={"source": "cached"})
    assert office.ledger().done(attempt, cached)
    said = text_of(measured)
    assert outcomes(measured) == {("first", "cached"): 1}
    assert values(said, "noteai_stage_cache_hits_total", "stage") == {("first",): 1}
    assert values(said, "noteai_stage_speed_ratio_count", "stage") == {}


def test_speed_is_the_recordings_seconds_for_one_of_work(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    office.change(job, duration=60.0)
    office.do(job, "first")
    of = {"workflow": "diamond", "stage": "first"}
    assert value(text_of(measured), "noteai_stage_speed_ratio_sum", **of) == 30.0


def test_what_another_has_by_now_is_stale(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    late = office.claimed(job, "first")
    office.let_die(job, "first")
    office.claimed(job, "first")
    assert not office.ledger().done(late, manifest("first"))
    assert outcomes(measured) == {("first", "stale"): 1}


def test_what_is_given_back_twice_was_given_back_once(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    attempt = office.claimed(job, "first")
    assert office.ledger().release(attempt)
    assert not office.ledger().release(attempt)
    assert outcomes(measured) == {("first", "released"): 1}


def test_an_attempt_of_a_cancelled_job_is_released(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    attempt = office.claimed(job, "first")
    office.cancel(job)
    assert not office.ledger().done(attempt, manifest("first"))
    assert outcomes(measured) == {("first", "released"): 1}


def test_the_last_try_of_what_is_put_off_has_failed(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    for _ in range(3):
        assert office.ledger().put_off(office.claimed(job, "first"), WHY)
    assert outcomes(measured) == {("first", "put_off"): 2, ("first", "failed"): 1}
    codes = values(text_of(measured), "noteai_stage_failures_total", "stage", "code")
    assert codes == {("first", "broken"): 1}


def test_a_stage_that_its_workers_died_of_has_failed(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    office.claimed(job, "first")
    office.let_die(job, "first")
    assert office.sweep(attempts=1).taken_back == 1
    said = text_of(measured)
    codes = values(said, "noteai_stage_failures_total", "stage", "code")
    assert codes == {("first", "worker_lost"): 1}
    assert values(said, "noteai_jobs_ended_total", "state") == {("failed",): 1}


@pytest.mark.parametrize(("found", "state"), [(1, "completed"), (0, "completed_empty")])
def test_a_job_that_completed_is_measured_by_its_recording(
    office: Office, job: UUID, measured: CollectorRegistry, found: int, state: str
) -> None:
    office.change(job, duration=0.001)
    office.do(job, "first")
    office.do(job, "left", "right")
    office.do(job, "joined")
    office.do(job, "last", found=found)
    said = text_of(measured)
    assert values(said, "noteai_jobs_ended_total", "state") == {(state,): 1}
    ratio = value(said, "noteai_job_length_ratio_sum", workflow="diamond")
    assert ratio
    row = office.job(job)
    assert row.ended_at
    age = (row.ended_at - row.created_at).total_seconds()
    assert ratio == pytest.approx(age / 0.001, rel=0.5)


def test_what_failed_is_no_measure_of_length(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    office.change(job, duration=60.0)
    office.fail(job, "first")
    assert value(text_of(measured), "noteai_job_length_ratio_count", workflow="diamond") is None


def test_what_is_rolled_back_is_not_counted(
    office: Office, job: UUID, measured: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = office.claimed(job, "first")

    def broken(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        office.ledger(project=broken).done(attempt, manifest("first"))
    assert outcomes(measured) == {}


def test_the_relay_counts_what_it_sent(
    office: Office, job: UUID, measured: CollectorRegistry
) -> None:
    assert outbox.relay(office.database, lambda *_: None) == 1
    assert value(text_of(measured), "noteai_relay_sent_total") == 1
