"""How many read progress, by the way they do."""

import httpx2
from live_door import PATIENCE, Door, eventually
from measuring import text_of, value
from prometheus_client import CollectorRegistry


def test_sockets_are_counted_while_they_are_open(door: Door, measured: CollectorRegistry) -> None:
    def are_open(count: int) -> bool:
        return value(text_of(measured), "noteai_open_streams", kind="websocket") == count

    job = door.job()
    with door.socket(job):
        eventually(lambda: are_open(1))
        with door.socket(job):
            eventually(lambda: are_open(2))
    eventually(lambda: are_open(0))


def test_streams_of_events_are_counted_while_they_are_open(
    door: Door, measured: CollectorRegistry
) -> None:
    def are_open(count: int) -> bool:
        return value(text_of(measured), "noteai_open_streams", kind="sse") == count

    address = f"http://127.0.0.1:{door.port}/api/v1/jobs/{door.job()}/events"
    with httpx2.stream("GET", address, timeout=PATIENCE):
        eventually(lambda: are_open(1))
    eventually(lambda: are_open(0))
