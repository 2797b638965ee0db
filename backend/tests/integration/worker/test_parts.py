"""The parts of a stage are done side by side by real workers, whoever dies meanwhile."""

import os
import signal
from collections import Counter
from typing import Any
from uuid import UUID

from crew import SILENT, Site, wait_until
from invariants import check
from sleepy import SLEEPY, TRADE
from sqlalchemy import func, select, update

from noteai.accounts.models import LOCAL
from noteai.jobs.models import PartRow, StageRow
from noteai.jobs.service import cancel
from noteai.worker.app import make_app
from noteai.worker.canvas import sender, ways_of

COUNT = 6


def submit(site: Site, seconds: float = 0.5, **more: Any) -> UUID:
    return site.submit(middle={"parts": COUNT, "seconds": seconds, **more})


def parts(site: Site, what: str) -> list[tuple[str, int]]:
    """Parts of which the diary says so, each with the process that did it."""
    found = [each for each in site.entries(what) if each[1].startswith("middle.")]
    return [(name, int(pid)) for _, name, pid in found]


def helper(site: Site) -> int:
    """A process that has begun a part of a stage that another holds."""
    holder = site.began("middle")
    wait_until(lambda: {pid for _, pid in parts(site, "began")} - {holder}, "somebody helps")
    return next(pid for _, pid in parts(site, "began")[::-1] if pid != holder)


def row(site: Site, job: UUID, stage: str = "middle") -> StageRow:
    return next(each for each in site.job(job).stages if each.stage == stage)


def assert_whole(site: Site, job: UUID, seconds: float = 0.5) -> None:
    """The job has completed with what one worker alone would have made, and left no part."""
    assert site.ended(job).state == "completed"
    query = select(StageRow.manifest).where(StageRow.job_id == job, StageRow.stage == "middle")
    with site.database.transaction() as session:
        manifest = session.scalars(query).one()
    assert manifest
    assert manifest["output"]["slept"] == sum([seconds] * COUNT)
    assert len(set(manifest["parts"])) == COUNT
    wait_until(lambda: not left_over(site), "no part is left")
    wait_until(lambda: not check(site.database), "all is well")


def left_over(site: Site) -> int | None:
    with site.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(PartRow))


def test_workers_share_the_parts_of_a_stage(site: Site) -> None:
    site.hire()
    site.hire()
    job = submit(site)
    assert_whole(site, job)
    done = parts(site, "finished")
    assert sorted(name for name, _ in done) == [f"middle.{n}" for n in range(COUNT)]
    assert len({pid for _, pid in done}) > 1
    assert row(site, job).cost == COUNT * 0.5


def test_how_far_a_stage_is_adds_up_over_whoever_works_on_it(site: Site) -> None:
    site.hire()
    job = submit(site, 1.0)
    wait_until(lambda: 0.3 < row(site, job).fraction < 1.0, "part of the way is told")
    assert_whole(site, job, 1.0)


def test_a_helper_that_is_killed_changes_nothing(site: Site) -> None:
    site.hire()
    job = submit(site, 1.0)
    os.kill(helper(site), signal.SIGKILL)
    assert_whole(site, job, 1.0)
    begun = Counter(name for name, _ in parts(site, "began"))
    assert sum(begun.values()) == COUNT + 1
    assert row(site, job).attempt == 1


def test_a_helper_that_sleeps_past_its_lease_is_not_waited_for(site: Site) -> None:
    site.hire()
    job = submit(site, 1.0)
    sleeper = helper(site)
    os.kill(sleeper, signal.SIGSTOP)
    assert_whole(site, job, 1.0)
    os.kill(sleeper, signal.SIGCONT)
    wait_until(lambda: "attempt_stopped" in site.logs(), "the sleeper noticed")
    assert row(site, job).attempt == 1


def test_who_follows_a_holder_that_was_killed_finds_what_was_finished(site: Site) -> None:
    site.hire()
    job = submit(site, 1.0)
    holder = site.began("middle")
    wait_until(lambda: len(parts(site, "finished")) >= 2, "some are finished")
    os.kill(holder, signal.SIGKILL)
    assert_whole(site, job, 1.0)
    assert row(site, job).attempt == 2
    done = Counter(name for name, _ in parts(site, "finished"))
    assert len(done) == COUNT
    assert sum(done.values()) <= COUNT + 1  # one may have been finished in the moment of death


def test_what_fails_with_a_helper_is_for_the_holder_to_decide(site: Site) -> None:
    site.hire()
    job = submit(site, is_loyal=True)
    assert_whole(site, job)
    assert parts(site, "refused")
    assert {pid for _, pid in parts(site, "finished")} == {site.began("middle")}


def test_a_part_that_fails_fails_its_stage_with_its_reason(site: Site) -> None:
    site.hire()
    job = submit(site, fails=True)
    ended = site.ended(job)
    assert ended.state == "failed"
    assert ended.failure
    assert ended.failure["code"] == "tired"
    wait_until(lambda: not left_over(site), "no part is left")
    wait_until(lambda: not check(site.database), "all is well")


def test_cancelling_stops_the_helpers_too(site: Site) -> None:
    site.hire()
    site.hire()
    job = submit(site, 600.0)
    helper(site)
    with site.database.transaction() as session:
        cancel(session, SILENT, LOCAL, job, TRADE.workflows)
    assert site.ended(job).state == "cancelled"
    wait_until(lambda: not left_over(site), "no part is left")
    again = site.submit()
    assert site.ended(again).state == "completed"
    assert not parts(site, "finished")
    wait_until(lambda: not check(site.database), "all is well")


def test_help_that_is_asked_for_again_and_again_does_nothing_twice(site: Site) -> None:
    site.hire()
    site.hire()
    job = submit(site)
    send = sender(make_app(site.redis_url, "noteai:", 3600.0), ways_of([SLEEPY]))
    site.began("middle")
    for _ in range(3):
        send(job, ["middle"], COUNT)
    assert_whole(site, job)
    send(job, ["middle"], COUNT)
    assert Counter(name for name, _ in parts(site, "began")).most_common(1)[0][1] == 1
    assert site.ended(site.submit()).state == "completed"
    assert len(parts(site, "began")) == COUNT


def test_told_to_leave_a_helper_gives_its_part_back(site: Site) -> None:
    site.hire()
    job = submit(site, 1.5)
    holder = site.began("middle")
    mine = helper(site)
    worker = site.hire()
    leaving = site.workers[0]
    assert mine in leaving.family
    leaving.signal(signal.SIGTERM)
    wait_until(leaving.is_gone, "the worker left")
    assert holder not in worker.family
    assert_whole(site, job, 1.5)


def test_help_comes_from_nobody_for_a_job_that_is_over(site: Site) -> None:
    site.hire()
    job = submit(site, 0.1)
    assert_whole(site, job, 0.1)
    with site.database.transaction() as session:
        session.execute(update(StageRow).where(StageRow.stage == "last").values(state="done"))
    before = len(parts(site, "began"))
    sender(make_app(site.redis_url, "noteai:", 3600.0), ways_of([SLEEPY]))(job, ["middle"], 3)
    assert site.ended(site.submit()).state == "completed"
    assert len(parts(site, "began")) == before
