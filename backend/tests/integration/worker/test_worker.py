"""Real Celery workers over real servers: jobs go well, fail, are cancelled and come twice."""

import signal
from itertools import product

import redis
from crew import SILENT, Site, is_alive, wait_until
from invariants import check
from sleepy import SLEEPY, TRADE

from noteai.accounts.models import LOCAL
from noteai.jobs.service import cancel
from noteai.worker.app import make_app
from noteai.worker.canvas import wake, ways_of


def states(site: Site, job: object) -> dict[str, str]:
    return {row.stage: row.state for row in site.job(job).stages}  # type: ignore[arg-type]


def test_a_job_goes_through_all_its_waves(site: Site) -> None:
    site.hire()
    job = site.submit(left={"seconds": 0.2}, middle={"seconds": 0.3})
    assert site.ended(job).state == "completed"
    assert set(states(site, job).values()) == {"done"}
    assert len(site.entries("finished")) == len(SLEEPY.stages)
    wait_until(lambda: not check(site.database), "all is well")


def test_stages_of_a_wave_are_done_side_by_side_and_a_worker_is_kept(site: Site) -> None:
    site.hire()
    assert site.ended(site.submit(left={"seconds": 1.0}, middle={"seconds": 1.0})).state
    processes = {pid for _, _, pid in site.entries("finished")}
    assert len(processes) == 2


def test_a_job_that_was_begun_is_finished_before_others_begin(site: Site) -> None:
    jobs = [site.submit(first={"seconds": 0.1 + number / 100}) for number in range(8)]
    site.hire()
    assert {site.ended(job).state for job in jobs} == {"completed"}
    order = [each[1] for each in site.entries("began") if each[1] in ("first", "last")]
    assert order.index("last") < len(jobs), order


def test_a_job_whose_optional_stage_fails_completes_degraded(site: Site) -> None:
    site.hire()
    job = site.submit(left={"fails": True})
    ended = site.ended(job)
    assert (ended.state, ended.is_degraded) == ("completed", True)
    assert states(site, job)["left"] == "failed"
    wait_until(lambda: not check(site.database), "all is well")


def test_a_job_whose_needed_stage_fails_fails_with_its_reason(site: Site) -> None:
    site.hire()
    job = site.submit(middle={"fails": True}, right={"seconds": 0.3})
    ended = site.ended(job)
    assert ended.state == "failed"
    assert ended.failure
    assert ended.failure["code"] == "tired"
    assert not site.entries("began", "joined")
    wait_until(lambda: not check(site.database), "all is well")


def test_a_stage_whose_service_did_not_answer_is_tried_again(site: Site) -> None:
    site.hire()
    job = site.submit(middle={"stumbles": 1})
    assert site.ended(job).state == "completed"
    assert len(site.entries("began", "middle")) == 2
    wait_until(lambda: not check(site.database), "all is well")


def test_messages_that_come_again_and_again_change_nothing(site: Site) -> None:
    site.hire()
    app = make_app(site.redis_url, "noteai:", 3600.0)
    ways = ways_of([SLEEPY])
    waves = [[stage.name for stage in wave] for wave in SLEEPY.waves]
    job = site.submit(**{name: {"seconds": 0.2} for name in SLEEPY.names})
    for _, wave in product(range(3), waves):
        wake(app, ways, job, wave).apply_async()
        for name in wave:
            wake(app, ways, job, [name]).apply_async()
    assert site.ended(job).state == "completed"
    for wave in waves:
        wake(app, ways, job, wave).apply_async()
    wait_until(lambda: not check(site.database), "all is well")
    assert sorted(each[1] for each in site.entries("began")) == sorted(SLEEPY.names)


def test_a_job_whose_broker_forgot_everything_completes(site: Site) -> None:
    site.hire()
    job = site.submit(left={"seconds": 1.0}, middle={"seconds": 1.0}, right={"seconds": 1.0})
    site.began("middle")
    with redis.Redis.from_url(site.redis_url) as client:
        client.flushall()
    assert site.ended(job).state == "completed"
    wait_until(lambda: not check(site.database), "all is well")


def test_cancelling_stops_the_work_and_the_program_that_does_it(site: Site) -> None:
    worker = site.hire()
    job = site.submit(
        left={"seconds": 600, "manner": "program"}, middle={"seconds": 600, "manner": "deep"}
    )
    pid = site.began("left")
    site.began("middle")
    wait_until(lambda: len(worker.family) > 4, "the program runs")
    with site.database.transaction() as session:
        cancel(session, SILENT, LOCAL, job, TRADE.workflows)
    assert site.ended(job).state == "cancelled"
    sleepers = [each for each in worker.family if _is_sleep(each)]
    wait_until(lambda: not any(map(is_alive, sleepers)), "its programs are gone")
    wait_until(lambda: not check(site.database), "all is well")
    assert pid
    again = site.submit()
    assert site.ended(again).state == "completed"


def test_told_to_leave_a_worker_hands_over_at_once(site: Site) -> None:
    worker = site.hire()
    job = site.submit(first={"seconds": 3.0, "is_brief_again": True})
    site.began("first")
    worker.signal(signal.SIGTERM)
    wait_until(lambda: states(site, job)["first"] == "ready", "the stage is ready again")
    wait_until(worker.is_gone, "the worker left")
    assert worker.process.returncode == 0
    assert not any((site.folder / "cache" / "work").glob("*"))
    site.hire()
    assert site.ended(job).state == "completed"
    wait_until(lambda: not check(site.database), "all is well")


def test_told_twice_a_worker_leaves_at_once(site: Site) -> None:
    worker = site.hire()
    site.submit(first={"seconds": 600, "manner": "deep"})
    site.began("first")
    family = worker.family
    worker.signal(signal.SIGTERM)
    wait_until(lambda: "leaving" in worker.log.read_text(), "the first was heard")
    worker.signal(signal.SIGTERM)
    wait_until(worker.is_gone, "the worker left")
    wait_until(lambda: not any(map(is_alive, family)), "it left nothing running")


def _is_sleep(pid: int) -> bool:
    from pathlib import Path

    return Path(f"/proc/{pid}/comm").read_text().strip() == "sleep"
