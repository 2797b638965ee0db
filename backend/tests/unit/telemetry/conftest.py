"""Each test sets the log up anew, and leaves it as it was."""

import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from noteai import telemetry


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("noteai")
    handlers, show = root.handlers[:], warnings.showwarning
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(capture=False)
    root.handlers[:], warnings.showwarning = handlers, show
    ours.setLevel(logging.NOTSET)
    telemetry._VOICE.service, telemetry._VOICE.form = "", "console"
