"""What workers say of a job stands between its events, and never in their way."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from jobbing import Office
from sqlalchemy import delete

from noteai.jobs import logs
from noteai.jobs.logs import Line, Place, place_of
from noteai.jobs.models import JobRow


def said(job: UUID, event: str, **facts: Any) -> Line:
    return Line(job, datetime.now(UTC), facts.pop("level", "info"), event, **facts)


def read(office: Office, job: UUID, after: Place | None = None, **asked: Any) -> list[Any]:
    with office.database.transaction() as session:
        return list(logs.read(session, job, after or Place(), asked.pop("limit", 100), **asked))


def test_lines_stand_after_the_event_that_was_the_newest(office: Office) -> None:
    job = office.submit()
    logs.write(office.database, [said(job, "one", stage="first"), said(job, "two")])
    office.claimed(job, "first")
    logs.write(office.database, [said(job, "three")])
    rows = read(office, job)
    assert [each.event for each in rows] == [
        *office.kinds(job)[:2],
        "one",
        "two",
        *office.kinds(job)[2:],
        "three",
    ]


def test_pages_lead_through_events_and_lines_once(office: Office) -> None:
    job = office.submit()
    for number in range(5):
        logs.write(office.database, [said(job, f"{number}{each}") for each in "abc"])
        office.claimed(job, "first")
        office.let_die(job, "first")
        office.change_stage(job, "first", tries=0)
    whole = [(each.seq, each.line) for each in read(office, job)]
    for size in (1, 2, 7):
        seen: list[tuple[int, int]] = []
        after = Place()
        while page := read(office, job, after, limit=size):
            seen += [(each.seq, each.line) for each in page]
            after = Place.read(str(place_of(page[-1])))
        assert seen == whole
    assert len(whole) > 20


def test_lines_are_chosen_by_level_and_stage(office: Office) -> None:
    job = office.submit()
    office.fail(job, "first")
    lines = [said(job, "a", stage="left", level="warning"), said(job, "b", level="error")]
    logs.write(office.database, lines)
    assert [each.event for each in read(office, job, level="error")] == [
        "stage_failed",
        "job_ended",
        "b",
    ]
    assert "a" in [each.event for each in read(office, job, level="warning")]
    assert [each.event for each in read(office, job, stage="left")] == ["stage_skipped", "a"]


def test_a_job_has_so_many_lines_and_no_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST", 5)
    job = office.submit()
    for number in range(4):
        logs.write(office.database, [said(job, f"{number}{each}") for each in "abc"])
    lines = [each.event for each in read(office, job) if each.line]
    assert lines == ["0a", "0b", "0c", "1a", "log_full"]


def test_lines_of_a_job_that_is_gone_are_left_out(office: Office) -> None:
    job, gone = office.submit(), office.submit()
    with office.database.transaction() as session:
        session.execute(delete(JobRow).where(JobRow.id == gone))
    logs.write(office.database, [said(gone, "x"), said(uuid4(), "y"), said(job, "z")])
    assert [each.event for each in read(office, job) if each.line] == ["z"]
