"""The API of the workflow of `sleepy`: run with settings in the environment, and a port."""

import sys
from dataclasses import replace

from sleepy import TRADE

from noteai.api.app import create_app
from noteai.api.door import answer, services_of
from noteai.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    with services_of(settings) as services:
        app = create_app(replace(services, workflows=TRADE.workflows))
        answer(app, settings, "127.0.0.1", int(sys.argv[1]))
