"""How is a log line written? JSON on stderr: an `action`, ids, never what a message says."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import FilteringBoundLogger

Log = FilteringBoundLogger
NOISY = ("aiokafka", "faststream", "uvicorn.access", "asyncio")


def configure_logging(level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Third parties speak from warnings on: at lower levels they print keys and values."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.EventRenamer("action"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=stream, format='{"level":"%(levelname)s","logger":"%(name)s"}')
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)


def logger(service: str) -> Log:
    log: Log = structlog.get_logger(service=service)
    return log
