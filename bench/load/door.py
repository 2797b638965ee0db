"""The API that knows the idle workflow: `python -m bench.load.door PORT`, settings as ever.

With `uncounted` after the port it has no metrics.
"""

import sys
from dataclasses import replace

from bench.load.idle import IDLE
from noteai import tables as _all_tables  # noqa: F401 - rows refer to those of other features
from noteai.api.app import create_app
from noteai.api.door import answer, services_of
from noteai.settings import Settings
from noteai.workflows import WORKFLOWS

if __name__ == "__main__":
    settings = Settings()
    with services_of(settings) as services:
        known = replace(services, workflows={**WORKFLOWS, "idle": IDLE})
        app = create_app(known, is_measured="uncounted" not in sys.argv)
        answer(app, settings, "127.0.0.1", int(sys.argv[1]))
