"""A job's status, asked again and again."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

from jobbing import Office
from starlette.testclient import TestClient

from noteai.api.services import ApiServices
from noteai.jobs.service import cancel

_PATIENCE = 30


def tag_of(api: TestClient, job: UUID) -> str:
    return str(api.get(f"/jobs/{job}").headers["ETag"])


def ask(api: TestClient, job: UUID, query: str = "", tag: str = "") -> Any:
    headers = {"If-None-Match": tag} if tag else {}
    return api.get(f"/jobs/{job}{query}", headers=headers)


def test_what_has_not_changed_is_not_sent_again(api: TestClient, office: Office) -> None:
    job = office.submit()
    tag = tag_of(api, job)
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        answer = ask(api, job, tag=known)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    office.claimed(job, "first")
    answer = ask(api, job, tag=tag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    assert answer.json()["state"] == "running"


def test_an_unknown_job_has_no_tag(api: TestClient) -> None:
    assert ask(api, uuid4(), tag="*").status_code == 404


def test_who_waits_is_told_as_soon_as_something_changes(
    api: TestClient, office: Office, services: ApiServices
) -> None:
    job = office.submit()
    tag = tag_of(api, job)

    def change() -> None:
        with services.database.transaction() as session:
            cancel(session, services.journal, office.job(job).account_id, job, services.workflows)

    answer, waited = while_waiting(lambda: ask(api, job, "?wait=60", tag), change)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert waited < _PATIENCE


def test_who_waits_without_a_tag_waits_for_news_since_the_request(
    api: TestClient, office: Office
) -> None:
    job = office.submit()
    answer, waited = while_waiting(
        lambda: ask(api, job, "?wait=60"), lambda: office.claimed(job, "first")
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "running")
    assert waited < _PATIENCE


def test_a_change_that_redis_lost_is_found_in_the_database(api: TestClient, office: Office) -> None:
    """The office's journal publishes to nobody."""
    job = office.submit()
    tag = tag_of(api, job)
    answer, waited = while_waiting(
        lambda: ask(api, job, "?wait=60", tag), lambda: office.claimed(job, "first")
    )
    assert answer.status_code == 200
    assert waited < _PATIENCE


def test_who_waits_for_nothing_is_told_so_in_the_end(api: TestClient, office: Office) -> None:
    job = office.submit()
    assert ask(api, job, "?wait=0.2", tag_of(api, job)).status_code == 304


def test_nobody_waits_where_the_news_is_there_already(api: TestClient, office: Office) -> None:
    job = office.submit()
    tag = tag_of(api, job)
    office.claimed(job, "first")
    answer, waited = timed(lambda: ask(api, job, "?wait=60", tag))
    assert answer.status_code == 200
    assert waited < _PATIENCE


def test_nobody_waits_for_a_job_that_has_ended(api: TestClient, office: Office) -> None:
    job = office.submit()
    api.post(f"/jobs/{job}/cancel")
    answer, waited = timed(lambda: ask(api, job, "?wait=60"))
    assert answer.status_code == 200
    assert waited < _PATIENCE


def test_who_waits_for_a_job_that_is_deleted_is_told_so(api: TestClient, office: Office) -> None:
    job = office.submit()
    api.post(f"/jobs/{job}/cancel")
    tag = tag_of(api, job)
    answer, waited = while_waiting(
        lambda: ask(api, job, "?wait=60", tag), lambda: api.delete(f"/jobs/{job}")
    )
    assert answer.status_code == 404
    assert waited < _PATIENCE


def test_many_who_wait_hold_no_connection_to_the_database(
    api: TestClient, office: Office, services: ApiServices
) -> None:
    """More of them than there are connections and threads."""
    job = office.submit()
    tag = tag_of(api, job)
    many = 60
    with ThreadPoolExecutor(many) as pool:
        waiting = [pool.submit(ask, api, job, "?wait=60", tag) for _ in range(many)]
        until = time.monotonic() + _PATIENCE
        while watches(api, job) < many:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert api.get("/queue").status_code == 200
        office.claimed(job, "first")
        assert {each.result().status_code for each in waiting} == {200}


def watches(api: TestClient, job: UUID) -> int:
    live = api.app.state.live  # type: ignore[attr-defined]
    return len(live.hub._watches.get(job, ()))


def while_waiting(call: Callable[[], Any], change: Callable[[], Any]) -> tuple[Any, float]:
    """What a call answers during which something changes, and after how many seconds."""
    timer = threading.Timer(0.3, change)
    timer.start()
    try:
        return timed(call)
    finally:
        timer.join()


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.monotonic()
    answer = call()
    return answer, time.monotonic() - started
