"""The tasks, called in this process as Celery calls them in a worker's child."""

import os
from collections.abc import Iterator
from multiprocessing import Pipe
from uuid import UUID, uuid4

import pytest
from celery import Celery
from crew import Site
from sleepy import SLEEPY, TRADE
from sqlalchemy import func, select, update

from noteai.jobs import outbox
from noteai.jobs.models import JobRow, OutboxRow, StageRow
from noteai.settings import Settings
from noteai.worker import tasks
from noteai.worker.app import QUEUES
from noteai.worker.crew import app_of, make_workplace
from noteai.worker.tasks import DONE
from noteai.worker.workplace import Workplace

pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
def settings(site: Site) -> Settings:
    url = site.database.engine.url.render_as_string(hide_password=False)
    return Settings(database_url=url, redis_url=site.redis_url, cache_dir=site.folder / "cache")


@pytest.fixture
def app(settings: Settings) -> Iterator[Celery]:
    app = app_of(settings)
    yield app
    app.close()


@pytest.fixture
def place(settings: Settings, app: Celery) -> Iterator[Workplace]:
    place = make_workplace(settings, TRADE, app, QUEUES, None, os.getpid())
    tasks.register(app, lambda: place)
    yield place
    place.close()


def do(app: Celery, task: str, *ids: object) -> object:
    return app.tasks[f"noteai.{task}"].apply(args=[str(each) for each in ids]).get()


def states(site: Site, job: UUID) -> list[str]:
    return [row.state for row in site.job(job).stages]


def unsent(site: Site) -> int | None:
    with site.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow))


def test_a_stage_is_done_and_the_next_wave_is_sent_at_once(site: Site, app: Celery) -> None:
    job = site.submit()
    outbox.relay(site.database, lambda *_: None)
    assert do(app, "stage", job, "first") == DONE
    assert states(site, job) == ["done", "ready", "ready", "ready", "blocked", "blocked"]
    assert unsent(site) == 0


def test_whoever_advances_a_job_goes_on_with_all_that_can_be_done_alone(
    site: Site, app: Celery, place: Workplace
) -> None:
    job = site.submit()
    do(app, "stage", job, "first")
    for name in ("left", "middle", "right"):
        assert tasks.do_stage(place, job, name, advances=False)
    assert states(site, job)[-2:] == ["blocked", "blocked"]
    do(app, "advance", job)
    assert site.job(job).state == "completed"
    assert [each[1] for each in site.entries("began")][-2:] == ["joined", "last"]


def test_a_worker_that_leaves_begins_nothing_more(site: Site, settings: Settings) -> None:
    lifeline, other = Pipe(duplex=False)
    app = app_of(settings)
    place = make_workplace(settings, TRADE, app, QUEUES, lifeline, os.getpid())
    job = site.submit()
    with site.database.transaction() as session:
        rows = update(StageRow).where(StageRow.stage.in_(("first", "left", "middle", "right")))
        session.execute(rows.values(state="done"))
    other.close()
    tasks.do_advance(place, job)
    assert states(site, job)[-2:] == ["ready", "blocked"]
    place.close()
    app.close()


def test_stages_one_after_the_other_complete_a_job(site: Site, app: Celery) -> None:
    job = site.submit()
    for name in SLEEPY.names:
        do(app, "stage", job, name)
    assert site.job(job).state == "completed"


def test_a_stage_that_is_not_ready_is_left_alone(site: Site, app: Celery) -> None:
    job = site.submit()
    assert do(app, "stage", job, "last") == DONE
    assert states(site, job)[-1] == "blocked"


def test_what_failed_is_in_the_database_and_not_in_the_answer(site: Site, app: Celery) -> None:
    job = site.submit(first={"fails": True})
    assert do(app, "stage", job, "first") == DONE
    assert site.job(job).state == "failed"


def test_a_stage_that_is_put_off_waits(site: Site, app: Celery) -> None:
    job = site.submit(first={"stumbles": 1})
    assert do(app, "stage", job, "first") == DONE
    assert states(site, job)[0] == "ready"
    assert unsent(site)


def test_a_job_of_another_version_fails_and_says_so(site: Site, app: Celery) -> None:
    job = site.submit()
    with site.database.transaction() as session:
        session.execute(update(JobRow).values(params={"first": {"retired": 1}}))
    assert do(app, "stage", job, "first") == DONE
    failure = site.job(job).failure
    assert failure
    assert failure["code"] == "unknown_parameter"


def test_a_job_that_was_deleted_is_no_error(app: Celery) -> None:
    assert do(app, "stage", uuid4(), "first") == DONE
    assert do(app, "advance", uuid4()) == DONE


def test_without_a_database_the_task_leaves_it_to_the_sweeper(
    site: Site, settings: Settings
) -> None:
    gone = settings.model_copy(
        update={"database_url": "postgresql+psycopg2://nobody:none@127.0.0.1:1/none"}
    )
    app = app_of(gone)
    place = make_workplace(gone, TRADE, app, QUEUES, None, os.getpid())
    tasks.register(app, lambda: place)
    assert do(app, "stage", uuid4(), "first") == DONE
    place.close()
    app.close()


def test_a_worker_that_cannot_be_furnished_raises_nothing(settings: Settings) -> None:
    app = app_of(settings)

    def broken() -> Workplace:
        raise ValueError

    tasks.register(app, broken)
    assert do(app, "stage", uuid4(), "first") == DONE
    app.close()
