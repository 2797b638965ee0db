"""What is asked of an S3 store and how much goes to and fro, counted at its client's own events."""

from typing import Any

from botocore.utils import determine_content_length

from noteai import metrics

_SENT = "noteai_bytes_sent"
_PUTS = ("PutObject", "UploadPart")


def count(client: Any) -> None:
    """All requests of a client from now on. What botocore tries again by itself counts as one."""
    events = client.meta.events
    events.register("before-call.s3", _measure)
    events.register("after-call.s3", _answered)
    events.register("after-call-error.s3", _unanswered)


def _measure(params: Any, context: Any, **_: Any) -> None:
    context[_SENT] = determine_content_length(params["body"]) or 0


def _answered(model: Any, http_response: Any, parsed: Any, context: Any, **_: Any) -> None:
    outcome = _outcome(http_response.status_code)
    metrics.add("noteai_store_requests_total", operation=model.name, outcome=outcome)
    if outcome != "answered":
        return
    if model.name == "GetObject":
        metrics.add("noteai_store_bytes_total", parsed["ContentLength"], direction="fetched")
    elif model.name in _PUTS:
        metrics.add("noteai_store_bytes_total", context[_SENT], direction="put")


def _unanswered(event_name: str, **_: Any) -> None:
    operation = event_name.rpartition(".")[2]
    metrics.add("noteai_store_requests_total", operation=operation, outcome="unanswered")


def _outcome(status: int) -> str:
    if status == 404:
        return "missing"
    if status >= 500:
        return "failed"
    return "refused" if status >= 400 else "answered"
