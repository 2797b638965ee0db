"""The API is killed between a commit and what is sent, and between an object and its row."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

import httpx2
from sqlalchemy import func, select
from uploading import LECTURE

from bench.chaos import traps
from bench.chaos.api_door import JOB
from bench.chaos.client import key
from bench.chaos.flow import Case, Wait, flow
from bench.chaos.scene import Scene
from bench.chaos.staff import Door, Terms
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row
from noteai.jobs.models import JobRow

MOMENTS = ("committed", "committed", "begun", "sent", "joined", "filed")
_LIMIT = 420.0


def killed(scene: Scene, times: int) -> list[Row]:
    wanted = list(islice(cycle(MOMENTS), times))
    scene.chance.shuffle(wanted)
    cases = {"committed": _order, "begun": _declaration, "sent": _form}
    # One at a time: another would walk into the trap of the first.
    well = flow(scene, (cases.get(each, _completion)(scene, each) for each in wanted), 1, _LIMIT)
    with scene.database.transaction() as session:
        keys = session.scalar(select(func.count()).where(JobRow.idempotency_key.is_not(None)))
    note = f"{wanted.count('committed')} after the commit of a job, the rest about an upload"
    return [
        Row("api: kills after which the repeated request gave one job, which ran", ON, well, times,
            note=note),
        Row("api: jobs that were accepted", ON, keys or 0, times),
    ]  # fmt: skip


def _order(scene: Scene, moment: str) -> Case:
    """A job is committed and nobody hears of it: the same request again gives it."""
    upload, own = str(scene.upload().id), key()
    door = yield from _trapped(scene, moment)
    assert scene.order(upload, own, port=door.port) is None, "the door answered from its grave"
    yield from _ended(scene, door)
    with scene.database.transaction() as session:
        same = JobRow.idempotency_key == own["Idempotency-Key"]
        first = session.scalars(select(JobRow.id).where(same)).all()
    job = scene.order(upload, own, insist=True)
    assert job, "the job was not accepted"
    assert [job] == [str(each) for each in first], f"{job} instead of {first}"
    yield Wait(lambda: scene.has_ended(job), f"{job} ended, which was accepted unheard")


def _declaration(scene: Scene, moment: str) -> Case:
    """An upload is begun in the store and has no row: the client declares it again."""
    door = yield from _trapped(scene, moment)
    assert scene.client.ask("POST", "/uploads", port=door.port, json=_declared(b"")) is None
    yield from _ended(scene, door)
    yield from _run(scene, _sent(scene))


def _form(scene: Scene, moment: str) -> Case:
    """A part of a form is in the store and has no row: the client sends the form again."""
    file = {"file": ("nap.mp4", _lecture())}
    door = yield from _trapped(scene, moment)
    assert scene.client.ask("POST", "/upload", port=door.port, files=file) is None
    yield from _ended(scene, door)
    answer = scene.client.insist("POST", "/upload", scene.pause, files=file)
    yield from _run(scene, answer.json()["id"])


def _completion(scene: Scene, moment: str) -> Case:
    """The parts are joined, or the file is filed, and the row does not say so."""
    upload = _sent(scene, completes=False)
    path = f"/uploads/{upload}/complete"
    door = yield from _trapped(scene, moment)
    assert scene.client.ask("POST", path, port=door.port) is None
    yield from _ended(scene, door)
    answer = scene.client.insist("POST", path, scene.pause)
    assert answer.json()["state"] == "complete", answer.text
    yield from _run(scene, upload)


def _trapped(scene: Scene, moment: str) -> Any:
    """A door with a trap, once there are two, so that another can be asked afterwards."""
    yield Wait(lambda: len(scene.open_doors) > 1, "two doors are open")
    door = scene.open_doors[0]
    traps.lay(scene.folder, JOB, str(door.port), moment, "die")
    return door


def _ended(scene: Scene, door: Door) -> Any:
    place = scene.folder / "traps" / JOB
    name = f"{door.port}.*-*"
    yield Wait(lambda: list(place.glob(name)), "the door fell into its trap", 10.0)
    for each in place.glob(name):
        each.unlink()


def _run(scene: Scene, upload: str) -> Any:
    job = scene.order(upload, key(), insist=True)
    assert job, "the job was not accepted"
    yield Wait(lambda: scene.has_ended(job), f"{job} ended, of an upload that was hindered")


def _sent(scene: Scene, *, completes: bool = True) -> str:
    """An upload by a presigned part."""
    content = _lecture()
    answer = scene.client.insist("POST", "/uploads", scene.pause, json=_declared(content))
    upload = answer.json()
    for part in upload["wanted"]:
        httpx2.put(part["url"], content=content).raise_for_status()
    if completes:
        path = f"/uploads/{upload['id']}/complete"
        scene.client.insist("POST", path, scene.pause).raise_for_status()
    return str(upload["id"])


def _declared(content: bytes) -> dict[str, Any]:
    return {"name": "nap.mp4", "size": len(content) or 5}


def _lecture() -> bytes:
    return LECTURE + uuid4().bytes


def trials() -> Iterator[Trial]:
    yield Trial("api", killed, (60, 6), plainly(Terms(workers=2, apis=4)))
