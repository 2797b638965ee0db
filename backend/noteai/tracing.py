"""Spans: who did what, for which job, and how long it took. Off until a door calls `use`.

Here nothing of OpenTelemetry is known: `noteai.otlp` is loaded where an endpoint is set, and puts
itself in. So whoever says what it does, also in the engine, costs nothing while nobody asks.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

Facts = Mapping[str, object]
"""Attributes by name; `error` is a code and marks the span as failed. None is left out."""
End = Callable[[Facts], None]


class Spans(Protocol):
    def span(self, name: str, parent: str | None, facts: Facts) -> AbstractContextManager[None]:
        """A span around a block, within the one that is open or within `parent`."""
        ...

    def begin(self, name: str, facts: Facts) -> End:
        """A span within which no other begins; what is given back ends it, in any thread."""
        ...

    def tell(self, facts: Facts) -> None:
        """Of the span that is open."""
        ...

    def traceparent(self) -> str | None:
        """The span that is open, as the W3C's trace context writes it: 55 characters."""
        ...

    def watch(self, engine: Any) -> None:
        """An engine of SQLAlchemy: each statement inside a span is one."""
        ...


class _Off:
    @contextmanager
    def span(self, _name: str, _parent: str | None, _facts: Facts) -> Iterator[None]:
        yield

    def begin(self, _name: str, _facts: Facts) -> End:
        return self.tell

    def tell(self, _facts: Facts) -> None:
        pass

    def traceparent(self) -> str | None:
        return None

    def watch(self, _engine: Any) -> None:
        pass


OFF: Spans = _Off()
_spans = OFF


def use(spans: Spans) -> None:
    """From now on spans of this process go there; `OFF` for nowhere."""
    global _spans  # noqa: PLW0603 - one a process, as is the log
    _spans = spans


def span(name: str, parent: str | None = None, /, **facts: object) -> AbstractContextManager[None]:
    """Around work that may hold other spans. `parent` is of another process, where there is one."""
    return _spans.span(name, parent, facts)


def begin(name: str, /, **facts: object) -> Callable[..., None]:
    """For work that is no block; call what is given back once, with facts, when it has ended."""
    end = _spans.begin(name, facts)
    return lambda **more: end(more)


def tell(**facts: object) -> None:
    """Facts about the span that is open, if one is."""
    _spans.tell(facts)


def traceparent() -> str | None:
    """What to send along, so that the work goes on in the same trace elsewhere."""
    return _spans.traceparent()


def watch(engine: Any) -> None:
    """Of an engine that was just made, the statements are to be seen."""
    _spans.watch(engine)


def ids() -> Facts:
    """Of the span that is open, for a line of the log."""
    found = _spans.traceparent()
    if not found:
        return {}
    _, trace, span_, _ = found.split("-")
    return {"trace_id": trace, "span_id": span_}
