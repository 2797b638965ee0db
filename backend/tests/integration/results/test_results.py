import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

import httpx2
import jsonschema
import opentimelineio
import pytest
from made_lecture import VTT, Keep, Made, artifacts, transcript
from starlette.testclient import TestClient
from statements import counted

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.engine.artifact import Artifact
from noteai.export import schemas
from noteai.jobs.models import JobRow
from noteai.lecture.clips import ClipSet
from noteai.lecture.highlights import HighlightPlan

PARTS = ("transcript", "chapters", "slides", "layout", "silence", "content", "highlights.otio")


def made(
    database: Database, what: dict[str, Artifact], account: UUID = LOCAL, **facts: Any
) -> UUID:
    with database.transaction() as session:
        return Made(session, account).job(what, **facts)


def ask(api: TestClient, job: UUID, path: str = "", **options: Any) -> Any:
    return api.get(f"/api/v1/results/{job}{path}", **options)


def test_clips_come_with_files_that_play(api: TestClient, database: Database, keep: Keep) -> None:
    answer = ask(api, made(database, artifacts(keep)))
    assert answer.status_code == 200
    result = answer.json()
    first, second = result["clips"]
    assert (first["rank"], first["title"], first["score"]) == (1, "Clip 1?", 0.75)
    assert first["text"] == "Entropy is disorder."
    assert [each["id"] for each in first["words"]] == ["w7", "w8", "w9"]
    assert first["evidence"] == {"words": ["w0"], "slides": []}
    assert first["reasons"] == ["a claim"]
    played = httpx2.get(first["video_url"], headers={"Range": "bytes=0-4"})
    assert (played.status_code, played.content) == (206, b"mp4 1")
    assert played.headers["content-type"] == "video/mp4"
    assert httpx2.get(second["thumbnail_url"]).content == b"jpg 2"
    assert httpx2.get(second["captions"]["vtt"]).text == VTT
    assert httpx2.get(result["slides"][0]["picture_url"]).content == b"png"


def test_a_result_says_what_the_lecture_was_about(api: TestClient, database: Database) -> None:
    result = ask(api, made(database, artifacts())).json()
    assert (result["title"], result["state"], result["language"]) == (
        "Lecture 1",
        "completed",
        "en",
    )
    assert [each["id"] for each in result["chapters"]] == ["t0", "t1"]
    assert result["chapters"][1]["summary"] == "It never falls."
    assert result["slides"][0]["visits"][0] == {"start": 5, "end": 12}
    assert result["duration"] == 30


def test_every_link_of_a_result_leads_somewhere(
    api: TestClient, database: Database, keep: Keep
) -> None:
    links = ask(api, made(database, artifacts(keep))).json()["links"]
    links.pop("job")
    for name, path in links.items():
        answer = api.get(path, params={"q": "entropy"} if name == "search" else None)
        assert answer.status_code == 200, name


def test_what_was_switched_off_is_not_linked_and_not_there(
    api: TestClient, database: Database
) -> None:
    what = artifacts()
    job = made(database, {"recording": what["recording"]})
    links = ask(api, job).json()["links"]
    assert [name for name, path in links.items() if path] == ["job", "search", "export"]
    for part in PARTS:
        answer = ask(api, job, f"/{part}")
        assert (answer.status_code, answer.json()["code"]) == (404, "result_absent"), part


@pytest.mark.parametrize(
    ("suffix", "kind", "has"),
    [
        ("json", "application/json", '"sentences"'),
        ("txt", "text/plain", "Entropy <never> falls."),
        ("srt", "application/x-subrip", "00:00:00,000 --> "),
        ("vtt", "text/vtt", "Entropy &lt;never&gt; falls."),
    ],
)
def test_a_transcript_comes_by_suffix_and_by_accept(
    api: TestClient, database: Database, suffix: str, kind: str, has: str
) -> None:
    job = made(database, artifacts())
    by_suffix = ask(api, job, f"/transcript.{suffix}")
    by_accept = ask(api, job, "/transcript", headers={"Accept": kind})
    assert by_suffix.text == by_accept.text
    assert has in by_suffix.text
    for answer in (by_suffix, by_accept):
        assert answer.headers["content-type"].startswith(kind)
    assert by_accept.headers["vary"] == "Accept"


def test_a_transcript_as_json_keeps_the_published_form(api: TestClient, database: Database) -> None:
    said = transcript().model_copy(update={"warnings": ("3 words were dropped",)})
    job = made(database, artifacts() | {"transcript": said})
    jsonschema.validate(ask(api, job, "/transcript.json").json(), schemas()["transcript"])
    jsonschema.validate(ask(api, job, "/transcript").json(), schemas()["transcript"])


def test_a_form_that_there_is_not_is_refused(api: TestClient, database: Database) -> None:
    job = made(database, artifacts())
    refused = ask(api, job, "/transcript", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    assert ask(api, job, "/transcript.doc").status_code == 422


def test_chapters_come_as_files_too(api: TestClient, database: Database) -> None:
    job = made(database, artifacts())
    assert ask(api, job, "/chapters.txt").text == "0:00 Part 0\n0:15 Part 1\n"
    assert ask(api, job, "/chapters.vtt").text.startswith("WEBVTT")


def test_words_are_found_where_they_are_said_and_shown(api: TestClient, database: Database) -> None:
    job = made(database, artifacts())
    made(database, artifacts())  # another lecture, in which the same is said
    hits = ask(api, job, "/search", params={"q": "ENTROPY"}).json()["hits"]
    assert [(each["kind"], each["id"], each["start"]) for each in hits] == [
        ("sentence", "s0", 0),
        ("slide", "v0", 5),
        ("sentence", "s2", 20),
    ]
    assert hits[0]["highlight"] == "<mark>Entropy</mark> &lt;never&gt; falls."
    assert hits[0]["text"] == "Entropy <never> falls."
    assert hits[1]["title"] == "Disorder"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("entropy disorder", ["s2"]),
        ('"is disorder"', ["s2"]),
        ("entropy -disorder", ["s0", "v0"]),
        ("naïve", ["s1"]),
        ("cats or ice", ["v0", "s1"]),
        ("nothing", []),
        ("&|!():*'\\ <", []),
        ("'); DROP TABLE clips; --", []),
    ],
)
def test_a_search_means_what_people_write(
    api: TestClient, database: Database, q: str, found: list[str]
) -> None:
    answer = ask(api, made(database, artifacts()), "/search", params={"q": q})
    assert [each["id"] for each in answer.json()["hits"]] == found


def test_a_search_without_words_is_refused(api: TestClient, database: Database) -> None:
    job = made(database, artifacts())
    for params in ({}, {"q": ""}, {"q": "x" * 201}, {"q": "x", "limit": 0}):
        assert ask(api, job, "/search", params=params).status_code == 422


def test_an_archive_is_the_folder_that_the_command_line_writes(
    api: TestClient, database: Database, keep: Keep
) -> None:
    answer = ask(api, made(database, artifacts(keep)), "/export.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="Lecture-1.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert archive.read("clips/01-Clip-1.mp4") == b"mp4 1" * 1000
        run = json.loads(archive.read("run.json"))
    expected = {"index.html", "transcript.srt", "chapters.vtt", "highlights.otio"}
    assert expected < names
    assert {"clips/02-Clip-2.vtt", "slides/01-Disorder.png"} < names
    assert run["state"] == "completed"
    assert len(run["manifests"]) == 7


def test_an_archive_whose_files_are_gone_is_not_begun(api: TestClient, database: Database) -> None:
    answer = ask(api, made(database, artifacts()), "/export.zip")
    assert answer.json()["code"] == "file_gone"
    assert answer.status_code >= 400


def test_a_timeline_can_be_read_by_editors(api: TestClient, database: Database) -> None:
    answer = ask(api, made(database, artifacts()), "/highlights.otio")
    timeline = opentimelineio.adapters.read_from_string(answer.text, "otio_json")
    assert [clip.name for clip in timeline.find_clips()] == ["Clip 2?", "Clip 1?"]


def test_a_lecture_without_highlights_is_a_result_too(api: TestClient, database: Database) -> None:
    what = artifacts() | {
        "segments": HighlightPlan(highlights=(), reason_if_empty="Nobody explained anything."),
        "clips": ClipSet(clips=(), aspect="16:9"),
    }
    answer = ask(api, made(database, what, state="completed_empty"))
    assert answer.status_code == 200
    assert answer.json()["clips"] == []
    assert answer.json()["reason_if_empty"] == "Nobody explained anything."


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
def test_a_job_that_has_not_completed_has_no_results(
    api: TestClient, database: Database, state: str
) -> None:
    failure = {"code": "no_audio_track", "message": "It has no sound.", "remedy": "Add some."}
    facts = {"failure": failure} if state == "failed" else {}
    job = made(database, artifacts(), state=state, **facts)
    for part in ("", *(f"/{each}" for each in PARTS), "/search?q=a", "/export.zip"):
        answer = ask(api, job, part)
        assert (answer.status_code, answer.json()["code"]) == (409, "job_not_finished"), part
    problem = ask(api, job).json()
    assert ("It has no sound" in problem["detail"]) == (state == "failed")
    assert (problem["hint"] == "Add some.") == (state == "failed")
    assert problem["hint"]


def test_unknown_and_foreign_jobs_are_the_same(api: TestClient, database: Database) -> None:
    foreign = made(database, artifacts(), account=UUID(int=7))
    for job in (uuid4(), foreign):
        for part in ("", *(f"/{each}" for each in PARTS), "/search?q=a", "/export.zip"):
            answer = ask(api, job, part)
            assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found"), part


@pytest.mark.parametrize(
    ("path", "most"),
    [("", 7), ("/transcript.vtt", 2), ("/chapters", 3), ("/slides", 3), ("/search?q=a", 3)],
)
def test_an_answer_takes_so_many_statements(
    api: TestClient, database: Database, path: str, most: int
) -> None:
    job = made(database, artifacts())
    with counted(database) as statements:
        assert ask(api, job, path).status_code == 200
    assert len(statements) <= most


def test_a_stage_that_is_done_again_replaces_its_rows(database: Database) -> None:
    from noteai.results.models import ClipRow, TranscriptSegmentRow
    from noteai.results.projection import project

    job, what = made(database, artifacts()), artifacts()
    for stage, artifact in what.items():
        output = artifact.model_dump(mode="json")
        if stage == "clips":
            output["clips"] = output["clips"][:1]
        with database.transaction() as session:
            project(session, job, stage, output)
    with database.transaction() as session:
        clips = session.query(ClipRow).filter_by(job_id=job).all()
        sentences = session.query(TranscriptSegmentRow).filter_by(job_id=job).count()
    assert [(each.rank, each.score) for each in clips] == [(1, 0.75)]
    assert sentences == 3


def test_rows_go_with_their_job(database: Database) -> None:
    from noteai.results.models import LayoutShotRow

    job = made(database, artifacts())
    with database.transaction() as session:
        session.delete(session.get_one(JobRow, job))
    with database.transaction() as session:
        assert session.query(LayoutShotRow).count() == 0


def test_a_search_can_use_the_index(database: Database) -> None:
    from sqlalchemy import select, text

    from noteai.results.models import TranscriptSegmentRow
    from noteai.results.repository import _matches

    query = select(TranscriptSegmentRow.position).where(_matches(TranscriptSegmentRow.text))
    with database.transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = query.compile(database.engine, compile_kwargs={"render_postcompile": True})
        plan = session.connection().exec_driver_sql(f"EXPLAIN {compiled}", {"words": "entropy"})
        assert any("ix_transcript_segments_text" in line for (line,) in plan)
