from typing import Any
from uuid import UUID, uuid4

import pytest
from jobbing import WORKFLOWS, Office, manifest
from statements import counted

from noteai.accounts.models import LOCAL
from noteai.jobs.errors import JobNotFound
from noteai.jobs.past import speeds
from noteai.jobs.repository import Filter, Jobs
from noteai.paging import BadCursor


def pages(office: Office, limit: int, **terms: Any) -> list[list[UUID]]:
    found: list[list[UUID]] = []
    after: str | None = None
    while True:
        with office.database.transaction() as session:
            page = Jobs(session, LOCAL).page(after=after, limit=limit, **terms)
        found.append([each.id for each in page.jobs])
        after = page.next
        if after is None:
            return found


def test_the_newest_come_first_page_by_page(office: Office) -> None:
    jobs = [office.submit() for _ in range(5)]
    assert pages(office, 2) == [jobs[:2:-1], jobs[2:0:-1], jobs[:1]]
    assert pages(office, 5) == [jobs[::-1]]
    assert pages(office, 4, oldest_first=True) == [jobs[:4], jobs[4:]]


def test_an_account_without_jobs_has_one_empty_page(office: Office) -> None:
    assert pages(office, 3) == [[]]


def test_a_page_takes_one_statement_however_long(office: Office) -> None:
    for _ in range(4):
        office.submit()
    with office.database.transaction() as session, counted(office.database) as seen:
        assert len(Jobs(session, LOCAL).page(limit=10).jobs) == 4
    assert len(seen) == 1


def test_a_job_comes_with_its_stages_but_without_their_manifests(office: Office) -> None:
    job = office.submit()
    with office.database.transaction() as session, counted(office.database) as seen:
        assert len(Jobs(session, LOCAL).get(job).stages) == 5
    assert len(seen) == 2
    assert not any("manifest" in each for each in seen)


def test_jobs_are_found_by_state_and_workflow(office: Office) -> None:
    queued = office.submit()
    waiting = office.submit(upload_id=office.upload("awaiting_parts"))
    failed = office.submit()
    office.fail(failed, "first")
    with office.database.transaction() as session:
        jobs = Jobs(session, LOCAL)

        def ids(**terms: Any) -> list[UUID]:
            wanted = Filter(**terms)
            found = [each.id for each in jobs.page(wanted).jobs]
            assert jobs.count(wanted) == len(found)
            return found

        assert ids(states=("queued",)) == [queued]
        assert ids(states=("awaiting_upload",)) == [waiting]
        assert ids(states=("failed", "queued")) == [failed, queued]
        assert ids(workflow="diamond") == [failed, waiting, queued]
        assert ids(workflow="other") == []


def test_no_query_answers_beyond_the_account(office: Office) -> None:
    job = office.submit(idempotency_key="k", fingerprint="f")
    with office.database.transaction() as session:
        others = Jobs(session, office.account())
        assert others.page().jobs == []
        assert others.count() == 0
        assert others.find("k") is None
        for unknown in (job, uuid4()):
            with pytest.raises(JobNotFound):
                others.get(unknown)


@pytest.mark.parametrize("cursor", ["x", "!!", "MjAyNnxh", "MjAyNi0xMS0yMVQwMDowMDowMHww"])
def test_a_cursor_that_no_list_gave_is_refused(office: Office, cursor: str) -> None:
    with office.database.transaction() as session, pytest.raises(BadCursor):
        Jobs(session, LOCAL).page(after=cursor)


def test_speeds_are_medians_of_work_that_was_done(office: Office) -> None:
    for seconds in (10.0, 20.0, 90.0):
        job = office.submit()
        office.do(job, "first")
        office.change(job, duration=120.0)
        office.change_stage(job, "first", seconds=seconds)
    cached = office.submit()
    made = manifest("first").model_copy(update={"source": "cached", "seconds": 5000.0})
    office.ledger().done(office.claimed(cached, "first"), made)
    office.change(cached, duration=120.0)
    with office.database.transaction() as session, counted(office.database) as seen:
        assert speeds(session, WORKFLOWS) == {"first": 10.0}
    assert len(seen) == 1
