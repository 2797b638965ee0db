"""GET /metrics, for Prometheus: what this process counted, and what the rows say.

One process of the API counts in its own memory. Several are several targets.
"""

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from noteai import metrics
from noteai.api.dependencies import Services
from noteai.api.errors import AddressUnknown
from noteai.api.figures import Question, Rows
from noteai.api.requests import Requests
from noteai.api.services import ApiServices
from noteai.database import tell_connections
from noteai.metrics.prometheus import Prometheus

router = APIRouter()

_FORWARDED = ("forwarded", "x-forwarded-for")
_EXCLUDED = ["^/metrics$", "^/health/"]


def install(app: FastAPI, services: ApiServices) -> None:
    """Count the requests of an app, and serve all that this process counts from now on."""
    registry = CollectorRegistry()
    metrics.use(Prometheus(registry))
    question = Question(services.database, services.service.lease, services.workflows)
    registry.register(Rows(question))
    app.state.registry = registry
    app.include_router(router)
    app.add_middleware(
        Requests,
        excluded_handlers=_EXCLUDED,
        should_exclude_streaming_duration=True,
        registry=registry,
    )


@router.get("/metrics", include_in_schema=False)
def read_metrics(request: Request, services: Services) -> Response:
    """Not for those who come by way of a proxy. Raises: AddressUnknown."""
    if any(name in request.headers for name in _FORWARDED):
        raise AddressUnknown
    tell_connections(services.database)
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
