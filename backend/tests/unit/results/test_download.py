"""Of an archive nothing is left on the disk, however its download ends."""

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from noteai.results import download
from noteai.results.download import Download
from noteai.results.errors import TooManyArchives

SCOPE = {"type": "http", "asgi": {"spec_version": "2.3"}}


def build(folder: Path) -> None:
    (folder / "out").mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / "out" / name).write_text(name)


async def never() -> Any:
    await asyncio.Event().wait()


async def gone() -> Any:
    return {"type": "http.disconnect"}


async def answered(answer: Download, receive: Callable[[], Awaitable[Any]] = never) -> bytes:
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    await answer(SCOPE, receive, send)
    return b"".join(each.get("body", b"") for each in told)


def test_an_archive_is_sent_and_its_folder_is_gone(tmp_path: Path) -> None:
    sent = asyncio.run(answered(Download(build, tmp_path, "a.zip")))
    assert zipfile.ZipFile(io.BytesIO(sent)).namelist() == ["a.txt", "b.txt"]
    assert list(tmp_path.iterdir()) == []


def test_of_a_client_that_left_while_it_was_built_nothing_stays(tmp_path: Path) -> None:
    asyncio.run(answered(Download(build, tmp_path, "a.zip"), gone))
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_built_is_said_and_nothing_stays(tmp_path: Path) -> None:
    def broken(folder: Path) -> None:
        build(folder)
        raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(answered(Download(broken, tmp_path, "a.zip")))
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_takes_nothing_is_left(tmp_path: Path) -> None:
    async def stuck(_: Any) -> None:
        await never()

    asyncio.run(Download(build, tmp_path, "a.zip", stall=0.01)(SCOPE, never, stuck))
    assert list(tmp_path.iterdir()) == []


def test_one_too_many_is_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_PLACES", download.BoundedSemaphore(1))

    async def two() -> None:
        begun = asyncio.Event()

        async def slow(_: Any) -> None:
            begun.set()
            await never()

        first = asyncio.create_task(Download(build, tmp_path, "a.zip")(SCOPE, never, slow))
        await begun.wait()
        with pytest.raises(TooManyArchives):
            await answered(Download(build, tmp_path, "a.zip"))
        first.cancel()
        await asyncio.wait([first])
        await answered(Download(build, tmp_path, "a.zip"))

    asyncio.run(two())
    assert list(tmp_path.iterdir()) == []
