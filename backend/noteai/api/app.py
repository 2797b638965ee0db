"""The application: every router under /api/v1, every error as a problem."""

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from noteai import __version__
from noteai.api import errors, health, metrics, schema
from noteai.api.gate import Gate
from noteai.api.limits import Limits
from noteai.api.request_log import RequestLog
from noteai.api.services import ApiServices
from noteai.jobs import endpoints as jobs
from noteai.live import endpoints as live
from noteai.results import endpoints as results
from noteai.uploads import endpoints as uploads
from noteai.webhooks import endpoints as webhooks

PREFIX = "/api/v1"
_FEATURES = {
    "uploads": uploads,
    "jobs": jobs,
    "results": results,
    "live": live,
    "webhooks": webhooks,
}
_STREAMED = frozenset({f"{PREFIX}/upload"})


def create_app(services: ApiServices, *, is_measured: bool = True) -> FastAPI:
    """Where it `is_measured`, its metrics are those of the process."""
    app = FastAPIOffline(  # its page of the API needs no network
        title="NoteAI",
        version=__version__,
        description=schema.DESCRIPTION,
        openapi_tags=schema.TAGS,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    app.include_router(health.router, tags=["health"])
    for name, feature in _FEATURES.items():
        app.include_router(feature.router, prefix=PREFIX, tags=[name])
    app.add_middleware(Limits, free=_STREAMED)
    app.add_middleware(Gate, terms=services.service)
    if is_measured:
        metrics.install(app, services)
    errors.install(app)
    app.add_middleware(RequestLog)
    schema.install(app)
    return app
