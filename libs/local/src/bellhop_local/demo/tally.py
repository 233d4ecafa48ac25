"""What happened so far, in numbers? Counts and durations from the events alone, each event once."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from bellhop_local.demo.happenings import Happening

ENDS = {"work.resolved": "resolved", "work.abandoned": "abandoned", "work.merged": "merged"}


@dataclass
class Tally:
    """Durations in seconds. An item is `open` from its first event until one of `ENDS`."""

    contacts: Counter[str] = field(default_factory=Counter)
    parked: Counter[str] = field(default_factory=Counter)
    work: Counter[str] = field(default_factory=Counter)
    clocks: Counter[str] = field(default_factory=Counter)
    notices: Counter[tuple[str, str]] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    repeats: int = 0
    dead_letters: int = 0
    waits: list[float] = field(default_factory=list)
    routed: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    open_items: dict[str, str] = field(default_factory=dict)
    agents: dict[str, dict[str, object]] = field(default_factory=dict)
    due_notices: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _received: dict[str, datetime] = field(default_factory=dict)
    _queued: dict[str, datetime] = field(default_factory=dict)
    _first_event: dict[str, Happening] = field(default_factory=dict)

    def add(self, one: Happening) -> bool:
        """False for a repeat."""
        if one.id in self._seen:
            self.repeats += 1
            return False
        self._seen.add(one.id)
        match one.type.partition(".")[0]:
            case "contact":
                self._contact(one)
            case "work":
                self._work(one)
            case "sla":
                self._clock(one)
            case "notice":
                self._notice(one)
            case "agent" if one.type == "agent.state":
                self.agents[one.key] = one.body
        return True

    @property
    def quiet(self) -> bool:
        return not self.open_items and not self.due_notices

    def _contact(self, one: Happening) -> None:
        if one.type == "contact.received":
            self.contacts[one.text("channel")] += 1
            self._received[one.text("contact_id")] = one.at
        elif one.type == "contact.parked":
            self.parked[str(one.body["park"]["reason"])] += 1
        elif one.type == "contact.refused":
            self.refused += 1

    def _work(self, one: Happening) -> None:
        self.work[one.type.removeprefix("work.")] += 1
        item = one.text("work_item_id")
        if one.type in ENDS:
            self.open_items.pop(item, None)
        elif item and one.type != "work.rejected" and (item in self.open_items or one.type == "work.queued"):
            self.open_items[item] = one.text("queue")
        if one.type == "work.queued":
            self._queued[item] = one.at
            self._first_event[item] = one
        elif one.type == "work.offered" and item in self._first_event:
            self._offered_first(item, one)
        elif one.type == "work.assigned" and item in self._queued:
            self.waits.append((one.at - self._queued.pop(item)).total_seconds())

    def _offered_first(self, item: str, offered: Happening) -> None:
        """Only items offered in the very transaction that queued them measure the way from event to offer."""
        queued = self._first_event.pop(item)
        first = queued.body.get("first_contact") or {}
        received_at = self._received.get(str(first.get("contact_id")))
        if offered.body.get("desk_seq") == queued.body.get("desk_seq") and received_at is not None:
            self.routed.append((offered.at - received_at).total_seconds())

    def _clock(self, one: Happening) -> None:
        self.clocks[one.type.removeprefix("sla.clock-")] += 1
        if one.body.get("late_ms") is not None:
            self.late_ms.append(float(one.body["late_ms"]))

    def _notice(self, one: Happening) -> None:
        outcome, named = one.type.removeprefix("notice."), one.text("notice_id")
        self.notices[one.text("kind"), outcome] += 1
        if outcome == "suppressed":
            self.suppressed[one.text("reason")] += 1
        if outcome == "scheduled":
            self.due_notices.add(named)
        elif outcome != "deferred":
            self.due_notices.discard(named)


def percentile(values: list[float], share: float) -> float | None:
    """Nearest rank."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
