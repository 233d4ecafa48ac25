"""Does work flow, and how long does each contact wait for its work item? A steady load, and what comes of it."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from bellhop_common.errors import Wrong
from bellhop_local.demo.doors import Doors
from bellhop_local.demo.happenings import Happening
from bellhop_local.demo.people import Person, Said
from bellhop_local.demo.script import Step, Way

PER_SECOND: Final = 8
SAID: Final = Said("Where is my order?", "It was due yesterday. Could you tell me where it is?")


@dataclass
class Flow:
    """Instants in seconds: `accepted` when the sender was told so, the others as the broker stamped them.

    Each contact comes from somebody new, so that each begins a work item of its own.
    """

    accepted: dict[str, float] = field(default_factory=dict)
    received: dict[str, float] = field(default_factory=dict)
    queued: dict[str, float] = field(default_factory=dict)
    _named: dict[str, str] = field(default_factory=dict)
    _items: dict[str, float] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, one: Happening) -> None:
        appended = one.appended_ms / 1000
        if one.type == "contact.received":
            named = one.text("provider_message_id")
            self._named[one.text("contact_id")] = named
            self.received[named] = appended
            self._match(one.text("contact_id"))
        elif one.type == "work.queued":
            contact_id = str((one.body.get("first_contact") or {}).get("contact_id"))
            self._items[contact_id] = appended
            self._match(contact_id)

    def _match(self, contact_id: str) -> None:
        """Topics are read in no order among each other."""
        if contact_id in self._named and contact_id in self._items:
            self.queued[self._named[contact_id]] = self._items[contact_id]
            self._news.set()

    def waiting(self) -> list[str]:
        """Accepted, and no work item heard of."""
        return [named for named in self.accepted if named not in self.queued]

    def longest_wait(self, since: float) -> float:
        """Of those whose item came after `since`: how long they waited, counted from then at the earliest."""
        waits = [
            at - max(since, self.received[named])
            for named, at in self.queued.items()
            if at > since and named in self.received
        ]
        return max(waits, default=0.0)

    def first_event_after(self, instant: float) -> float:
        return _first_after(instant, self.received.values())

    def first_item_after(self, instant: float) -> float:
        return _first_after(instant, self.queued.values())

    def last_of_those_before(self, instant: float) -> float:
        """After `instant`, the last one whose sender had been told before."""
        late = [self.queued[named] - instant for named, at in self.accepted.items() if at <= instant]
        return max(0.0, *late) if late else 0.0

    async def caught_up(self, within: float) -> int:
        """How many that were accepted before now still have no item then."""
        asked = set(self.waiting())
        await self._until(lambda: asked <= self.queued.keys(), within)
        return len(asked - self.queued.keys())

    async def begins(self, within: float) -> None:
        await self._until(lambda: bool(self.queued), within)
        if not self.queued:
            raise Wrong(f"no work item came within {within:.0f} s")

    async def _until(self, there: Callable[[], bool], within: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not there():
                    self._news.clear()
                    await self._news.wait()


async def pour(flow: Flow, doors: Doors) -> None:
    """Until cancelled. A door that is shut for too long ends it."""
    async with asyncio.TaskGroup() as group:
        for number in count(1):
            group.create_task(_one(flow, doors, number))
            await asyncio.sleep(1 / PER_SECOND)


async def _one(flow: Flow, doors: Doors, number: int) -> None:
    await doors.form(Step(0.0, number, Way.FORM, Person(number, f"Customer {number}", "en"), SAID))
    flow.accepted[f"demo-form-{number}"] = time.time()


def _first_after(instant: float, stamps: Iterable[float]) -> float:
    return min((at - instant for at in stamps if at > instant), default=float("nan"))
