"""Every series that is counted where the work is done. Labels are bounded: never an id."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "histogram", "gauge"]
_WORK = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 14400)
_SPEED = (0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_LENGTH = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2, 3, 5, 10)
_LOOK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_MEMORY = tuple(float(1 << power) for power in range(26, 36))


@dataclass(frozen=True)
class Family:
    """`name` as it is served; a unit stands at its end."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()
    is_of_the_living: bool = False
    """A gauge that is summed over processes, and forgets those that died."""


_STAGE = ("workflow", "stage")
_MODEL = ("provider", "model")

FAMILIES = (
    Family(
        "noteai_stage_duration_seconds",
        "histogram",
        (*_STAGE, "outcome"),
        "From the claim of a stage to the end of the attempt.",
        _WORK,
    ),
    Family(
        "noteai_stage_speed_ratio",
        "histogram",
        _STAGE,
        "Seconds of the recording for a second of work, of stages that ran.",
        _SPEED,
    ),
    Family("noteai_stage_attempts_total", "counter", _STAGE, "Stages that were claimed."),
    Family(
        "noteai_stage_cache_hits_total",
        "counter",
        _STAGE,
        "Stages whose answer was in the store already.",
    ),
    Family(
        "noteai_stage_failures_total",
        "counter",
        (*_STAGE, "code"),
        "Stages that failed for good, by the error's code.",
    ),
    Family(
        "noteai_stage_peak_memory_bytes",
        "histogram",
        ("stage",),
        "The most that one process of the worker had used when a stage that ran was done.",
        _MEMORY,
    ),
    Family(
        "noteai_jobs_ended_total", "counter", ("workflow", "state"), "Jobs that came to an end."
    ),
    Family(
        "noteai_job_length_ratio",
        "histogram",
        ("workflow",),
        "Seconds from submission to end for a second of the recording, of jobs that completed.",
        _LENGTH,
    ),
    Family(
        "noteai_sweeper_actions_total", "counter", ("action",), "What the sweeper mended, by kind."
    ),
    Family("noteai_sweep_duration_seconds", "histogram", (), "What one sweep took.", _LOOK),
    Family(
        "noteai_sweeper_last_success_timestamp_seconds",
        "gauge",
        (),
        "When a sweep came to its end last.",
    ),
    Family("noteai_relay_sent_total", "counter", (), "Wake-ups that the relay sent."),
    Family(
        "noteai_webhook_deliveries_total",
        "counter",
        ("outcome",),
        "Attempts to deliver, by what came of them.",
    ),
    Family(
        "noteai_model_calls_total",
        "counter",
        (*_MODEL, "outcome"),
        "Requests to the language model.",
    ),
    Family(
        "noteai_model_tokens_total",
        "counter",
        (*_MODEL, "direction"),
        "Tokens that were sent to the language model (in) and came back (out).",
    ),
    Family(
        "noteai_model_cost_usd_total",
        "counter",
        _MODEL,
        "US dollars of the answers of the language model, where its price is known.",
    ),
    Family(
        "noteai_store_bytes_total",
        "counter",
        ("direction",),
        "Bytes that were sent to the object store (put) and came from it (fetched).",
    ),
    Family(
        "noteai_store_requests_total",
        "counter",
        ("operation", "outcome"),
        "Requests to the object store, by S3's name of the operation.",
    ),
    Family("noteai_scratch_bytes", "gauge", (), "Of the folders that stages work in."),
    Family("noteai_disk_free_bytes", "gauge", ("volume",), "Left for NoteAI on a volume."),
    Family("noteai_disk_size_bytes", "gauge", ("volume",), "Of a volume."),
    Family(
        "noteai_database_connections",
        "gauge",
        ("state",),
        "Connections of this API, or of this worker's processes.",
        is_of_the_living=True,
    ),
    Family(
        "noteai_open_streams",
        "gauge",
        ("kind",),
        "Readers of progress who are connected.",
        is_of_the_living=True,
    ),
    Family("noteai_build_info", "gauge", ("version",), "1, with the version of NoteAI."),
)
