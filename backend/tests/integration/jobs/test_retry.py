"""A job that failed or was cancelled goes on from what was not done."""

import pytest
from jobbing import AT_ONCE, Office, at_once

from noteai.jobs.errors import (
    JobNotRetryable,
)


def test_a_failed_job_goes_on_from_the_failed_stage(office: Office) -> None:
    job = office.submit()
    office.do(job, "first")
    office.do(job, "right")
    before = office.job(job).fraction
    office.fail(job, "left")
    office.empty_outbox()
    again = office.retry(job)
    assert (again.state, again.failure, again.ended_at) == ("queued", None, None)
    assert again.fraction >= before
    assert office.states(job) == {
        "first": "done",
        "left": "ready",
        "right": "done",
        "joined": "blocked",
        "last": "blocked",
    }
    assert office.outbox() == [["left"]]
    office.do(job, "left")
    office.do(job, "joined")
    office.do(job, "last")
    assert office.job(job).state == "completed"


def test_a_retried_stage_has_all_its_tries_again(office: Office) -> None:
    job = office.submit()
    for _ in range(3):
        stale = office.claimed(job, "first")
        office.let_die(job, "first")
        office.sweep()
    office.retry(job)
    fresh = office.claimed(job, "first")
    assert fresh.number > stale.number
    office.let_die(job, "first")
    office.sweep()
    assert office.states(job)["first"] == "ready"


def test_a_cancelled_job_can_be_tried_again(office: Office) -> None:
    job = office.submit()
    office.cancel(job)
    office.retry(job)
    office.do(job, "first")
    assert office.states(job)["left"] == "ready"


def test_many_retries_at_once_are_one(office: Office) -> None:
    job = office.submit()
    office.fail(job, "first")
    office.empty_outbox()

    def again() -> bool:
        try:
            office.retry(job)
        except JobNotRetryable:
            return False
        return True

    assert sum(at_once([again] * AT_ONCE)) == 1
    assert office.outbox() == [["first"]]


def test_what_goes_on_or_went_well_is_not_tried_again(office: Office) -> None:
    with pytest.raises(JobNotRetryable):
        office.retry(office.submit())
