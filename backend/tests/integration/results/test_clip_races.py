"""Changes of a clip that meet each other, fail, or lose their worker."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import opentimelineio
import pytest
from editing import BROKEN, Cutter
from invariants import check
from jobbing import at_once
from made_lecture import Keep
from sqlalchemy import select
from starlette.testclient import TestClient
from statements import counted

from noteai.database import Database
from noteai.jobs.models import JobRow, OutboxRow, StageRow


@pytest.fixture
def cutter(api: TestClient, database: Database, keep: Keep) -> Cutter:
    return Cutter.of(api, database, keep)


def wrong(cutter: Cutter) -> list[str]:
    """What is wrong with the jobs of changes; the made lecture never ran."""
    with cutter.database.transaction() as session:
        session.query(OutboxRow).delete()
    return [each for each in check(cutter.database) if str(cutter.job) not in each]


def test_the_last_change_wins_and_stops_the_one_before(cutter: Cutter) -> None:
    first = cutter.edit({"start": 12.0, "snap": False})
    mine = cutter.claim(first)
    second = cutter.edit({"aspect": "1:1"})
    assert cutter.row(first).cancel_requested_at
    assert not cutter.render(first, mine)
    assert cutter.row(first).state == "cancelled"
    assert cutter.render(second)
    shown = cutter.clip()
    assert (shown["start"], shown["aspect"], shown["revision"]) == (12, "1:1", 3)
    assert wrong(cutter) == []


def test_a_title_changes_at_once_while_a_change_is_rendered(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    answer = cutter.patch({"title": "Ice"})
    assert (answer.status_code, answer.json()["state"]) == (200, "rendering")
    assert [answer.json()["title"], answer.json()["edit"]["title"]] == ["Ice", "Ice"]
    cutter.render(edit)
    assert (cutter.clip()["title"], cutter.clip()["aspect"]) == ("Ice", "1:1")


def test_going_back_stops_the_work_and_keeps_the_clip(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    answer = cutter.patch({"aspect": "16:9"})
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    assert cutter.row(edit).state == "cancelled"
    assert not answer.json()["is_edited"]


@pytest.mark.parametrize("how", ["fails", "is cancelled", "loses its workers"])
def test_a_change_that_comes_to_nothing_leaves_the_clip_and_says_so(
    cutter: Cutter, how: str
) -> None:
    before = cutter.clip()
    edit = cutter.edit({"start": 12.0, "snap": False})
    if how == "fails":
        cutter.fail(edit)
    elif how == "is cancelled":
        assert cutter.api.post(f"/api/v1/jobs/{edit}/cancel").status_code == 200
    for _ in range(3 if how == "loses its workers" else 0):
        cutter.claim(edit)
        cutter.die(edit)
    after = cutter.clip()
    codes = {"fails": "broken", "is cancelled": "edit_cancelled"}
    assert after["state"] == "failed"
    assert after["edit"]["failure"]["code"] == codes.get(how, "worker_lost")
    assert (after["start"], after["words"]) == (before["start"], before["words"])
    assert wrong(cutter) == []


def test_a_change_whose_worker_is_killed_is_done_by_another(cutter: Cutter) -> None:
    edit = cutter.edit({"start": 12.0, "snap": False})
    killed = cutter.claim(edit)
    cutter.die(edit)
    assert cutter.clip()["state"] == "rendering"
    assert cutter.render(edit)
    assert not cutter.render(edit, killed)
    assert (cutter.clip()["start"], cutter.clip()["state"]) == (12, "ready")
    assert wrong(cutter) == []


def test_a_failed_change_can_be_tried_again(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    cutter.fail(edit)
    assert cutter.api.post(f"/api/v1/jobs/{edit}/retry").status_code == 200
    assert cutter.clip()["state"] == "rendering"
    cutter.render(edit)
    assert (cutter.clip()["state"], cutter.clip()["aspect"]) == ("ready", "1:1")


def test_after_a_failure_a_change_begins_with_what_is_shown(cutter: Cutter) -> None:
    failed = cutter.edit({"start": 12.0, "snap": False})
    cutter.fail(failed)
    cutter.render(cutter.edit({"aspect": "1:1"}))
    assert (cutter.clip()["start"], cutter.clip()["aspect"]) == (20, "1:1")
    cutter.api.post(f"/api/v1/jobs/{failed}/retry")
    cutter.render(failed)
    assert (cutter.clip()["start"], cutter.clip()["aspect"]) == (20, "1:1")


def test_of_many_changes_at_once_each_counts(cutter: Cutter) -> None:
    shapes = ["1:1", "9:16", "source"]
    changes: list[dict[str, Any]] = [{"aspect": each} for each in shapes]
    changes += [{"title": f"Title {n}"} for n in range(3)]
    changes += [{"start": 10.0 + n, "snap": False} for n in range(2)]
    answers = at_once([lambda each=each: cutter.patch(each) for each in changes])  # type: ignore[misc]
    assert {each.status_code for each in answers} == {200, 202}
    shown = cutter.clip()
    assert shown["revision"] == 1 + len(changes)
    states = [each.state for each in cutter.edits()]
    assert (states.count("queued"), states.count("cancelled")) == (1, len(states) - 1)
    cutter.render(UUID(shown["edit"]["job_id"]))
    after = cutter.clip()
    assert after["aspect"] in shapes
    assert after["start"] in (10, 11)
    assert after["title"].startswith("Title")
    assert wrong(cutter) == []


def test_of_changes_with_one_etag_at_once_one_is_made(cutter: Cutter) -> None:
    tag = {"If-Match": '"1"'}
    answers = at_once(
        [lambda n=n: cutter.patch({"title": f"T{n}"}, headers=tag) for n in range(6)]  # type: ignore[misc]
    )
    assert sorted(each.status_code for each in answers) == [200, *([412] * 5)]
    assert cutter.clip()["revision"] == 2


def test_changes_and_their_ends_never_wait_for_each_other(cutter: Cutter) -> None:
    """A worker ends a change in the moment in which the next one is sent."""
    for turn in range(6):
        edit = cutter.edit({"start": 10.0 + turn / 4, "snap": False})
        mine = cutter.claim(edit)
        shape = ("1:1", "9:16")[turn % 2]
        with ThreadPoolExecutor(2) as pool:
            ended = pool.submit(cutter.render, edit, mine)
            answer = pool.submit(cutter.patch, {"aspect": shape})
            assert answer.result().status_code in (200, 202), answer.result().text
            ended.result()
        standing = cutter.clip()
        if standing["edit"]:
            cutter.render(UUID(standing["edit"]["job_id"]))
        assert (cutter.clip()["aspect"], cutter.clip()["start"]) == (shape, 10.0 + turn / 4)
    assert wrong(cutter) == []


def test_changes_go_with_their_job(cutter: Cutter) -> None:
    cutter.render(cutter.edit({"aspect": "1:1"}))
    waiting = cutter.edit({"aspect": "9:16"})
    mine = cutter.claim(waiting)
    late = cutter.manifest(waiting, mine.number)
    assert cutter.api.delete(f"/api/v1/jobs/{cutter.job}").status_code == 204
    assert not cutter.ledger.done(mine, late)
    with cutter.database.transaction() as session:
        assert session.scalars(select(JobRow.id)).all() == []


def test_a_change_may_end_while_its_job_is_deleted(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    mine = cutter.claim(edit)
    gone = partial(cutter.api.delete, f"/api/v1/jobs/{cutter.job}")
    answer = at_once([partial(cutter.render, edit, mine), gone])[1]
    assert getattr(answer, "status_code", None) == 204
    assert cutter.edits() == []


def test_a_clip_keeps_its_files_when_the_job_that_made_them_is_deleted(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    cutter.render(edit)
    video = cutter.row(edit)
    assert video.state == "completed"
    assert cutter.api.delete(f"/api/v1/jobs/{edit}").status_code == 204
    shown = cutter.clip()
    assert (shown["state"], shown["aspect"]) == ("ready", "1:1")
    needed = select(StageRow.kept).where(StageRow.job_id == cutter.job, StageRow.stage == "clips")
    with cutter.database.transaction() as session:
        kept = session.scalar(needed) or []
    assert cutter.keep(str(edit).encode(), "video/mp4").digest in kept


def test_a_deleted_failure_is_forgotten(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    cutter.fail(edit)
    assert cutter.api.delete(f"/api/v1/jobs/{edit}").status_code == 204
    assert (cutter.clip()["state"], cutter.clip()["edit"]) == ("ready", None)
    assert BROKEN.code not in cutter.api.get(cutter.path()).text


def test_what_is_taken_away_is_the_changed_clip(cutter: Cutter) -> None:
    edit = cutter.edit({"start": 12.0, "snap": False, "title": "Ice"})
    cutter.render(edit)
    cutter.patch({"title": "Zero"}, rank=2)
    answer = cutter.api.get(f"/api/v1/results/{cutter.job}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("clips/01-Ice.mp4") == str(edit).encode()
        assert "clips/02-Zero.mp4" in archive.namelist()
        planned = json.loads(archive.read("highlights.json"))
        run = json.loads(archive.read("run.json"))
    assert [(each["title"], each["start"]) for each in planned] == [("Ice", 12), ("Zero", 0)]
    assert [each.get("clip") for each in run["manifests"]][-2:] == [None, 1]
    timeline = cutter.api.get(f"/api/v1/results/{cutter.job}/highlights.otio").text
    read = opentimelineio.adapters.read_from_string(timeline, "otio_json")
    assert [each.name for each in read.find_clips()] == ["Zero", "Ice"] * 2, "picture and sound"


@pytest.mark.parametrize(
    ("change", "most"), [(None, 3), ({"title": "a"}, 9), ({"aspect": "1:1"}, 26)]
)
def test_a_clip_takes_so_many_statements(
    cutter: Cutter, change: dict[str, Any] | None, most: int
) -> None:
    with counted(cutter.database) as said:
        answer = cutter.patch(change) if change else cutter.api.get(cutter.path())
    assert answer.status_code in (200, 202)
    assert len(said) <= most, said
