"""Workers are killed and put to sleep; the jobs go on."""

import os
import signal

from crew import Site, is_alive, wait_until


def test_a_job_survives_the_child_that_worked_on_it(site: Site) -> None:
    site.hire()
    job = site.submit(middle={"seconds": 3.0, "is_brief_again": True}, left={"seconds": 0.1})
    os.kill(site.began("middle"), signal.SIGKILL)
    assert site.ended(job).state == "completed"
    assert len(site.entries("began", "middle")) == 2
    wait_until(lambda: not site.wrong(), "all is well")


def test_a_program_dies_with_the_child_that_started_it(site: Site) -> None:
    worker = site.hire()
    job = site.submit(first={"seconds": 5.0, "manner": "program", "is_brief_again": True})
    child = site.began("first")
    before = set(worker.family)
    wait_until(lambda: len(worker.family) > len(before) or _programs(worker.family), "it runs")
    programs = _programs(worker.family)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, programs)), "the program is dead")
    assert site.ended(job).state == "completed"
    wait_until(lambda: not site.wrong(), "all is well")


def test_a_job_survives_a_whole_worker(site: Site) -> None:
    worker = site.hire()
    job = site.submit(first={"seconds": 2.0, "manner": "program", "is_brief_again": True})
    site.began("first")
    family = worker.family
    worker.signal(signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, family)), "all of it is dead")
    site.hire()
    assert site.ended(job).state == "completed"
    wait_until(lambda: not site.wrong(), "all is well")


def test_a_stage_that_kills_its_workers_ends_as_worker_lost(site: Site) -> None:
    site.hire()
    job = site.submit(middle={"seconds": 600.0})
    for times in (1, 2, 3):
        os.kill(site.began("middle", times), signal.SIGKILL)
    ended = site.ended(job)
    assert ended.state == "failed"
    assert ended.failure
    assert ended.failure["code"] == "worker_lost"
    wait_until(lambda: not site.wrong(), "all is well")


def test_a_celery_worker_that_dies_is_started_again(site: Site) -> None:
    worker = site.hire()
    job = site.submit(middle={"seconds": 2.0, "is_brief_again": True})
    child = site.began("middle")
    celery = next(pid for pid in worker.family if child in _children(pid))
    os.kill(celery, signal.SIGKILL)
    assert site.ended(job).state == "completed"
    assert not worker.is_gone()
    wait_until(lambda: not site.wrong(), "all is well")


def test_one_who_slept_past_its_lease_writes_nothing(site: Site) -> None:
    site.hire()
    job = site.submit(first={"seconds": 1.0})
    sleeper = site.began("first")
    os.kill(sleeper, signal.SIGSTOP)
    assert site.ended(job).state == "completed"
    told = site.job(job).last_seq
    os.kill(sleeper, signal.SIGCONT)
    another = site.submit()
    assert site.ended(another).state == "completed"
    wait_until(lambda: "attempt_stopped" in site.logs(), "the sleeper noticed")
    assert site.job(job).last_seq == told
    wait_until(lambda: not site.wrong(), "all is well")


def _programs(pids: list[int]) -> list[int]:
    from pathlib import Path

    return [pid for pid in pids if Path(f"/proc/{pid}/comm").read_text().strip() == "sleep"]


def _children(pid: int) -> list[int]:
    from crew import children

    return children(pid)
