"""A multipart form with one file, understood while it arrives. Nothing here waits or sends."""

import re
from collections.abc import Callable
from typing import Any

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from noteai.uploads.errors import FormUnfit, FormUnreadable, UploadTooLarge
from noteai.uploads.names import check_name

_FILE, _DIGEST = "file", "sha256"
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class Form:
    """Feed it the body; take the file's bytes from it before they pile up.

    Raises, from every method:
        FormUnreadable: it is no such form, or breaks off.
        FormUnfit: it has what was not asked for, or lacks the file.
        BadName, UploadTooLarge: of the file.
    """

    def __init__(self, content_type: str, limit: int) -> None:
        self.name: str | None = None
        """Of the file, once its part has begun."""
        self.size = 0
        """Bytes of the file so far."""
        self._limit = limit
        self._waiting = bytearray()
        self._digest = bytearray()
        self._header = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._field = ""
        self._seen: set[str] = set()
        self._is_whole = False
        self._parser = self._begin(content_type)

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise FormUnreadable(reason="its boundaries are broken") from error

    def end(self) -> None:
        """The body has ended."""
        if not self._is_whole:
            raise FormUnreadable(reason="it breaks off")
        if self.name is None:
            raise FormUnfit(reason="it has no file")
        if self._digest and not _SHA256.fullmatch(self._digest.decode("latin-1")):
            raise FormUnfit(reason="`sha256` is not 64 hexadecimal digits")

    @property
    def digest(self) -> str | None:
        """The SHA-256 that the client declares, once the form has ended."""
        return self._digest.decode("latin-1").lower() or None

    @property
    def waiting(self) -> int:
        """Bytes of the file that can be taken."""
        return len(self._waiting)

    def take(self, most: int) -> bytes:
        """The next bytes of the file."""
        with memoryview(self._waiting) as view:
            taken = bytes(view[:most])
        del self._waiting[:most]
        return taken

    def _begin(self, content_type: str) -> MultipartParser:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise FormUnreadable(reason="its type is not multipart/form-data with a boundary")
        calls: dict[str, Callable[..., Any]] = {
            "on_part_begin": self._headers.clear,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._keep_header,
            "on_headers_finished": self._begin_part,
            "on_part_data": self._keep,
            "on_end": self._finish,
        }
        try:
            return MultipartParser(boundary, calls)  # type: ignore[arg-type]
        except FormParserError as error:
            raise FormUnreadable(reason="its boundary is too long") from error

    def _keep_header(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode("latin-1")
        if self._field not in (_FILE, _DIGEST):
            raise FormUnfit(reason="it has a field that is not known")
        if self._field in self._seen:
            raise FormUnfit(reason=f"it has `{self._field}` twice")
        self._seen.add(self._field)
        if self._field == _FILE:
            self.name = check_name(_decoded(options.get(b"filename", b"")))

    def _keep(self, data: bytes, start: int, end: int) -> None:
        if self._field == _DIGEST:
            self._digest += data[start:end]
            if len(self._digest) > 64:
                raise FormUnfit(reason="`sha256` is not 64 hexadecimal digits")
            return
        self.size += end - start
        if self.size > self._limit:
            raise UploadTooLarge(limit=self._limit)
        self._waiting += memoryview(data)[start:end]

    def _finish(self) -> None:
        self._is_whole = True


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormUnfit(reason="the file's name is not UTF-8") from error
