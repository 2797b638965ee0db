"""Figures of processes that are forked and die, served by their supervisor.

Each process counts into files of its own in a folder that all share. The files of one that died
stay, so that its counts do; but what it held (connections) is forgotten.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from noteai import metrics, telemetry

if TYPE_CHECKING:
    from prometheus_client import Metric

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""By which prometheus_client, and all processes that are started from here, know the folder."""
_OF_THE_LIVING = re.compile(r"gauge_live[a-z]+_(\d+)\.db")


def begin(folder: Path) -> None:
    """From now on processes that are started here can take part."""
    os.environ[VARIABLE] = str(folder)


def take_part() -> None:
    """Count what this process does, in the folder that its supervisor began."""
    from prometheus_client import CollectorRegistry

    from noteai.metrics.prometheus import Prometheus

    metrics.use(Prometheus(CollectorRegistry()))


@contextmanager
def served(folder: Path, host: str, port: int, refresh: Callable[[], None]) -> Iterator[None]:
    """The figures of all who take part, over HTTP; `refresh` is called before each answer.

    Where the port is taken they are not served, and the work goes on.
    """
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    registry.register(_Refresh(folder, refresh))  # asked first
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    with ExitStack() as stack:
        try:
            server, _ = start_http_server(port, host, registry)
        except OSError as error:
            telemetry.logger().error("metrics_not_served", port=port, reason=error.strerror)
        else:
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        yield


class _Refresh:
    def __init__(self, folder: Path, refresh: Callable[[], None]) -> None:
        self._folder = folder
        self._refresh = refresh

    def collect(self) -> Iterable["Metric"]:
        forget_the_dead(self._folder)
        self._refresh()
        return ()


def forget_the_dead(folder: Path) -> None:
    """Remove what processes held that are no more."""
    from prometheus_client.multiprocess import mark_process_dead

    found = (_OF_THE_LIVING.fullmatch(each.name) for each in folder.glob("gauge_live*.db"))
    for process in {int(each[1]) for each in found if each}:
        if not _is_alive(process):
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
