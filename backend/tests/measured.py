"""Which metrics there are: the list against which rules, dashboards and doors are held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from asked_queries import Query

from noteai.worker.app import QUEUES

Kind = Literal["counter", "gauge", "histogram"]
Origin = Literal["work", "api", "database"]
"""Who counts: whoever does the work (API or worker), the API its requests, each API the rows."""

STAGES = ("transcript", "clips")
_STAGE = {"workflow": ("highlights", "clip"), "stage": STAGES}
_MODEL = {"provider": ("gemini", "openai"), "model": ("small", "large")}
_REQUEST = {"handler": ("/api/v1/jobs", "/api/v1/jobs/{job_id}"), "method": ("GET", "POST")}
_QUEUE = {"queue": QUEUES}


@dataclass(frozen=True)
class Metric:
    kind: Kind
    origin: Origin
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Each with values that it may have."""


def _counter(**labels: Sequence[str]) -> Metric:
    return Metric("counter", "work", labels)


def _histogram(**labels: Sequence[str]) -> Metric:
    return Metric("histogram", "work", labels)


def _gauge(origin: Origin, **labels: Sequence[str]) -> Metric:
    return Metric("gauge", origin, labels)


_OUTCOMES = ("done", "cached", "skipped", "failed", "put_off", "released", "stale")
_STATES = ("awaiting_upload", "queued", "running", "completed", "completed_empty", "failed")

METRICS: Mapping[str, Metric] = {
    "noteai_stage_duration_seconds": _histogram(**_STAGE, outcome=_OUTCOMES),
    "noteai_stage_speed_ratio": _histogram(**_STAGE),
    "noteai_stage_attempts_total": _counter(**_STAGE),
    "noteai_stage_cache_hits_total": _counter(**_STAGE),
    "noteai_stage_failures_total": _counter(**_STAGE, code=("internal_error", "no_audio_track")),
    "noteai_stage_peak_memory_bytes": _histogram(stage=STAGES),
    "noteai_jobs_ended_total": _counter(
        workflow=("highlights", "clip"),
        state=("completed", "completed_empty", "failed", "cancelled"),
    ),
    "noteai_job_length_ratio": _histogram(workflow=("highlights", "clip")),
    "noteai_sweeper_actions_total": _counter(action=("lease", "wake")),
    "noteai_sweep_duration_seconds": _histogram(),
    "noteai_sweeper_last_success_timestamp_seconds": _gauge("work"),
    "noteai_relay_sent_total": _counter(),
    "noteai_webhook_deliveries_total": _counter(outcome=("delivered", "failed", "given_up")),
    "noteai_model_calls_total": _counter(**_MODEL, outcome=("ok", "failed")),
    "noteai_model_tokens_total": _counter(**_MODEL, direction=("in", "out")),
    "noteai_model_cost_usd_total": _counter(**_MODEL),
    "noteai_store_bytes_total": _counter(direction=("put", "fetched")),
    "noteai_store_requests_total": _counter(operation=("put", "fetch"), outcome=("ok", "failed")),
    "noteai_scratch_bytes": _gauge("work"),
    "noteai_disk_free_bytes": _gauge("work", volume=("scratch",)),
    "noteai_disk_size_bytes": _gauge("work", volume=("scratch",)),
    "noteai_database_connections": _gauge("work", state=("in_use", "idle")),
    "noteai_build_info": _gauge("work", version=("0.1.0",)),
    "noteai_open_streams": _gauge("api", kind=("websocket", "sse")),
    "http_requests_total": Metric("counter", "api", {**_REQUEST, "status": ("2xx", "4xx", "5xx")}),
    "http_request_duration_seconds": Metric("histogram", "api", _REQUEST),
    "noteai_jobs": _gauge("database", state=(*_STATES, "cancelled")),
    "noteai_queue_depth": _gauge("database", **_QUEUE),
    "noteai_queue_oldest_seconds": _gauge("database", **_QUEUE),
    "noteai_stages_running": _gauge("database", **_QUEUE),
    "noteai_workers": _gauge("database", state=("alive", "lost")),
    "noteai_worker_slots": _gauge("database", **_QUEUE),
    "noteai_outbox_rows": _gauge("database"),
    "noteai_outbox_oldest_seconds": _gauge("database"),
    "noteai_webhooks_pending": _gauge("database"),
    "noteai_webhooks_oldest_seconds": _gauge("database"),
    "noteai_stored_bytes": _gauge("database"),
    "noteai_canary_last_success_timestamp_seconds": _gauge("database", **_QUEUE),
    "noteai_canary_duration_seconds": _gauge("database", **_QUEUE),
    "noteai_canary_waiting_seconds": _gauge("database", **_QUEUE),
}  # fmt: skip

_SCRAPED = ("job", "instance")
"""What Prometheus adds to each."""
_OWN = {
    "up": _SCRAPED,
    "ALERTS": ("alertname", "alertstate", "severity", *_SCRAPED),
}
"""What Prometheus says of itself."""


def series() -> dict[str, frozenset[str]]:
    """The labels of each series that can be asked for, by its name."""
    found = {name: frozenset(labels) for name, labels in _OWN.items()}
    for name, metric in METRICS.items():
        labels = frozenset((*metric.labels, *_SCRAPED))
        if metric.kind == "histogram":
            found[f"{name}_bucket"] = labels | {"le"}
            found[f"{name}_count"] = found[f"{name}_sum"] = labels
        else:
            found[name] = labels
    return found


def of_the_database() -> frozenset[str]:
    """Gauges of which every API says the same."""
    return frozenset(name for name, each in METRICS.items() if each.origin == "database")


def check(query: Query, there: Mapping[str, frozenset[str]]) -> None:
    """It asks for series that are there, by labels that they have."""
    assert query.selections
    for each in query.selections:
        assert each.name in there
        assert each.matched <= there[each.name]
    for labels, names in query.groupings:
        assert labels <= frozenset().union(*(there[name] for name in names))
