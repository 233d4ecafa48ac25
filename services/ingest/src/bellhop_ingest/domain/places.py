"""Which desk is behind an entry point, and who may publish through it?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from bellhop_ingest.domain.admission import Admissible, Place
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.inputs import DeskDoors, Publisher
from bellhop_ingest.domain.outcomes import Parked, Receipt


def no_tokens(_conversation_id: UUID) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Places:
    """Every entry point of every desk, as last applied."""

    doors: tuple[Door, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    tokens: Callable[[UUID], tuple[str, ...]] = no_tokens

    @property
    def is_empty(self) -> bool:
        return not self.doors

    def find(self, entry_point: str) -> Place | None:
        door = next((door for door in self.doors if door.name == entry_point), None)
        return None if door is None else Place(door, self.tokens)

    def at_address(self, address: str) -> Door | None:
        """Where mail to this address goes; a reply address counts for its domain's door."""
        folded = address.casefold()
        exact = next((door for door in self.doors if (door.address or "").casefold() == folded), None)
        return exact or self._of_replies(folded)

    def may_publish(self, source: str, entry_point: str) -> bool:
        return any(entry_point in one.entry_points for one in self.publishers if one.source == source)

    def _of_replies(self, address: str) -> Door | None:
        local, _, domain = address.rpartition("@")
        if not local.startswith("reply+"):
            return None
        return next((door for door in self.doors if (door.reply_domain or "").casefold() == domain), None)


def gather(desks: Iterable[DeskDoors], tokens: Callable[[UUID], tuple[str, ...]]) -> Places:
    known = tuple(desks)
    return Places(
        tuple(door for desk in known for door in desk.doors),
        tuple(publisher for desk in known for publisher in desk.publishers),
        tokens,
    )


def entry_point_of(outcome: Admissible) -> str:
    match outcome:
        case Arrival(entry_point=name) | Receipt(entry_point=name):
            return name
        case Parked(arrival=arrival):
            return arrival.entry_point
        case news:
            return news.of.entry_point
