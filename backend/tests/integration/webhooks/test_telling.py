"""What webhooks are told of a job, and that it is written with the event itself."""

import json
from contextlib import suppress
from threading import Event, Thread
from typing import Any
from uuid import UUID

from jobbing import WORKFLOWS, Office
from receiving import Hooks
from sqlalchemy import text
from statements import counted

from noteai.accounts.models import LOCAL
from noteai.jobs import deletion
from noteai.jobs import service as jobs
from noteai.webhooks import service
from noteai.webhooks.models import WebhookRow
from noteai.webhooks.service import HookOrder

URL = "https://hooks.example.org/"
ALL = ("job.started", "stage.done", "job.completed", "job.failed", "job.cancelled")
STAGES = ("first", "left", "right", "joined", "last")


def whole(office: Office, job: UUID, **output: Any) -> None:
    """From its first stage to its end."""
    for wave in (("first",), ("left", "right"), ("joined",)):
        office.do(job, *wave)
    office.do(job, "last", **output)


def told(hooks: Hooks, hook: WebhookRow) -> list[str]:
    return [each.event for each in hooks.deliveries(hook)]


def bodies(hooks: Hooks, hook: WebhookRow) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in hooks.deliveries(hook)]


def test_a_webhook_hears_of_a_whole_job_in_its_order(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL, *ALL)
    whole(office, office.submit())
    assert told(hooks, hook) == ["job.started", *["stage.done"] * 5, "job.completed"]
    assert [each["data"].get("stage") for each in bodies(hooks, hook)] == [None, *STAGES, None]


def test_it_is_told_what_happened_when_and_where_to_look(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL)
    job = office.submit()
    whole(office, job)
    (said,) = bodies(hooks, hook)
    ended = office.events(job)[-1]
    assert said.pop("timestamp") == ended.created_at.isoformat().replace("+00:00", "Z")
    assert said == {
        "type": "job.completed",
        "data": {
            "job_id": str(job),
            "parent_id": None,
            "title": "A lecture",
            "state": "completed",
            "links": {"job": f"/api/v1/jobs/{job}", "results": f"/api/v1/results/{job}"},
        },
    }


def test_it_is_told_why_a_job_failed(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL)
    office.fail(office.submit(), "first")
    (said,) = bodies(hooks, hook)
    assert said["type"] == "job.failed"
    why = {"code": "broken", "message": "It broke.", "remedy": "Mend it."}
    assert said["data"]["failure"] == why


def test_a_failure_without_words_breaks_nothing(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL)
    job = office.submit()
    with office.database.transaction() as session:
        ended = {"state": "failed"}
        office.journal.tell(session, job, "job_ended", {"failure": None}, changes=ended)
    assert bodies(hooks, hook)[0]["data"]["failure"] == {}


def test_a_job_without_a_clip_is_completed_and_says_so(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL)
    job = office.submit()
    whole(office, job, found=0)
    (said,) = bodies(hooks, hook)
    assert (said["type"], said["data"]["state"]) == ("job.completed", "completed_empty")


def test_a_job_that_is_tried_again_is_told_of_again(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL, "job.started", "job.failed", "job.cancelled")
    job = office.submit()
    office.fail(job, "first")
    with office.database.transaction() as session:
        jobs.retry(session, office.journal, LOCAL, job, workflows=WORKFLOWS)
    office.claimed(job, "first")
    assert told(hooks, hook) == ["job.started", "job.failed", "job.started"]


def test_only_what_was_asked_for_is_told(office: Office, hooks: Hooks) -> None:
    completed, cancelled = hooks.add(URL, "job.completed"), hooks.add(URL, "job.cancelled")
    whole(office, office.submit())
    assert told(hooks, completed) == ["job.completed"]
    assert told(hooks, cancelled) == []


def test_a_disabled_webhook_hears_nothing(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL, *ALL)
    hooks.set(hook, is_enabled=False)
    whole(office, office.submit())
    assert told(hooks, hook) == []


def test_nothing_is_told_to_another_account(office: Office, hooks: Hooks) -> None:
    theirs = hooks.add(URL, *ALL, account=office.account())
    whole(office, office.submit())
    assert told(hooks, theirs) == []


def test_the_webhook_of_a_job_hears_of_that_job_alone(office: Office, hooks: Hooks) -> None:
    whole = hooks.add(URL)
    watched = office.submit(webhook=HookOrder(URL, ("job.started", "job.failed")))
    office.fail(office.submit(), "first")
    office.fail(watched, "first")
    own = _of_job(hooks, watched)
    assert told(hooks, own) == ["job.started", "job.failed"]
    assert {each["data"]["job_id"] for each in bodies(hooks, own)} == {str(watched)}
    assert told(hooks, whole) == ["job.failed"] * 2


def _of_job(hooks: Hooks, job: UUID) -> WebhookRow:
    with hooks.database.transaction() as session:
        return session.query(WebhookRow).filter_by(job_id=job).one()


def test_an_event_that_is_not_committed_is_not_told(office: Office, hooks: Hooks) -> None:
    hook = hooks.add(URL, "stage.done")
    job = office.submit()
    with suppress(ZeroDivisionError), office.database.transaction() as session:
        office.journal.tell(session, job, "stage_done", {"stage": "first"})
        _ = 1 / 0
    assert told(hooks, hook) == []


def test_a_deleted_job_takes_its_own_webhook_along_and_leaves_the_others(
    office: Office, hooks: Hooks
) -> None:
    whole = hooks.add(URL)
    job = office.submit(webhook=HookOrder(URL))
    own = _of_job(hooks, job)
    office.fail(job, "first")
    with office.database.transaction() as session:
        deletion.delete(session, LOCAL, job)
    assert told(hooks, own) == []
    assert told(hooks, whole) == ["job.failed"]


def test_telling_takes_no_statement_more(office: Office, hooks: Hooks) -> None:
    alone, heard = office.submit(), office.submit()
    with counted(office.database) as without:
        whole(office, alone)
    hook = hooks.add(URL, *ALL)
    with counted(office.database) as with_one:
        whole(office, heard)
    assert len(with_one) == len(without)
    assert len(told(hooks, hook)) == 7


def test_who_ends_a_job_does_not_stumble_over_a_webhook_that_is_being_deleted(
    office: Office, hooks: Hooks
) -> None:
    going, staying = hooks.add(URL), hooks.add(URL)
    job = office.submit()
    failing = Thread(target=office.fail, args=(job, "first"))
    begun = Event()
    with office.database.transaction() as session:
        service.delete(session, LOCAL, going.id)
        session.flush()
        failing.start()
        while not _waits_for_a_lock(office):
            begun.wait(0.01)
    failing.join(30)
    assert office.job(job).state == "failed"
    assert told(hooks, staying) == ["job.failed"]
    assert told(hooks, going) == []


def _waits_for_a_lock(office: Office) -> bool:
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with office.database.transaction() as session:
        return bool(session.scalar(asked))
