"""Is this process alive, ready, started? By progress and by what it waits for, never by a ping."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from bellhop_common.observability.logging import Log

SAY_EVERY: Final = 60.0


@dataclass
class Health:
    """`waiting` names what the process waits for, by who waits; it is ready when nobody does."""

    log: Log
    started: bool = False
    stopping: bool = False
    failed: str | None = None
    waiting: dict[str, str] = field(default_factory=dict)
    _said_at: dict[str, float] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _tries: Counter[str] = field(default_factory=Counter)

    @property
    def ready(self) -> bool:
        return self.started and not self.stopping and self.failed is None and not self.waiting

    def wait(self, who: str, reason: str) -> None:
        """Says so once a minute, however often it is told."""
        self.waiting[who] = reason
        self._tries[who] += 1
        now = time.monotonic()
        if now - self._said_at.get(who, now - SAY_EVERY) >= SAY_EVERY:
            self._said_at[who] = now
            self._told.add(who)
            self.log.warning("waiting", who=who, reason=reason, tries=self._tries.pop(who))

    def go_on(self, who: str) -> None:
        self.waiting.pop(who, None)
        self._tries.pop(who, None)
        if who in self._told:
            self._told.remove(who)
            self.log.info("going-on", who=who)

    def report(self) -> dict[str, object]:
        return {
            "ready": self.ready,
            "started": self.started,
            "stopping": self.stopping,
            "failed": self.failed,
            "waiting": dict(self.waiting),
        }
