"""How is a log line written? JSON on stderr: an `action`, ids, never what a message says."""

import json
import logging
import sys
import time
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

Log = FilteringBoundLogger
NOISY: Final = ("aiokafka", "faststream", "uvicorn.access", "asyncio")
# Whose words, before anything is put into them, hold nothing of a record.
PLAIN_SPOKEN: Final = ("aiokafka", "uvicorn")
AGAIN_AFTER: Final = 60.0


class SaidOnce:
    """Whoever waits for a server looks again and again, and says so (`…-wait`, `…-waits`) once a minute."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, _logger: object, _method: str, said: EventDict) -> EventDict:
        action, now = str(said.get("event")), time.monotonic()
        if action.endswith(("-wait", "-waits")):
            if now - self._said.get(action, -AGAIN_AFTER) < AGAIN_AFTER:
                raise structlog.DropEvent
            self._said[action] = now
        return said


class Others(logging.Formatter):
    """What a library says: its words without what it would put into them."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {"level": record.levelname.lower(), "logger": record.name}
        if record.name.startswith(PLAIN_SPOKEN) and isinstance(record.msg, str):
            said["words"] = record.msg
        if record.exc_info and record.exc_info[0] is not None:
            said["error_class"] = record.exc_info[0].__name__
            return f"{json.dumps(said)}\n{self.formatException(record.exc_info)}"
        return json.dumps(said)


class OnceAMinute(logging.Filter):
    """A client whose broker is away says so many times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._said.get(place, -AGAIN_AFTER) < AGAIN_AFTER:
            return False
        self._said[place] = now
        return True


def configure_logging(level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Third parties speak from warnings on: at lower levels they print keys and values."""
    structlog.configure(
        processors=[
            SaidOnce(),
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
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Others())
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)


def logger(service: str) -> Log:
    log: Log = structlog.get_logger(service=service)
    return log
