"""Spans go out together with the one above all of them in this process.

The spans of an attempt that was killed would have a parent that nobody ever hears of. And only
when a request has ended is it known which job it was about.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import get_current_span

from noteai.otlp.cleaning import JOB, cleaned

_ROOM = 1000
"""Spans of one tree that are held; more go ahead of their root."""


@dataclass
class _Tree:
    root: Span
    held: list[ReadableSpan] = field(default_factory=list)


class Trees(SpanProcessor):
    """Before another processor, which gets spans cleaned, each with the job of its root."""

    def __init__(self, after: SpanProcessor) -> None:
        self._after = after
        self._lock = threading.Lock()
        self._living: dict[int, _Tree] = {}
        """By the number of each span that has not ended."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        above = get_current_span(parent_context).get_span_context().span_id
        with self._lock:
            self._living[span.get_span_context().span_id] = self._living.get(above) or _Tree(span)

    def on_end(self, span: ReadableSpan) -> None:
        for each in self._ready(span):
            self._after.on_end(each)

    def shutdown(self) -> None:
        self._after.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._after.force_flush(timeout_millis)

    def _ready(self, span: ReadableSpan) -> Iterable[ReadableSpan]:
        """What may go out now that a span has ended."""
        assert span.context is not None
        with self._lock:
            tree = self._living.pop(span.context.span_id)
            tree.held.append(span)
            if tree.root.is_recording() and len(tree.held) < _ROOM:
                return ()
            ready, tree.held = tree.held, []
        job = (tree.root.attributes or {}).get(JOB)
        return [cleaned(each, job) for each in ready]
