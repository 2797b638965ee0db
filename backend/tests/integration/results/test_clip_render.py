"""A changed clip, rendered by the worker's own task with the tools that workers have."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import av
import httpx2
import pytest
from celery import Celery
from desk import Desk
from editing import Cutter
from made_lecture import Keep, artifacts
from starlette.testclient import TestClient
from studio import Studio, spoken

from noteai.adapters.s3_store import S3Store
from noteai.database import Database
from noteai.lecture.highlights import HighlightPlan
from noteai.media.ffmpeg import Ffmpeg
from noteai.servers.object_store import StoreAddress
from noteai.settings import Settings
from noteai.worker import tasks
from noteai.worker.app import QUEUES
from noteai.worker.crew import app_of, make_workplace
from noteai.worker.furnish import everything


@pytest.fixture
def settings(
    database: Database, redis_url: str, object_store: StoreAddress, bucket: str, tmp_path: Path
) -> Settings:
    return Settings(
        database_url=database.engine.url.render_as_string(hide_password=False),
        redis_url=redis_url,
        cache_dir=tmp_path / "cache",
        s3_endpoint=object_store.endpoint,
        s3_bucket=bucket,
        s3_access_key=object_store.access_key,
        s3_secret_key=object_store.secret_key,
    )


@pytest.fixture
def worker(settings: Settings) -> Iterator[Celery]:
    app = app_of(settings)
    place = make_workplace(settings, everything(), app, QUEUES, None, os.getpid())
    tasks.register(app, lambda: place)
    yield app
    place.close()
    app.close()


@pytest.fixture
def cutter(
    api: TestClient, database: Database, keep: Keep, store: S3Store, ffmpeg: Ffmpeg, tmp_path: Path
) -> Cutter:
    """Of a recording of twelve seconds that there really is."""
    folder = tmp_path / "studio"
    folder.mkdir()
    recording = Studio(Desk(folder), ffmpeg).count("lecture.mp4")
    store.put(folder / "lecture.mp4", "video/mp4")
    made = {name: each for name, each in artifacts(keep).items() if name != "layout"}
    made |= {"recording": recording, "transcript": spoken((2, 3), (5, 6), (8, 9))}
    plan = made["segments"]
    assert isinstance(plan, HighlightPlan)
    return Cutter.of(api, database, keep, made=made, duration=12.0)


def test_a_changed_clip_plays_what_was_asked_for(
    cutter: Cutter, worker: Celery, tmp_path: Path
) -> None:
    change = {
        "start": 4.0,
        "end": 7.5,
        "snap": False,
        "aspect": "1:1",
        "title": "The wave",
        "captions": {"is_burned": True, "words": {"w1": "billow"}},
    }
    edit = cutter.edit(change, rank=2)
    worker.tasks["noteai.stage"].apply(args=[str(edit), "clips"]).get()
    job = cutter.row(edit)
    assert (job.state, job.failure) == ("completed", None)
    shown = cutter.clip(2)
    assert (shown["state"], shown["title"], shown["aspect"]) == ("ready", "The wave", "1:1")
    assert (shown["width"], shown["height"]) == (320, 320)
    assert shown["length"] == pytest.approx(3.5, abs=0.1)
    assert "billow" in httpx2.get(shown["captions"]["vtt"]).text
    film = tmp_path / "clip.mp4"
    film.write_bytes(httpx2.get(shown["video_url"]).content)
    with av.open(str(film)) as file:
        frames = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
    assert len(frames) == pytest.approx(3.5 * 25, abs=1)
    assert frames[0].shape == (320, 320)


def test_going_back_to_an_earlier_version_renders_nothing(cutter: Cutter, worker: Celery) -> None:
    sources = []
    for shape in ("1:1", "source", "1:1"):
        edit = cutter.edit({"start": 4.0, "end": 7.5, "snap": False, "aspect": shape}, rank=2)
        worker.tasks["noteai.stage"].apply(args=[str(edit), "clips"]).get()
        (stage,) = cutter.stages(edit)
        sources.append(stage.source)
    assert sources == ["ran", "ran", "cached"]


def test_what_cannot_be_rendered_leaves_the_clip_and_says_why(
    cutter: Cutter, worker: Celery, store: S3Store
) -> None:
    recording = cutter.row(cutter.edit({"aspect": "1:1"}, 2)).given["Recording"]
    store.forget([recording["file"]["digest"]])
    edit = UUID(cutter.clip(2)["edit"]["job_id"])
    worker.tasks["noteai.stage"].apply(args=[str(edit), "clips"]).get()
    shown = cutter.clip(2)
    assert (shown["state"], shown["aspect"]) == ("failed", "16:9")
    assert shown["edit"]["failure"]["code"] == "file_gone"
    assert httpx2.get(shown["video_url"]).content == b"mp4 2" * 1000
