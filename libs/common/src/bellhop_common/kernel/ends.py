"""How does a process end itself? In good order while it can, at once when part of it is dead."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass


def _politely() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _at_once() -> None:
    os._exit(1)


@dataclass(frozen=True, slots=True)
class Ends:
    politely: Callable[[], None] = _politely
    at_once: Callable[[], None] = _at_once
