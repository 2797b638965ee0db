"""Uploads as a client sees them: over HTTP, parts straight to the store."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from starlette.testclient import TestClient
from statements import counted
from uploading import LECTURE, PART, Desk, lecture, sha256

from noteai.accounts.models import LOCAL, Account
from noteai.api.app import create_app
from noteai.api.dependencies import caller
from noteai.api.services import ApiServices
from noteai.jobs.journal import Journal

TWO_PARTS = lecture(PART + 5)
FOREIGN = UUID(int=2)


def unheard(_job: UUID, _said: Sequence[Mapping[str, Any]]) -> None:
    """Nobody listens to the progress of jobs here."""


@pytest.fixture
def client(desk: Desk, redis_url: str) -> Iterator[TestClient]:
    services = ApiServices(
        database=desk.database,
        journal=Journal(unheard),
        store=desk.intake.store,
        uploads=desk.intake,
        redis_url=redis_url,
    )
    with TestClient(create_app(services), base_url="http://localhost/api/v1") as client:
        yield client


def declare(client: TestClient, content: bytes, **facts: Any) -> httpx2.Response:
    said = {"name": "lecture 3.mp4", "size": len(content), **facts}
    return client.post("/uploads", json=said)


def send(view: dict[str, Any], content: bytes) -> None:
    for part in view["wanted"]:
        body = content[part["offset"] : part["offset"] + part["size"]]
        assert httpx2.put(part["url"], content=body).status_code == 200


def code(response: httpx2.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_a_lecture_is_uploaded_and_downloaded(client: TestClient) -> None:
    declared = declare(client, TWO_PARTS, sha256=sha256(TWO_PARTS).upper())
    view = declared.json()
    assert declared.status_code == 201
    assert [each["number"] for each in view["wanted"]] == [1, 2]
    send(view, TWO_PARTS)
    here = declared.headers["location"].removeprefix("/api/v1")
    received = client.get(here).json()["received"]
    parts = [{"number": each["number"], "etag": each["etag"]} for each in received]
    done = client.post(f"{here}/complete", json={"parts": parts})
    assert (done.status_code, done.json()["state"]) == (200, "complete")
    assert done.json()["sha256"] == sha256(TWO_PARTS)
    link = client.get("/videos/presigned-url", params={"upload_id": view["id"]}).json()
    video = httpx2.get(link["url"])
    assert video.content == TWO_PARTS
    assert video.headers["content-type"] == "video/mp4"
    assert video.headers["content-disposition"] == (
        "attachment; filename=\"lecture 3.mp4\"; filename*=UTF-8''lecture%203.mp4"
    )
    some = httpx2.get(link["url"], headers={"Range": "bytes=4-11"})
    assert (some.status_code, some.content) == (206, b"ftypisom")


def test_a_file_that_is_there_is_complete_with_the_declaration(client: TestClient) -> None:
    first = declare(client, LECTURE).json()
    send(first, LECTURE)
    assert client.post(f"/uploads/{first['id']}/complete").status_code == 200
    again = declare(client, LECTURE, sha256=sha256(LECTURE))
    assert (again.status_code, again.json()["state"], again.json()["wanted"]) == (
        201,
        "complete",
        [],
    )


def test_urls_come_in_pages(client: TestClient) -> None:
    here = f"/uploads/{declare(client, lecture(2 * PART + 1)).json()['id']}"
    page = client.get(here, params={"urls": 1, "after": 1}).json()
    assert [each["number"] for each in page["wanted"]] == [2]
    assert page["wanted_count"] == 3


@pytest.mark.parametrize(
    ("facts", "status", "said"),
    [
        ({"size": 3 * PART + 1}, 413, "upload_too_large"),
        ({"size": 10**30}, 413, "upload_too_large"),
        ({"size": 0}, 422, "empty_upload"),
        ({"size": -1}, 422, "request_invalid"),
        ({"size": 1.5}, 422, "request_invalid"),
        ({"name": "../a.mp4"}, 422, "bad_name"),
        ({"name": "a\u202eb.mp4"}, 422, "bad_name"),
        ({"name": "a\x07b.mp4"}, 422, "bad_name"),
        ({"name": "a\0b.mp4"}, 400, "nul_character"),
        ({"sha256": "xyz"}, 422, "request_invalid"),
        ({"media_type": "a\r\nb"}, 422, "request_invalid"),
        ({"part_size": 1}, 422, "request_invalid"),
    ],
)
def test_a_bad_declaration_has_its_code(
    client: TestClient, desk: Desk, facts: dict[str, Any], status: int, said: str
) -> None:
    assert code(declare(client, LECTURE, **facts)) == (status, said)
    assert desk.incoming() == []


def test_half_a_character_in_a_name_is_refused(client: TestClient) -> None:
    raw = b'{"name": "a\\ud800.mp4", "size": 5}'
    sent = client.post("/uploads", content=raw, headers={"content-type": "application/json"})
    assert code(sent) == (400, "half_character")


@pytest.mark.parametrize(
    ("parts", "status", "said"),
    [
        ([{"number": n} for n in range(1, 10_002)], 422, "too_many_parts"),
        ([{"number": 2}, {"number": 1}], 422, "parts_out_of_order"),
        ([{"number": 1}, {"number": 2}, {"number": 3}], 422, "part_unknown"),
        ([{"number": 1}], 409, "parts_missing"),
        ([{"number": 1, "etag": "0" * 32}, {"number": 2}], 422, "part_mismatch"),
        ([{"number": "one"}], 422, "request_invalid"),
    ],
)
def test_a_bad_list_of_parts_has_its_code_and_the_upload_goes_on(
    client: TestClient, parts: list[dict[str, Any]], status: int, said: str
) -> None:
    view = declare(client, TWO_PARTS).json()
    send(view, TWO_PARTS)
    here = f"/uploads/{view['id']}"
    assert code(client.post(f"{here}/complete", json={"parts": parts})) == (status, said)
    assert client.get(here).json()["state"] == "awaiting_parts"
    assert client.post(f"{here}/complete").json()["state"] == "complete"


def test_what_is_no_recording_is_refused_and_says_so_ever_after(client: TestClient) -> None:
    view = declare(client, b"hello").json()
    send(view, b"hello")
    for _ in range(2):
        assert code(client.post(f"/uploads/{view['id']}/complete")) == (415, "not_media")
    shown = client.get(f"/uploads/{view['id']}").json()
    assert (shown["state"], shown["refusal"], shown["wanted"]) == ("refused", "not_media", [])


def test_an_unfinished_upload_is_aborted_and_a_complete_one_removed(client: TestClient) -> None:
    view = declare(client, LECTURE).json()
    here = f"/uploads/{view['id']}"
    assert code(client.get(f"/videos/presigned-url?upload_id={view['id']}")) == (
        409,
        "upload_unfinished",
    )
    assert [client.delete(here).status_code for _ in range(2)] == [204, 204]
    assert code(client.post(f"{here}/complete")) == (410, "upload_aborted")
    view = declare(client, LECTURE).json()
    send(view, LECTURE)
    client.post(f"/uploads/{view['id']}/complete")
    assert client.delete(f"/uploads/{view['id']}").status_code == 204
    assert code(client.delete(f"/uploads/{view['id']}")) == (404, "upload_not_found")


def test_foreign_and_unknown_uploads_are_not_found(client: TestClient, desk: Desk) -> None:
    view = declare(client, LECTURE).json()
    with desk.database.transaction() as session:
        session.add(Account(id=FOREIGN, name="another"))
    asked = [(view["id"], FOREIGN), (str(uuid4()), LOCAL)]
    for upload, account in asked:
        client.app.dependency_overrides[caller] = lambda account=account: account  # type: ignore[attr-defined]
        answers = [
            client.get(f"/uploads/{upload}"),
            client.post(f"/uploads/{upload}/complete"),
            client.delete(f"/uploads/{upload}"),
            client.get(f"/videos/presigned-url?upload_id={upload}"),
        ]
        assert {code(each) for each in answers} == {(404, "upload_not_found")}
        if account == FOREIGN:
            assert client.get("/uploads").json()["uploads"] == []
    assert len(client.get("/uploads").json()["uploads"]) == 1


def test_the_list_has_pages_and_states(client: TestClient) -> None:
    made = [declare(client, LECTURE, name=f"{n}.mp4").json()["id"] for n in range(5)]
    client.delete(f"/uploads/{made[2]}")
    first = client.get("/uploads", params={"limit": 3}).json()
    cursor = first["next_cursor"]
    second = client.get("/uploads", params={"limit": 3, "cursor": cursor}).json()
    listed = [each["id"] for each in first["uploads"] + second["uploads"]]
    assert listed == made[::-1]
    assert second["next_cursor"] is None
    aborted = client.get("/uploads", params={"state": "aborted"}).json()["uploads"]
    assert [each["id"] for each in aborted] == [made[2]]
    assert code(client.get("/uploads", params={"cursor": "odd"})) == (422, "bad_cursor")


def test_a_form_is_an_upload_in_one_request(client: TestClient, desk: Desk) -> None:
    sent = client.post("/upload", files={"file": ("lecture 3.mp4", TWO_PARTS, "video/mp4")})
    view = sent.json()
    assert (sent.status_code, view["state"], view["name"]) == (201, "complete", "lecture 3.mp4")
    assert (view["size"], view["sha256"]) == (len(TWO_PARTS), sha256(TWO_PARTS))
    assert desk.told == [UUID(view["id"])]
    assert desk.incoming() == []


def test_a_form_may_say_the_digest(client: TestClient) -> None:
    files = {"file": ("a.mp4", LECTURE, "video/mp4")}
    right = client.post("/upload", files=files, data={"sha256": sha256(LECTURE)})
    assert right.status_code == 201
    wrong = client.post("/upload", files=files, data={"sha256": "0" * 64})
    assert code(wrong) == (422, "digest_mismatch")


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("a.mp4", b"", 422, "empty_upload"),
        ("a.mp4", b"hello", 415, "not_media"),
        ("a.mp4", lecture(3 * PART + 1), 413, "upload_too_large"),
        ("..", LECTURE, 422, "bad_name"),
    ],
)
def test_a_bad_form_has_its_code_and_leaves_nothing(
    client: TestClient, desk: Desk, name: str, content: bytes, status: int, said: str
) -> None:
    assert code(client.post("/upload", files={"file": (name, content)})) == (status, said)
    assert desk.incoming() == []
    assert desk.objects() == []


def test_a_form_that_says_it_is_too_large_is_not_read(client: TestClient) -> None:
    sent = client.post("/upload", headers={"content-length": str(10**12)}, content=b"x")
    assert code(sent) == (413, "upload_too_large")


def test_another_body_is_no_form(client: TestClient) -> None:
    assert code(client.post("/upload", json={})) == (400, "form_unreadable")


def test_a_form_beyond_the_limit_of_uploads_is_refused(client: TestClient) -> None:
    for _ in range(5):
        declare(client, LECTURE)
    sent = client.post("/upload", files={"file": ("a.mp4", LECTURE)})
    assert code(sent) == (429, "too_many_uploads")


def test_each_endpoint_asks_the_database_little(client: TestClient, desk: Desk) -> None:
    asked: dict[str, int] = {}

    def ask(method: str, path: str, **facts: Any) -> dict[str, Any]:
        with counted(desk.database) as statements:
            answer = client.request(method, path, **facts)
        asked[f"{method} {path.split('?', maxsplit=1)[0]}"] = len(statements)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    declared = {"name": "a.mp4", "size": len(LECTURE), "sha256": sha256(LECTURE)}
    view, given_up = ask("POST", "/uploads", json=declared), declare(client, LECTURE).json()
    send(view, LECTURE)
    ask("GET", f"/uploads/{view['id']}")
    ask("POST", f"/uploads/{view['id']}/complete")
    ask("GET", "/uploads")
    ask("GET", f"/videos/presigned-url?upload_id={view['id']}")
    ask("DELETE", f"/uploads/{given_up['id']}")
    ask("POST", "/upload", files={"file": ("a.mp4", LECTURE)})
    assert list(asked.values()) == [7, 2, 8, 1, 2, 2, 14]
