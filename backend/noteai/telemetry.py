"""The log on standard error: constant events, with facts as fields.

structlog is loaded with the first line that is written, for most runs write none.
"""

import logging
import sys
from typing import Any

_NOTEAI = logging.getLogger("noteai")


def set_level(name: str) -> None:
    """Leave out what is less serious than `name`: debug, info, warning, error."""
    _NOTEAI.setLevel(logging.getLevelNamesMapping().get(name.upper(), logging.WARNING))


def logger() -> Any:
    """The structlog logger, set up unless that was done elsewhere."""
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(),
                    exception_formatter=structlog.dev.plain_traceback,  # rich's takes seconds
                ),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_NOTEAI.level),
            logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        )
    return structlog.get_logger()
