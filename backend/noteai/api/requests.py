"""The requests to the API, counted by their routes."""

import re
from typing import Any

from prometheus_fastapi_instrumentator.middleware import PrometheusInstrumentatorMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", re.IGNORECASE)
_MOST = 1000


class Requests(PrometheusInstrumentatorMiddleware):
    """Looks for the route of a path once, and not again for one that differs in its ids alone.

    The instrumentator tries all routes at every request, which takes longer than all the rest that
    it does.
    """

    def __init__(self, app: ASGIApp, /, **options: Any) -> None:
        super().__init__(app, **options)
        self._known: dict[tuple[str, str], str] = {}

    def _get_handler(self, request: Request) -> tuple[str, bool]:
        shape = (request.method, _ID.sub("0", request.scope["path"]))
        if known := self._known.get(shape):
            return known, True
        found, is_templated = super()._get_handler(request)
        if is_templated and len(self._known) < _MOST:
            self._known[shape] = found
        return found, is_templated
