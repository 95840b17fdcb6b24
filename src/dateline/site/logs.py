"""Structured logs: one JSON line an event on standard error. Ids, states, sizes; never a text, name or time of T."""

import logging
import os
import sys

import structlog


def set_up() -> None:
    """JSON lines, or plain ones on a terminal. The loggers of Django and granian are mute: they print addresses."""
    terminal = sys.stderr.isatty() and not os.environ.get("DATELINE_JSON_LOGS")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.CRITICAL, handlers=[logging.NullHandler()])
