"""For tests that set up the log of this process."""

import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from noteai import telemetry


@pytest.fixture
def log_as_it_was() -> Iterator[None]:
    """A log that is not set up yet, and afterwards everything as before."""
    root, show = logging.getLogger(), warnings.showwarning
    handlers = root.handlers[:]
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(capture=False)
    root.handlers[:], warnings.showwarning = handlers, show
    logging.getLogger("noteai").setLevel(logging.NOTSET)
    telemetry._VOICE.service, telemetry._VOICE.form = "", "console"
