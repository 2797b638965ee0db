"""The archive of a job on its way out: its folder ends with the response, however that ends."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from anyio import CancelScope, CapacityLimiter, to_thread
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from noteai.adapters.s3_store import disposition
from noteai.results.archive import pack
from noteai.results.errors import TooManyArchives

_PLACES = BoundedSemaphore(8)
"""Archives of a process that stand at a time: each takes the room of all clips on the disk."""
_builders = CapacityLimiter(2)
"""Those of them that are built at a time."""
_STALL = 30.0
"""Seconds in which a reader must take a piece, so that none has its place for ever."""


class Download(StreamingResponse):
    """Builds in a folder of its own below `parent`, packs that, and removes it.

    What `build` raises is answered as a problem: nothing was sent before it is done.
    """

    media_type = "application/zip"

    def __init__(
        self, build: Callable[[Path], None], parent: Path, name: str, stall: float = _STALL
    ) -> None:
        super().__init__((), headers={"Content-Disposition": disposition(name, "attachment")})
        self._build = build
        self._parent = parent
        self._stall = stall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Any) -> None:
            async with asyncio.timeout(self._stall):
                await send(message)

        with _place():
            async with _folder(self._parent) as folder:
                await to_thread.run_sync(self._build, folder, limiter=_builders)
                self.body_iterator = iterate_in_threadpool(pack(folder))
                with suppress(TimeoutError):
                    await super().__call__(scope, receive, sending)


@contextmanager
def _place() -> Iterator[None]:
    """Raises: TooManyArchives."""
    if not _PLACES.acquire(blocking=False):
        raise TooManyArchives
    try:
        yield
    finally:
        _PLACES.release()


@asynccontextmanager
async def _folder(parent: Path) -> AsyncIterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=parent))
    try:
        yield folder
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(partial(shutil.rmtree, folder, ignore_errors=True))
