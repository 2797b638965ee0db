"""What a real worker leaves to be read: that it is there, and what it said of a job."""

import signal
from typing import Any

from crew import Site, wait_until
from sqlalchemy import select
from sqlalchemy.orm import undefer

from noteai.jobs import workers
from noteai.jobs.models import LogRow


def present(site: Site) -> list[Any]:
    with site.database.transaction() as session:
        return list(workers.present(session))


def lines(site: Site, job: Any) -> list[LogRow]:
    query = select(LogRow).where(LogRow.job_id == job).order_by(LogRow.id)
    with site.database.transaction() as session:
        return list(session.scalars(query))


def test_an_idle_worker_is_seen_then_what_it_works_on_and_then_that_it_left(site: Site) -> None:
    worker = site.hire()
    wait_until(lambda: present(site), "it is seen")
    (row,) = present(site)
    assert (row.process, row.stages) == (worker.process.pid, [])
    site.submit(first={"seconds": 600})
    wait_until(lambda: present(site)[0].stages == ["first"], "its work is seen")
    worker.signal(signal.SIGTERM)
    wait_until(worker.is_gone, "it left")
    assert present(site) == []


def test_what_a_worker_says_of_a_job_is_kept(site: Site) -> None:
    site.hire()
    job = site.submit(left={"fails": True}, middle={"stumbles": 1})
    assert site.ended(job).state == "completed"
    wait_until(lambda: len(lines(site, job)) >= 2, "both lines are there")
    said = {each.event: each for each in lines(site, job)}
    refused, put_off = said["stage_refused"], said["task_put_off"]
    assert (refused.level, refused.stage, refused.attempt) == ("info", "left", 1)
    assert refused.fields == {"code": "tired"}
    assert (put_off.level, put_off.stage) == ("warning", "middle")


def test_a_defect_is_kept_with_its_traceback_and_a_reference(site: Site) -> None:
    worker = site.hire()
    job = site.submit(left={"diary": "/"})  # which is no file
    assert site.ended(job).state == "completed"
    wait_until(lambda: lines(site, job), "the line is there")
    with site.database.transaction() as session:
        broke = session.scalars(
            select(LogRow).where(LogRow.job_id == job).options(undefer(LogRow.traceback))
        ).one()
    assert (broke.event, broke.level, broke.stage) == ("stage_broke", "error", "left")
    assert "IsADirectoryError" in (broke.traceback or "")
    assert broke.reference
    assert broke.reference in worker.log.read_text()
