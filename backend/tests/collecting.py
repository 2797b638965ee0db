"""A collector of traces on the loopback interface, which keeps what it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_PATH = "/v1/traces"


@dataclass(frozen=True)
class Seen:
    """A span, as the collector got it."""

    name: str
    service: str
    trace: str
    id: str
    parent: str
    """Empty for the root of a trace."""
    has_failed: bool
    facts: dict[str, Any]

    @property
    def job(self) -> str | None:
        return self.facts.get("noteai.job")

    @property
    def outcome(self) -> str | None:
        return self.facts.get("noteai.outcome")


@dataclass
class Collector:
    url: str
    bodies: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Seen]:
        return [each for body in list(self.bodies) for each in _spans(body)]

    def named(self, name: str) -> list[Seen]:
        return [each for each in self.spans if each.name == name]

    def of(self, job: str) -> list[Seen]:
        """The trace of a job: that of its first stage, and all that is in it."""
        traces = {each.trace for each in self.named("stage first") if each.job == job}
        return [each for each in self.spans if each.trace in traces]

    def said(self) -> bytes:
        return b"\n".join(self.bodies)


@contextmanager
def collecting() -> Iterator[Collector]:
    found = Collector("")

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path == _PATH:
                found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if self.path == _PATH else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def unresolved(spans: list[Seen]) -> list[Seen]:
    """Those whose parent nobody has sent."""
    known = {each.id for each in spans}
    return [each for each in spans if each.parent and each.parent not in known]


def _spans(body: bytes) -> Iterator[Seen]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        service = _facts(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for each in scope.spans:
                yield Seen(
                    name=each.name,
                    service=service,
                    trace=each.trace_id.hex(),
                    id=each.span_id.hex(),
                    parent=each.parent_span_id.hex(),
                    has_failed=each.status.code == each.status.STATUS_CODE_ERROR,
                    facts=_facts(each.attributes),
                )


def _facts(attributes: Any) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value") or "string_value")
        for each in attributes
    }
