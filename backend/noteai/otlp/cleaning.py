"""What a span may say outside."""

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Status
from opentelemetry.util.types import AttributeValue

from noteai.otlp.spans import PREFIX

JOB = f"{PREFIX}job"
_PRIVATE = frozenset(
    {
        "client.address", "client.port", "http.user_agent", "net.peer.ip", "net.peer.port",
        "network.peer.address", "network.peer.port", "url.query", "user_agent.original",
    }
)  # fmt: skip
"""About people, or where secrets travel."""


def cleaned(span: ReadableSpan, job: AttributeValue | None) -> ReadableSpan:
    """The same span without the words of errors, which repeat what a statement or request held,
    without what comes after the question mark of an address, and with its job.
    """
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span, job),
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(span: ReadableSpan, job: AttributeValue | None) -> dict[str, AttributeValue]:
    own = {
        name: _short(value)
        for name, value in (span.attributes or {}).items()
        if name not in _PRIVATE
    }
    return {**_raised(span), **({JOB: job} if job else {}), **own}


def _short(value: AttributeValue) -> AttributeValue:
    """Addresses end before their query."""
    if isinstance(value, str) and (value.startswith("/") or "://" in value.partition("?")[0]):
        return value.partition("?")[0]
    return value


def _raised(span: ReadableSpan) -> dict[str, AttributeValue]:
    types = [(each.attributes or {}).get("exception.type") for each in span.events]
    found = next((each for each in types if each), None)
    return {"error.type": found} if found else {}
