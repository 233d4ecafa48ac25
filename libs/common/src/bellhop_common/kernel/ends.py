"""How does a process end itself, and why? In good order while it can, at once when part of it is dead."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bellhop_common.kernel.breaker import BreakerOpen
from bellhop_common.messaging.assignment import TopicRecreated
from bellhop_common.postgres.errors import classify

# Whose words name topics, numbers and error classes only.
OUTSPOKEN: Final = (BreakerOpen, TopicRecreated)


def _politely() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _at_once() -> None:
    os._exit(1)


@dataclass(frozen=True, slots=True)
class Ends:
    politely: Callable[[], None] = _politely
    at_once: Callable[[], None] = _at_once


def why(error: Exception) -> str:
    """Of others only the kind is told: their words may hold what people wrote."""
    return f"{type(error).__name__}: {error}" if isinstance(error, OUTSPOKEN) else classify(error).reason
