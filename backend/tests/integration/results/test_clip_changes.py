"""A clip is changed, and only that clip is rendered again."""

import httpx2
import pytest
from editing import Cutter
from made_lecture import Keep, artifacts
from starlette.testclient import TestClient

from noteai.database import Database
from noteai.jobs.graph import shape
from noteai.lecture.clips import ClipSet
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript


@pytest.fixture
def cutter(api: TestClient, database: Database, keep: Keep) -> Cutter:
    return Cutter.of(api, database, keep)


def test_a_clip_comes_alone_as_it_comes_with_the_others(cutter: Cutter) -> None:
    answer = cutter.api.get(cutter.path(2))
    other = cutter.api.get(f"/api/v1/results/{cutter.job}").json()["clips"][1]
    signed = ("video_url", "thumbnail_url", "captions")
    assert {k: v for k, v in answer.json().items() if k not in signed} == {
        k: v for k, v in other.items() if k not in signed
    }
    assert answer.headers["ETag"] == '"1"'
    assert (other["state"], other["revision"], other["is_edited"], other["edit"]) == (
        "ready", 1, False, None,
    )  # fmt: skip


def test_a_title_that_is_not_drawn_changes_at_once(cutter: Cutter) -> None:
    answer = cutter.patch({"title": "  Ice melts "})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    shown = answer.json()
    assert (shown["title"], shown["revision"], shown["is_edited"]) == ("Ice melts", 2, True)
    assert shown["state"] == "ready"
    assert "01-Ice-melts.mp4" in shown["video_url"]
    assert cutter.edits() == []
    assert cutter.clip()["title"] == "Ice melts"


def test_a_title_that_is_drawn_is_rendered(api: TestClient, database: Database, keep: Keep) -> None:
    """Of a recording of sound alone."""
    cutter = Cutter.of(api, database, keep, made=artifacts(keep))
    edit = cutter.edit({"title": "Ice melts"})
    assert cutter.clip()["title"] == "Clip 1?"
    cutter.render(edit)
    assert cutter.clip()["title"] == "Ice melts"


def test_a_span_is_shown_once_it_is_rendered(cutter: Cutter) -> None:
    before = cutter.clip()
    edit = cutter.edit({"start": 10.0, "title": "Ice"})
    waiting = cutter.clip()
    assert (waiting["state"], waiting["start"], waiting["title"]) == ("rendering", 20, "Clip 1?")
    assert httpx2.get(waiting["video_url"]).content == b"mp4 1" * 1000
    wanted = waiting["edit"]
    assert (wanted["job_id"], wanted["start"], wanted["title"]) == (str(edit), 9.5, "Ice")
    assert cutter.render(edit)
    after = cutter.clip()
    assert (after["state"], after["start"], after["end"]) == ("ready", 9.5, 30)
    assert (after["title"], after["edit"], after["is_edited"]) == ("Ice", None, True)
    assert (before["revision"], waiting["revision"], after["revision"]) == (1, 2, 2)
    assert httpx2.get(after["video_url"]).content == str(edit).encode()
    assert cutter.clip(2)["revision"] == 1
    assert cutter.row(edit).state == "completed"


def test_only_what_is_in_the_clip_is_given_to_its_job(cutter: Cutter) -> None:
    row = cutter.row(cutter.edit({"end": 29.0, "snap": False}))
    run = shape(row)
    assert run.names == ("clips",)
    assert (row.workflow, row.parent_id, row.title) == ("clip", cutter.job, "Clip 1?")
    recording = Recording.model_validate(row.given["Recording"])
    plan = HighlightPlan.model_validate(row.given["HighlightPlan"])
    said = Transcript.model_validate(row.given["Transcript"])
    shown = LayoutTimeline.model_validate(row.given["LayoutTimeline"])
    assert recording.duration == 30
    assert [(each.start, each.end) for each in plan.highlights] == [(20, 29)]
    assert [each.text for each in said.words] == ["Entropy", "is", "disorder."]
    assert [each.id for each in said.sentences] == ["s0"]
    assert [each.id for each in shown.slides] == ["v0"]
    assert SilenceMap.model_validate(row.given["SilenceMap"]).spans == ()


def test_a_job_without_a_layout_has_its_clips_changed_too(
    api: TestClient, database: Database, keep: Keep
) -> None:
    made = {name: each for name, each in artifacts(keep).items() if name != "layout"}
    cutter = Cutter.of(api, database, keep, made=made)
    edit = cutter.edit({"aspect": "1:1"})
    assert "LayoutTimeline" not in cutter.row(edit).given
    assert cutter.render(edit)


def test_aspect_and_captions_are_asked_of_the_clip_alone(
    api: TestClient, database: Database, keep: Keep
) -> None:
    params = {"clips": {"crf": 30}, "segments": {"min_seconds": 3}}
    cutter = Cutter.of(api, database, keep, params=params)
    edit = cutter.edit({"aspect": "9:16", "captions": {"is_burned": True}})
    asked = {"crf": 30, "aspect": "9:16", "burn_captions": True}
    assert cutter.row(edit).params == {"clips": asked}
    assert cutter.clip()["edit"]["aspect"] == "9:16"
    cutter.render(edit)
    changed = cutter.clip()
    assert (changed["aspect"], changed["captions"]["is_burned"]) == ("9:16", True)
    assert cutter.clip(2)["aspect"] == "16:9"
    again = cutter.edit({"captions": {"is_burned": False}})
    assert cutter.row(again).params["clips"] == {**asked, "burn_captions": False}


def test_captions_are_burned_where_they_were_drawn_whatever_was_asked(
    api: TestClient, database: Database, keep: Keep
) -> None:
    """As in an audiogram, or where no font has the letters."""
    made = artifacts(keep)
    assert isinstance(made["clips"], ClipSet)
    first, second = made["clips"].clips
    drawn = first.model_copy(update={"is_captioned": True})
    clips = made["clips"].model_copy(update={"clips": (drawn, second)})
    cutter = Cutter.of(api, database, keep, made=made | {"clips": clips})
    assert [cutter.clip(rank)["captions"]["is_burned"] for rank in (1, 2)] == [True, False]


def test_words_are_corrected_in_the_captions_of_the_clip(cutter: Cutter) -> None:
    edit = cutter.edit({"captions": {"words": {"w7": "Enthalpy", "w9": "order."}}})
    said = Transcript.model_validate(cutter.row(edit).given["Transcript"])
    assert said.sentences[0].text == "Enthalpy is order."
    cutter.render(edit)
    shown = cutter.clip()
    assert shown["text"] == "Enthalpy is order."
    assert shown["captions"]["words"] == {"w7": "Enthalpy", "w9": "order."}
    back = cutter.edit({"captions": {"words": {"w9": None}}})
    cutter.render(back)
    assert cutter.clip()["text"] == "Enthalpy is disorder."
    transcript = cutter.api.get(f"/api/v1/results/{cutter.job}/transcript.txt").text
    assert "Entropy is disorder." in transcript


def test_what_is_said_of_a_moved_clip_is_true_of_what_is_in_it(cutter: Cutter) -> None:
    """It had the first word of the lecture as evidence, and slides that are not in it."""
    cutter.render(cutter.edit({"start": 8.0, "end": 16.0, "snap": False}))
    moved = cutter.clip()
    assert [each["text"] for each in moved["words"]] == ["Naïve", "models", "&"]
    assert moved["evidence"] == {"words": ["w3", "w4", "w5"], "slides": []}
    assert moved["reasons"] == []
    assert moved["is_edited"]


def test_an_unnamed_end_stays_where_it_is(cutter: Cutter) -> None:
    assert cutter.patch({"start": 22.9}).json()["edit"]["end"] == 30


@pytest.mark.parametrize("change", [{}, {"title": "Clip 1?"}, {"start": 20, "end": 30}])
def test_what_changes_nothing_is_no_change(cutter: Cutter, change: dict[str, object]) -> None:
    answer = cutter.patch({**change, "aspect": "16:9", "snap": False})
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    assert not answer.json()["is_edited"]
    assert cutter.edits() == []


def test_a_job_that_changes_a_clip_is_listed_on_request_alone(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    jobs = cutter.api.get("/api/v1/jobs").json()["jobs"]
    assert [each["id"] for each in jobs] == [str(cutter.job)]
    everything = cutter.api.get("/api/v1/jobs", params={"include": "edits"}).json()["jobs"]
    assert {each["id"]: each["parent_id"] for each in everything} == {
        str(cutter.job): None,
        str(edit): str(cutter.job),
    }
    assert cutter.api.get(f"/api/v1/results/{edit}").status_code == 404
    refused = cutter.api.get("/api/v1/jobs", params={"include": "all"})
    assert refused.status_code == 422


def test_the_job_of_a_change_is_followed_as_any_other(cutter: Cutter) -> None:
    edit = cutter.edit({"aspect": "1:1"})
    told = cutter.api.get(f"/api/v1/jobs/{edit}").json()
    assert (told["workflow"], told["state"]) == ("clip", "queued")
    assert [each["stage"] for each in told["stages"]] == ["clips"]
    cutter.render(edit)
    with cutter.api.websocket_connect(f"/api/v1/ws/{edit}?last_seq=0") as socket:
        heard = [socket.receive_json()["kind"] for _ in range(cutter.row(edit).last_seq)]
    assert heard[0] == "job_queued"
    assert heard[-2:] == ["stage_done", "job_ended"]


def test_nobody_submits_a_clip_by_itself(cutter: Cutter) -> None:
    upload = str(cutter.row(cutter.job).upload_id)
    order = {"upload_id": upload, "workflow": "clip"}
    refused = cutter.api.post("/api/v1/jobs", json=order)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_workflow")
    known = cutter.api.get("/api/v1/workflows").json()["workflows"]
    assert [each["name"] for each in known] == ["highlights"]
