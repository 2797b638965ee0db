from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from invariants import check
from jobbing import AT_ONCE, WHY, WORKFLOWS, Office, at_once, manifest
from sqlalchemy import func

from noteai.accounts.models import LOCAL
from noteai.jobs.models import JobRow
from noteai.jobs.service import cancel
from noteai.jobs.sweep import Swept
from noteai.jobs.views import queues
from noteai.jobs.workers import Worker, give_sign
from noteai.uploads.models import UploadRow

LONG_AGO = func.now() - timedelta(minutes=5)


@pytest.fixture
def job(office: Office) -> UUID:
    found = office.submit()
    office.empty_outbox()
    return found


def failure(row: JobRow) -> str:
    assert row.failure is not None
    return str(row.failure["code"])


def test_where_nothing_is_stuck_nothing_is_mended(office: Office, job: UUID) -> None:
    office.submit(upload_id=office.upload("awaiting_parts"))
    office.claimed(office.submit(), "first")
    before = office.outbox()
    assert office.sweep() == Swept()
    assert office.outbox() == before


def test_a_stage_whose_worker_died_is_woken_again(office: Office, job: UUID) -> None:
    office.claimed(job, "first")
    office.let_die(job, "first")
    assert office.sweep() == Swept(taken_back=1)
    assert office.states(job)["first"] == "ready"
    assert office.outbox() == [["first"]]
    assert office.kinds(job)[-1] == "stage_retried"
    assert office.claimed(job, "first").number == 2


def test_a_stage_whose_workers_die_again_and_again_fails(office: Office, job: UUID) -> None:
    for _ in range(3):
        office.claimed(job, "first")
        office.let_die(job, "first")
        assert office.sweep().taken_back == 1
    row = office.job(job)
    assert (row.state, failure(row)) == ("failed", "worker_lost")
    assert office.kinds(job)[-1] == "job_ended"
    assert office.sweep() == Swept()


def test_a_stage_of_a_cancelled_job_whose_worker_died_is_cancelled(
    office: Office, job: UUID
) -> None:
    office.claimed(job, "first")
    with office.database.transaction() as session:
        cancel(session, office.journal, LOCAL, job, WORKFLOWS)
    assert office.job(job).state == "running"
    office.let_die(job, "first")
    assert office.sweep() == Swept(taken_back=1)
    assert office.job(job).state == "cancelled"


def test_a_job_that_nobody_advanced_goes_on(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    office.ledger().done(attempt, manifest("first"))
    assert office.sweep() == Swept(advanced=1)
    assert office.outbox() == [["left", "right"]]


def test_a_job_whose_end_nobody_saw_ends(office: Office, job: UUID) -> None:
    office.ledger().failed(office.claimed(job, "first"), WHY)
    assert office.sweep() == Swept(advanced=1)
    assert office.job(job).state == "failed"


def test_a_cancelled_job_that_nobody_advanced_ends(office: Office, job: UUID) -> None:
    attempt = office.claimed(job, "first")
    office.change(job, cancel_requested_at=func.now())
    assert not office.ledger().release(attempt)
    office.sweep()
    assert office.job(job).state == "cancelled"


@pytest.mark.parametrize(("state", "then"), [("complete", "queued"), ("refused", "failed")])
def test_a_job_that_missed_the_end_of_its_upload_goes_on(
    office: Office, state: str, then: str
) -> None:
    upload = office.upload("verifying")
    job = office.submit(upload_id=upload)
    with office.database.transaction() as session:
        session.get_one(UploadRow, upload).state = state  # type: ignore[assignment]
    assert office.sweep() == Swept(advanced=1)
    assert office.job(job).state == then


def test_an_overdue_job_ends(office: Office, job: UUID) -> None:
    waiting = office.submit(upload_id=office.upload("awaiting_parts"))
    for each in (job, waiting):
        office.change(each, deadline=LONG_AGO)
    assert office.sweep() == Swept(advanced=2)
    assert {failure(office.job(each)) for each in (job, waiting)} == {"job_overdue"}


def test_a_ready_stage_that_nobody_claimed_is_woken_again_but_not_at_once(
    office: Office, job: UUID
) -> None:
    assert office.sweep() == Swept()
    office.change_stage(job, "first", ready_at=LONG_AGO)
    assert office.sweep() == Swept(woken=1)
    assert office.outbox() == [["first"]]
    office.empty_outbox()
    assert office.sweep() == Swept()
    office.claimed(job, "first")


def test_a_wave_is_woken_as_one(office: Office, job: UUID) -> None:
    office.do(job, "first")
    office.empty_outbox()
    for name in ("left", "right"):
        office.change_stage(job, name, ready_at=LONG_AGO)
    assert office.sweep() == Swept(woken=1)
    assert [sorted(wave) for wave in office.outbox()] == [["left", "right"]]


def test_a_long_queue_is_woken_ever_more_seldom_and_its_age_stays_true(office: Office) -> None:
    busy, *waiting = (office.submit() for _ in range(6))
    office.claimed(busy, "first")
    woken = []
    for _ in range(100):
        office.pass_time(10.0)
        office.empty_outbox()
        woken.append(office.sweep().woken / len(waiting))
    assert sum(woken[:5]) == 1
    assert sum(woken[:50]) in (4, 5)
    assert sum(woken) in (5, 6)
    with office.database.transaction() as session:
        assert (queues(session, 45.0).oldest or 0.0) >= 1000


def test_the_pause_between_two_wake_ups_has_an_end(office: Office, job: UUID) -> None:
    office.claimed(office.submit(), "first")
    office.change_stage(job, "first", ready_at=func.now() - timedelta(days=1), woken_at=LONG_AGO)
    office.empty_outbox()
    assert office.sweep() == Swept()
    office.pass_time(10 * 60 + 1)
    assert office.sweep() == Swept(woken=1)


def test_where_somebody_listens_who_has_room_the_pauses_stay_short(
    office: Office, job: UUID
) -> None:
    office.claimed(office.submit(), "first")  # elsewhere, by somebody else
    office.change_stage(job, "first", ready_at=func.now() - timedelta(days=1), woken_at=LONG_AGO)
    listening = Worker("host:1", "host", 1, ("speech",), 1, datetime.now(UTC))
    give_sign(office.database, listening)
    assert office.sweep() == Swept()
    give_sign(office.database, replace(listening, queues=("media",)))
    assert office.sweep() == Swept(woken=1)


def test_where_all_who_listen_are_at_work_the_pauses_grow(office: Office, job: UUID) -> None:
    busy = office.submit()
    office.claimed(busy, "first")
    office.change_stage(busy, "first", owner="host:1/7")
    office.change_stage(job, "first", ready_at=func.now() - timedelta(days=1), woken_at=LONG_AGO)
    give_sign(office.database, Worker("host:1", "host", 1, ("media",), 1, datetime.now(UTC)))
    assert office.sweep() == Swept()


def test_a_stage_that_is_ready_anew_is_woken_as_early_as_at_first(
    office: Office, job: UUID
) -> None:
    day, hour = func.now() - timedelta(days=1), func.now() - timedelta(hours=1)
    office.change_stage(job, "first", ready_at=hour, woken_at=day)
    assert office.sweep() == Swept(woken=1)


def test_what_waits_to_be_sent_is_not_woken_again(office: Office) -> None:
    job = office.submit()
    office.change_stage(job, "first", ready_at=LONG_AGO)
    assert office.sweep() == Swept()
    assert office.outbox() == [["first"]]


def test_a_job_that_cannot_be_mended_holds_up_no_other(office: Office, job: UUID) -> None:
    office.do(job, "first")
    office.do(job, "left", "right")
    office.do(job, "joined")
    office.ledger().done(office.claimed(job, "last"), manifest("last"))
    office.change_stage(job, "last", manifest={"is": "no manifest"})
    other = office.submit()
    office.claimed(other, "first")
    office.let_die(other, "first")
    office.sweep()
    assert failure(office.job(job)) == "workflow_changed"
    assert office.states(other)["first"] == "ready"


def test_many_who_sweep_mend_each_once(office: Office) -> None:
    jobs = [office.submit() for _ in range(6)]
    office.empty_outbox()
    for number, each in enumerate(jobs):
        if number % 3 == 0:
            office.claimed(each, "first")
            office.let_die(each, "first")
        elif number % 3 == 1:
            office.change_stage(each, "first", ready_at=LONG_AGO)
        else:
            office.ledger().done(office.claimed(each, "first"), manifest("first"))
    at_once([office.sweep] * AT_ONCE)
    assert sorted(office.outbox()) == [["first"]] * 4 + [["left", "right"]] * 2
    for each in jobs:
        office.change(each, deadline=LONG_AGO)
    at_once([office.sweep] * AT_ONCE)
    office.empty_outbox()
    assert check(office.database) == []
