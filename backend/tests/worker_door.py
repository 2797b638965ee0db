"""A worker that knows only the workflow of `sleepy`: run with settings in the environment."""

import sys

from sleepy import TRADE

from noteai.settings import Settings
from noteai.worker.door import serve

if __name__ == "__main__":
    status = serve(Settings(), concurrency=2, trade=TRADE)
    print("knows of traces:", "opentelemetry" in sys.modules)  # noqa: T201
    sys.exit(status)
