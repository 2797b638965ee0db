"""The API, which knows the workflow of `sleepy`, too: `api_door.py PORT [confess]`."""

import sys

from sleepy import TRADE

from noteai.api.door import serve
from noteai.settings import Settings
from noteai.workflows import WORKFLOWS

if __name__ == "__main__":
    WORKFLOWS.update(TRADE.workflows)
    serve(Settings(), "127.0.0.1", int(sys.argv[1]))
    if "confess" in sys.argv:
        print("knows of traces:", "opentelemetry.sdk" in sys.modules)  # noqa: T201 - FastAPI has the API
