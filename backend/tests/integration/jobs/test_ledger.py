"""What a ledger in Postgres does beyond what every ledger does."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from jobbing import AT_ONCE, WHY, WORKFLOWS, Office, at_once, manifest
from sqlalchemy import func
from sqlalchemy.orm import Session
from statements import counted

from noteai.accounts.models import LOCAL
from noteai.jobs.advance import Mover
from noteai.jobs.models import StageRow
from noteai.jobs.outbox import Courier
from noteai.jobs.service import cancel


@pytest.fixture
def job(office: Office) -> UUID:
    return office.submit()


def row(office: Office, job: UUID, name: str) -> StageRow:
    return next(each for each in office.job(job).stages if each.stage == name)


def cancelled(office: Office, job: UUID) -> None:
    with office.database.transaction() as session:
        cancel(session, office.journal, LOCAL, job, WORKFLOWS)


def test_a_stage_that_is_blocked_is_not_claimed(office: Office, job: UUID) -> None:
    assert office.ledger().claim(str(job), "left") is None
    assert office.kinds(job) == ["job_queued", "stage_ready"]


def test_the_first_claim_starts_the_job(office: Office, job: UUID) -> None:
    office.claimed(job, "first")
    assert office.job(job).state == "running"
    assert office.job(job).started_at is not None
    assert office.kinds(job)[2:] == ["job_started", "stage_started"]


def test_a_dead_lease_is_taken_over_with_a_higher_number(office: Office, job: UUID) -> None:
    dead = office.claimed(job, "first")
    assert office.ledger().claim(str(job), "first") is None
    office.let_die(job, "first")
    heir = office.ledger(owner="heir").claim(str(job), "first")
    assert heir is not None
    assert heir.number == dead.number + 1
    assert row(office, job, "first").owner == "heir"
    assert office.ledger().heartbeat(dead, 0.9) == "stop"
    assert not office.ledger().done(dead, manifest("first"))
    assert office.ledger().done(heir, manifest("first"))
    assert office.kinds(job).count("stage_done") == 1


def test_many_who_take_over_a_dead_lease_are_one(office: Office, job: UUID) -> None:
    office.claimed(job, "first")
    office.let_die(job, "first")
    got = at_once([lambda: office.ledger().claim(str(job), "first")] * AT_ONCE)
    assert [each.number for each in got if each] == [2]


def test_a_stale_attempt_tells_nothing(office: Office, job: UUID) -> None:
    stale = office.claimed(job, "first")
    office.let_die(job, "first")
    office.claimed(job, "first")
    before = office.kinds(job)
    ledger = office.ledger()
    assert not ledger.done(stale, manifest("first"))
    assert not ledger.failed(stale, WHY)
    assert not ledger.put_off(stale, WHY)
    assert not ledger.release(stale)
    assert ledger.heartbeat(stale, 1.0) == "stop"
    assert office.kinds(job) == before
    assert row(office, job, "first").fraction == 0.0


def test_a_heartbeat_keeps_the_lease_and_tells_progress(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    office.change_stage(job, "first", lease_until=func.now() + timedelta(seconds=1))
    before = row(office, job, "first").lease_until
    assert office.ledger().heartbeat(attempt, 0.5) == "go_on"
    after = row(office, job, "first").lease_until
    assert before is not None
    assert after is not None
    assert after > before
    told = office.events(job)[-1]
    assert told.kind == "stage_progressed"
    assert told.body == {
        "stage": "first",
        "stage_fraction": 0.5,
        "state": "running",
        "fraction": 0.1,
    }


def test_a_heartbeat_without_progress_tells_nothing(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    office.ledger().heartbeat(attempt, 0.5)
    before = office.kinds(job)
    office.ledger().heartbeat(attempt, 0.5)
    office.ledger().heartbeat(attempt, 0.2)
    assert office.kinds(job) == before
    assert row(office, job, "first").fraction == 0.5


def test_heartbeats_stop_after_a_cancel(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    cancelled(office, job)
    assert office.ledger().heartbeat(attempt, 0.5) == "stop"
    assert not office.ledger().release(attempt)
    assert office.states(job)["first"] == "cancelled"
    office.advance(job)
    assert office.job(job).state == "cancelled"


def test_what_is_done_after_a_cancel_is_not_kept(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    cancelled(office, job)
    assert not office.ledger().done(attempt, manifest("first"))
    office.advance(job)
    assert set(office.states(job).values()) == {"cancelled"}
    assert office.kinds(job)[-2:] == ["cancel_requested", "job_ended"]


def test_heartbeats_stop_when_the_job_is_overdue(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    office.change(job, deadline=func.now() - timedelta(seconds=1))
    assert office.ledger().heartbeat(attempt, 0.5) == "stop"
    assert office.ledger().claim(str(job), "first") is None


def test_what_was_put_off_waits_and_is_woken_then(office: Office, job: UUID) -> None:
    office.empty_outbox()
    patient = office.ledger(backoff=60.0)
    assert patient.put_off(office.claimed(job, "first"), WHY)
    assert patient.claim(str(job), "first") is None
    assert office.outbox() == [["first"]]
    told = office.events(job)[-1]
    assert told.kind == "stage_retried"
    assert 30.0 <= told.body["delay"] <= 60.0
    assert told.body["failure"] == WHY.model_dump()


def test_what_is_put_off_too_often_has_failed(office: Office, job: UUID) -> None:
    for _ in range(3):
        assert office.ledger().put_off(office.claimed(job, "first"), WHY)
    assert office.states(job)["first"] == "failed"
    assert office.ledger().claim(str(job), "first") is None
    assert office.kinds(job).count("stage_retried") == 2
    assert office.kinds(job)[-1] == "stage_failed"


def test_what_was_given_back_is_woken_and_the_try_does_not_count(office: Office, job: UUID) -> None:
    office.empty_outbox()
    for _ in range(5):
        assert office.ledger().release(office.claimed(job, "first"))
    assert row(office, job, "first").tries == 0
    assert row(office, job, "first").attempt == 5
    assert office.outbox() == [["first"]] * 5


def test_what_a_stage_gave_is_projected_in_the_same_transaction(office: Office, job: UUID) -> None:
    seen: list[tuple[UUID, str, dict[str, Any]]] = []

    def project(_: Session, job: UUID, stage: str, output: dict[str, Any]) -> None:
        seen.append((job, stage, output))
        raise LookupError

    attempt = office.claimed(job, "first")
    with pytest.raises(LookupError):
        office.ledger(project=project).done(attempt, manifest("first", remark="hm"))
    assert seen == [(job, "first", {"remark": "hm"})]
    assert office.states(job)["first"] == "running"
    assert "stage_done" not in office.kinds(job)


def test_a_job_that_is_gone_is_claimed_by_nobody(office: Office) -> None:
    assert office.ledger().claim(str(UUID(int=7)), "first") is None
    assert office.ledger().records(str(UUID(int=7))) == {}


def test_a_claim_is_one_statement_and_knows_the_work(office: Office) -> None:
    job = office.submit(params={"first": {"depth": 2}})
    with counted(office.database) as seen:
        claimed = office.ledger().take(job, "first")
    assert len(seen) == 1, seen
    assert claimed
    assert (claimed.id, claimed.attempt, claimed.account_id) == (job, 1, LOCAL)
    assert (claimed.workflow, claimed.params) == ("diamond", {"first": {"depth": 2}})
    assert "Upload" in claimed.given
    assert [each["kind"] for each in claimed.told] == ["job_started", "stage_started"]
    assert office.published[-1] == (job, claimed.told[-1])


def test_a_stage_that_ends_can_move_its_job_on_in_the_same_transaction(office: Office) -> None:
    sent: list[Sequence[str]] = []
    courier = Courier(office.database, lambda job, wave, *_: sent.append(wave))
    ledger = office.ledger().advancing(Mover(office.journal, WORKFLOWS, courier))
    job = office.submit()
    office.empty_outbox()
    attempt = office.claimed(job, "first")
    with counted(office.database) as seen:
        assert ledger.done(attempt, manifest("first"))
    assert len(seen) <= 7, seen
    assert office.states(job)["left"] == "ready"
    assert (sent, office.outbox()) == ([["left", "right"]], [])
    assert office.kinds(job)[-3:] == ["stage_done", "stage_ready", "stage_ready"]


def test_the_last_stage_ends_its_job_in_the_same_transaction(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    office.do(job, "left", "right")
    office.do(job, "joined")
    ledger = office.ledger().advancing(Mover(office.journal, WORKFLOWS))
    assert ledger.done(office.claimed(job, "last"), manifest("last"))
    assert office.job(job).state == "completed"
    assert office.kinds(job)[-2:] == ["stage_done", "job_ended"]
