from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from invariants import check
from jobbing import AT_ONCE, DIAMOND, Office, at_once, manifest
from sqlalchemy import func


def whole(office: Office, job: UUID, **last: object) -> None:
    office.do(job, "first")
    office.do(job, "left", "right")
    office.do(job, "joined")
    office.do(job, "last", **last)


def test_a_job_goes_from_wave_to_wave_to_its_end(office: Office) -> None:
    job = office.submit()
    whole(office, job)
    done = office.job(job)
    assert (done.state, done.fraction, done.is_degraded) == ("completed", 1.0, False)
    assert office.outbox() == [["first"], ["left", "right"], ["joined"], ["last"]]
    assert office.kinds(job)[-2:] == ["stage_done", "job_ended"]
    office.empty_outbox()
    assert check(office.database) == []


def test_a_result_without_anything_in_it_is_completed_empty(office: Office) -> None:
    job = office.submit()
    whole(office, job, found=0)
    assert office.job(job).state == "completed_empty"
    assert office.job(job).fraction == 1.0


def test_what_stages_remark_are_the_warnings_of_the_job(office: Office) -> None:
    job = office.submit()
    office.do(job, "first", remark="It hums.")
    office.do(job, "left", "right", remark="It hums.")
    office.do(job, "joined")
    office.do(job, "last", remark="Short.")
    assert office.job(job).warnings == ["It hums.", "Short."]


def test_a_job_goes_on_degraded_without_what_it_can_do_without(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    office.do(job, "left")
    office.fail(job, "right")
    office.do(job, "joined")
    office.do(job, "last")
    done = office.job(job)
    assert (done.state, done.is_degraded, done.warnings) == ("completed", True, ["It broke."])
    assert done.failure is None


def test_a_job_that_lacks_what_it_needs_fails_with_that_failure(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    running = office.claimed(job, "right")
    office.fail(job, "left")
    done = office.job(job)
    assert (done.state, done.failure and done.failure["code"]) == ("failed", "broken")
    assert done.fraction < 1.0
    assert office.states(job) == {
        "first": "done",
        "left": "failed",
        "right": "cancelled",
        "joined": "skipped",
        "last": "skipped",
    }
    assert office.ledger().heartbeat(running, 0.5) == "stop"
    assert office.kinds(job)[-3:] == ["stage_skipped", "stage_skipped", "job_ended"]


def test_many_who_advance_at_once_unblock_a_wave_once(office: Office) -> None:
    job = office.submit()
    office.empty_outbox()
    attempt = office.claimed(job, "first")
    office.ledger().done(attempt, manifest("first"))
    at_once([lambda: office.advance(job)] * AT_ONCE)
    assert office.outbox() == [["left", "right"]]
    assert office.kinds(job).count("stage_ready") == 3


def test_many_who_advance_at_once_end_a_job_once(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    office.do(job, "left", "right")
    office.do(job, "joined")
    attempt = office.claimed(job, "last")
    office.ledger().done(attempt, manifest("last"))
    at_once([lambda: office.advance(job)] * AT_ONCE)
    assert office.kinds(job).count("job_ended") == 1


def test_events_have_no_gaps_and_progress_never_falls(office: Office) -> None:
    """Two stages are at work at once, and everybody advances meanwhile."""
    job = office.submit()
    office.do(job, "first")

    def work(name: str) -> None:
        attempt = office.claimed(job, name)
        for step in range(1, 11):
            office.ledger().heartbeat(attempt, step / 10)

        office.ledger().done(attempt, manifest(name))
        office.advance(job)

    at_once([lambda: work("left"), lambda: work("right"), *[lambda: office.advance(job)] * 6])
    office.do(job, "joined")
    office.do(job, "last")
    events = office.events(job)
    assert [each.seq for each in events] == list(range(1, len(events) + 1))
    assert office.job(job).last_seq == len(events)
    fractions = [each.body["fraction"] for each in events]
    assert all(later >= earlier for earlier, later in pairwise(fractions))
    assert [each.kind for each in events if each.kind == "job_ended"] == ["job_ended"]
    assert events[-1].kind == "job_ended"
    told = [message for at, message in office.published if at == job]
    assert sorted(each["seq"] for each in told) == [each.seq for each in events]
    assert {"seq", "kind", "at", "state", "fraction"} <= set(told[0])


def test_a_job_waits_for_its_upload(office: Office) -> None:
    job = office.submit(upload_id=office.upload("awaiting_parts"))
    office.advance(job)
    assert set(office.states(job).values()) == {"blocked"}
    assert office.outbox() == []


@pytest.mark.parametrize("state", ["refused", "expired", "aborted"])
def test_a_job_whose_upload_came_to_nothing_has_failed(office: Office, state: str) -> None:
    from noteai.uploads.models import UploadRow

    upload = office.upload("verifying")
    job = office.submit(upload_id=upload)
    with office.database.transaction() as session:
        session.get_one(UploadRow, upload).state = state  # type: ignore[assignment]
    office.advance(job)
    done = office.job(job)
    assert (done.state, done.failure and done.failure["code"]) == ("failed", "upload_not_usable")
    assert set(office.states(job).values()) == {"cancelled"}


def test_an_overdue_job_ends_as_failed_whatever_runs(office: Office) -> None:
    job = office.submit()
    attempt = office.claimed(job, "first")
    office.change(job, deadline=func.now() - timedelta(seconds=1))
    office.advance(job)
    done = office.job(job)
    assert (done.state, done.failure and done.failure["code"]) == ("failed", "job_overdue")
    assert set(office.states(job).values()) == {"cancelled"}
    assert office.ledger().heartbeat(attempt, 0.5) == "stop"


def test_a_job_of_a_workflow_that_is_gone_ends(office: Office) -> None:
    job = office.submit()
    office.change(job, workflow="forgotten")
    office.advance(job)
    failure = office.job(job).failure
    assert failure is not None
    assert failure["code"] == "unknown_workflow"


def test_a_job_with_other_stages_than_its_workflow_has_now_ends(office: Office) -> None:
    job = office.submit()
    office.change(job, without=["right"])
    office.advance(job)
    failure = office.job(job).failure
    assert failure is not None
    assert failure["code"] == "workflow_changed"
    assert len(office.states(job)) == len(DIAMOND.names)
