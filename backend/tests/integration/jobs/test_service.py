from typing import Any
from uuid import UUID, uuid4

import pytest
from invariants import check
from jobbing import AT_ONCE, WORKFLOWS, Office, at_once
from sqlalchemy import select

from noteai.accounts.models import LOCAL
from noteai.engine.params import BadParameter, UnknownParameter
from noteai.engine.workflow import StageRequired, UnknownStage
from noteai.errors import NoteAIError
from noteai.jobs.errors import (
    IdempotencyConflict,
    JobEnded,
    JobNotEnded,
    JobNotFound,
    UploadNotUsable,
)
from noteai.jobs.models import EventRow, StageRow
from noteai.jobs.repository import Jobs, shown_state
from noteai.jobs.service import JobOrder, submit, uploads_finished
from noteai.uploads.errors import UploadNotFound
from noteai.uploads.models import UploadRow
from noteai.workflows import UnknownWorkflow


def test_a_submitted_job_is_queued_and_woken(office: Office) -> None:
    row = office.job(office.submit(params={"first": {"depth": 3}}))
    assert (row.state, shown_state(row)) == ("queued", "queued")
    assert [each.stage for each in row.stages] == ["first", "left", "right", "joined", "last"]
    assert [each.queue for each in row.stages][:3] == ["media", "speech", "vision"]
    assert row.given["Upload"]["file"] == {
        "digest": "a" * 64,
        "media_type": "video/mp4",
        "size": 5,
    }
    assert row.params == {"first": {"depth": 3}}
    assert row.deadline is not None
    assert office.outbox() == [["first"]]
    assert office.kinds(row.id) == ["job_queued", "stage_ready"]


def test_stages_that_are_switched_off_are_not_there(office: Office) -> None:
    assert "right" not in office.states(office.submit(without=("right",)))


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"without": ("left",)}, StageRequired),
        ({"without": ("nothing",)}, UnknownStage),
        ({"params": {"nothing": {}}}, UnknownStage),
        ({"params": {"first": {"depth": "deep"}}}, BadParameter),
        ({"params": {"first": {"height": 1}}}, UnknownParameter),
        ({"upload_id": uuid4()}, UploadNotFound),
    ],
)
def test_an_order_that_is_wrong_leaves_nothing_behind(
    office: Office, order: dict[str, Any], refusal: type[NoteAIError]
) -> None:
    with pytest.raises(refusal):
        office.submit(**order)
    with office.database.transaction() as session:
        assert Jobs(session, LOCAL).count() == 0


def test_a_wrong_parameter_is_named(office: Office) -> None:
    with pytest.raises(BadParameter) as refusal:
        office.submit(params={"first": {"depth": "deep"}})
    assert refusal.value.field == "params.first.depth"


def test_an_unknown_workflow_is_refused(office: Office) -> None:
    with pytest.raises(UnknownWorkflow), office.database.transaction() as session:
        submit(session, office.journal, LOCAL, JobOrder(office.upload(), "A"), WORKFLOWS)


def test_an_upload_of_another_account_is_not_there(office: Office) -> None:
    foreign = office.upload(account=office.account())
    with pytest.raises(UploadNotFound):
        office.submit(upload_id=foreign)


def test_an_upload_that_came_to_nothing_is_refused(office: Office) -> None:
    with pytest.raises(UploadNotUsable):
        office.submit(upload_id=office.upload("expired"))


def test_a_job_goes_once_its_upload_is_complete(office: Office) -> None:
    upload = office.upload("verifying")
    job = office.submit(upload_id=upload)
    assert shown_state(office.job(job)) == "awaiting_upload"
    for _ in range(2):
        with office.database.transaction() as session:
            session.get_one(UploadRow, upload).state = "complete"
            uploads_finished(session, office.journal, upload, WORKFLOWS)
    assert shown_state(office.job(job)) == "queued"
    assert office.outbox() == [["first"]]
    assert office.kinds(job) == ["job_queued", "stage_ready"]


def test_a_job_submitted_while_its_upload_is_completed_is_not_forgotten(office: Office) -> None:
    for _ in range(5):
        upload = office.upload("verifying")

        def complete(upload: UUID = upload) -> None:
            with office.database.transaction() as session:
                session.get_one(UploadRow, upload, with_for_update=True).state = "complete"
                uploads_finished(session, office.journal, upload, WORKFLOWS)

        def order(upload: UUID = upload) -> UUID:
            return office.submit(upload_id=upload)

        job = next(each for each in at_once([order, complete]) if each)
        assert office.states(job)["first"] == "ready"


def test_the_same_request_is_the_same_job(office: Office) -> None:
    key = {"idempotency_key": "k", "fingerprint": "f", "upload_id": office.upload()}
    assert office.submit(**key) == office.submit(**key)
    assert office.outbox() == [["first"]]


def test_another_request_with_the_key_is_a_conflict(office: Office) -> None:
    upload = office.upload()
    office.submit(idempotency_key="k", fingerprint="f", upload_id=upload)
    with pytest.raises(IdempotencyConflict):
        office.submit(idempotency_key="k", fingerprint="g", upload_id=upload)


def test_accounts_have_keys_of_their_own(office: Office) -> None:
    mine = office.submit(idempotency_key="k", fingerprint="f")
    theirs = office.submit(idempotency_key="k", fingerprint="f", account=office.account())
    assert mine != theirs


def test_the_same_request_many_times_at_once_is_one_job(office: Office) -> None:
    key = {"idempotency_key": "k", "fingerprint": "f", "upload_id": office.upload()}
    assert len(set(at_once([lambda: office.submit(**key)] * AT_ONCE))) == 1
    assert office.outbox() == [["first"]]


def test_different_requests_at_once_with_one_key_are_one_job(office: Office) -> None:
    upload = office.upload()

    def order(number: int) -> UUID | None:
        try:
            return office.submit(idempotency_key="k", fingerprint=str(number), upload_id=upload)
        except IdempotencyConflict:
            return None

    found = at_once([lambda number=number: order(number) for number in range(AT_ONCE)])  # type: ignore[misc]
    assert sum(each is not None for each in found) == 1


def test_a_queued_job_is_cancelled_at_once(office: Office) -> None:
    job = office.submit()
    assert office.cancel(job).state == "cancelled"
    assert set(office.states(job).values()) == {"cancelled"}
    assert office.kinds(job)[-2:] == ["cancel_requested", "job_ended"]


def test_a_job_that_awaits_its_upload_is_cancelled_at_once(office: Office) -> None:
    job = office.submit(upload_id=office.upload("awaiting_parts"))
    assert office.cancel(job).state == "cancelled"


def test_what_is_cancelled_while_it_runs_ends_with_its_running_stages(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    attempt = office.claimed(job, "left")
    assert office.cancel(job).state == "running"
    assert office.states(job)["left"] == "running"
    assert office.states(job)["right"] == "cancelled"
    assert office.ledger().claim(str(job), "right") is None
    office.ledger().release(attempt)
    office.advance(job)
    assert office.job(job).state == "cancelled"


def test_cancelling_again_and_at_once_changes_nothing(office: Office) -> None:
    job = office.submit()
    at_once([lambda: office.cancel(job)] * AT_ONCE)
    office.cancel(job)
    assert office.kinds(job)[-2:] == ["cancel_requested", "job_ended"]
    assert office.kinds(job).count("cancel_requested") == 1


def test_what_has_ended_is_not_cancelled(office: Office) -> None:
    job = office.submit()
    office.fail(job, "first")
    with pytest.raises(JobEnded):
        office.cancel(job)


def test_a_deleted_job_leaves_nothing(office: Office) -> None:
    job = office.submit()
    office.cancel(job)
    office.delete(job)
    with pytest.raises(JobNotFound):
        office.job(job)
    with office.database.transaction() as session:
        for table in (StageRow, EventRow):
            assert session.scalars(select(table)).all() == []
    assert office.outbox() == []
    assert check(office.database) == []


def test_what_has_not_ended_is_not_deleted(office: Office) -> None:
    job = office.submit()
    with pytest.raises(JobNotEnded):
        office.delete(job)
    assert office.job(job).state == "queued"


@pytest.mark.parametrize("act", [Office.cancel, Office.retry, Office.delete])
def test_jobs_of_others_and_unknown_jobs_are_not_there(office: Office, act: Any) -> None:
    job = office.submit()
    stranger = office.account()
    with pytest.raises(JobNotFound):
        act(office, job, stranger)
    with pytest.raises(JobNotFound):
        act(office, uuid4())
    assert office.job(job).state == "queued"
