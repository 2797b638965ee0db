"""A form passes through: little of it is held, and a lost line leaves nothing."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from starlette.requests import ClientDisconnect
from uploading import LECTURE, PART, Desk

from noteai.accounts.models import LOCAL
from noteai.uploads.errors import FormUnreadable, UploadTooLarge
from noteai.uploads.models import UploadRow
from noteai.uploads.reception import receive

TYPE = "multipart/form-data; boundary=xx"
HEAD = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
CHUNK = bytes(64 << 10)


async def form(size: int) -> AsyncIterator[bytes]:
    yield HEAD + LECTURE
    for _ in range((size - len(LECTURE)) // len(CHUNK)):
        yield CHUNK
    yield bytes((size - len(LECTURE)) % len(CHUNK))
    yield b"\r\n--xx--\r\n"


async def lost(size: int) -> AsyncIterator[bytes]:
    async for chunk in form(size):
        if chunk.startswith(b"\r\n--xx--"):
            raise ClientDisconnect
        yield chunk


async def cut(size: int) -> AsyncIterator[bytes]:
    async for chunk in form(size):
        if not chunk.startswith(b"\r\n--xx--"):
            yield chunk


def arrive(desk: Desk, body: AsyncIterator[bytes]) -> UploadRow:
    return asyncio.run(receive(body, TYPE, desk.database, desk.intake, LOCAL))


def test_no_more_than_about_two_parts_are_held(desk: Desk) -> None:
    tracemalloc.start()
    row = arrive(desk, form(3 * PART))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (row.state, row.size) == ("complete", 3 * PART)
    assert peak < 2.5 * PART


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (lost(2 * PART), ClientDisconnect),
        (cut(2 * PART), FormUnreadable),
        (form(3 * PART + 1), UploadTooLarge),
    ],
    ids=["the line is lost", "it breaks off", "it is one byte too large"],
)
def test_a_form_that_does_not_end_well_leaves_nothing(
    desk: Desk, body: AsyncIterator[bytes], error: type[Exception]
) -> None:
    with pytest.raises(error):
        arrive(desk, body)
    assert desk.incoming() == []
    assert desk.objects() == []
    assert desk.told == []


def test_a_request_that_is_given_up_leaves_nothing(desk: Desk) -> None:
    async def give_up() -> None:
        stuck = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            async for chunk in cut(2 * PART):
                yield chunk
            stuck.set()
            await asyncio.sleep(3600)

        going = asyncio.create_task(receive(body(), TYPE, desk.database, desk.intake, LOCAL))
        await stuck.wait()
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        assert going.cancelled()

    asyncio.run(give_up())
    assert desk.incoming() == []
