"""How is a log line written? JSON on stderr: an `action`, ids, never what a message says."""

import json
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

Log = FilteringBoundLogger
NOISY: Final = ("aiokafka", "faststream", "uvicorn.access", "asyncio")
# Whose words, before anything is put into them, hold nothing of a record.
PLAIN_SPOKEN: Final = ("aiokafka", "uvicorn")
AGAIN_AFTER: Final = 60.0
DEEPEST: Final = 8


class SaidOnce:
    """Whoever waits for a server looks again and again, and says so (`…-wait`, `…-waits`) once a minute.

    `tries` counts what was to be said since it was said last.
    """

    def __init__(self) -> None:
        self._said: dict[str, float] = {}
        self._tries: Counter[str] = Counter()

    def __call__(self, _logger: object, _method: str, said: EventDict) -> EventDict:
        action, now = str(said.get("event")), time.monotonic()
        if not action.endswith(("-wait", "-waits")):
            return said
        self._tries[action] += 1
        if now - self._said.get(action, -AGAIN_AFTER) < AGAIN_AFTER:
            raise structlog.DropEvent
        self._said[action] = now
        return {**said, "tries": self._tries.pop(action)}


class Others(logging.Formatter):
    """What a library says: its words without what it would put into them, an error without its words."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {"level": record.levelname.lower(), "logger": record.name}
        if record.name.startswith(PLAIN_SPOKEN) and isinstance(record.msg, str):
            said["words"] = record.msg
        if record.exc_info and record.exc_info[0] is not None:
            said["error_class"] = record.exc_info[0].__name__
            said["at"] = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in _frames(record.exc_info[2])]
        return json.dumps(said)


def _frames(where: TracebackType | None) -> Iterable[traceback.FrameSummary]:
    """Where it was raised; what an error says may hold what people wrote."""
    return traceback.extract_tb(where)[-DEEPEST:]


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
