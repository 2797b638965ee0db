"""The Celery app, made from values. A message says (job, stage) and nothing else."""

from celery import Celery
from kombu import Queue

from noteai.jobs.canary import ADVANCES
from noteai.worker.letting_go import LettingGo

QUEUES = ("media", "speech", "vision", "language", "default")
"""Named by what a stage needs."""
DEFAULT_QUEUE = ADVANCES
BEGUN, NEW = PRIORITIES = (0, 9)
"""Of messages; the first goes first: a job that was begun is finished before another begins."""
STAGE_TASK = "noteai.stage"
HELP_TASK = "noteai.help"
ADVANCE_TASK = "noteai.advance"
CANARY_TASK = "noteai.canary"
TRACE_HEADER = "traceparent"
"""A header of a message beside Celery's own: in which trace its work belongs."""
_TALLY = "noteai.worker.tally:Tally"
_ANSWER_WITHIN = 15.0  # longer than the ten seconds that a worker waits in one BRPOP
_CONNECT_WITHIN = 5.0
_CHORD_LIFE = 3 * 24 * 3600


def make_app(broker_url: str, prefix: str, longest: float) -> Celery:
    """An app whose messages are given again when nobody has confirmed them for `longest` seconds.

    `prefix` stands before every key in Redis, so that several services can share one.
    """
    app = Celery("noteai", set_as_current=False)
    app.conf.update(
        broker_url=broker_url,
        result_backend=f"{_TALLY}+{broker_url}",
        **_delivery(),
        **_content(),
        **_connections(prefix, longest),
        worker_send_task_events=False,
        task_send_sent_event=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    app.steps["consumer"].add(LettingGo)
    return app


def _delivery() -> dict[str, object]:
    """A message is confirmed when its work is done, and a worker takes no more than it does."""
    return {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": 5.0,
        "task_queues": [Queue(name) for name in QUEUES],
        "task_default_queue": DEFAULT_QUEUE,
        "task_create_missing_queues": False,
        "task_publish_retry": False,  # the relay tries again
    }


def _content() -> dict[str, object]:
    """JSON only, and no results: what a header of a chord returns goes to the chord alone."""
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "result_expires": _CHORD_LIFE,
    }


def _connections(prefix: str, longest: float) -> dict[str, object]:
    return {
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": _CONNECT_WITHIN,
        "broker_transport_options": {
            "visibility_timeout": longest,
            "global_keyprefix": prefix,
            "priority_steps": list(PRIORITIES),
            "socket_timeout": _ANSWER_WITHIN,
            "socket_connect_timeout": _CONNECT_WITHIN,
            "socket_keepalive": True,
        },
        "redis_socket_timeout": _ANSWER_WITHIN,
        "redis_socket_connect_timeout": _CONNECT_WITHIN,
        "result_backend_transport_options": {
            "global_keyprefix": prefix,
            "retry_policy": {"max_retries": 3, "interval_start": 0.1, "interval_max": 1.0},
        },
    }
