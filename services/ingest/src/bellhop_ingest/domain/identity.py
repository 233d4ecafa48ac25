"""Which customer is this? A verified id beats an e-mail address, that a phone number, that any other handle."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from bellhop_ingest.domain.arrival import Handle, Sender
from bellhop_ingest.domain.channels import HandleKind


class Strength(IntEnum):
    """Lower binds more strongly."""

    VERIFIED = 0
    EMAIL = 1
    PHONE = 2
    HANDLE = 3


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    customer_id: UUID
    handles: tuple[Handle, ...]
    external_ids: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        return Sender(self.handles, external_ids=self.external_ids).keys


@dataclass(frozen=True, slots=True)
class Matched:
    """`mergeable` are others that this sender's handles also name, and that may become one with the first."""

    customer_id: UUID
    by: Strength
    mergeable: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Stranger:
    """Nobody is known under any of the handles."""


def identify(sender: Sender, known: Iterable[KnownCustomer]) -> Matched | Stranger:
    """Equal strength goes to the lower customer id, which is the older one."""
    ranked = sorted(
        (rank, customer.customer_id.int, customer)
        for customer in known
        if (rank := _strength(sender, customer)) is not None
    )
    if not ranked:
        return Stranger()
    rank, _, best = ranked[0]
    others = tuple(other.customer_id for _, _, other in ranked[1:] if _may_merge(best, other))
    return Matched(best.customer_id, rank, others)


def strength(handle: Handle) -> Strength:
    if handle.verified:
        return Strength.VERIFIED
    by_kind = {HandleKind.EMAIL: Strength.EMAIL, HandleKind.PHONE: Strength.PHONE}
    return by_kind.get(handle.kind, Strength.HANDLE)


def _strength(sender: Sender, customer: KnownCustomer) -> Strength | None:
    """A handle counts as verified only if both the message and the file say so."""
    if set(sender.external_ids) & set(customer.external_ids):
        return Strength.VERIFIED
    proven = {handle.key for handle in customer.handles if handle.verified}
    theirs = {handle.key for handle in customer.handles}
    found = [_matched_strength(handle, proven) for handle in sender.handles if handle.key in theirs]
    return min(found, default=None)


def _matched_strength(handle: Handle, proven: set[str]) -> Strength:
    if handle.verified and handle.key not in proven:
        return strength(Handle(handle.kind, handle.value))
    return strength(handle)


def _may_merge(one: KnownCustomer, other: KnownCustomer) -> bool:
    """Two different verified ids of one kind, or of one outside system, are two people."""
    return not (_contradict(_verified(one), _verified(other)))


def _verified(customer: KnownCustomer) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for handle in customer.handles:
        if handle.verified:
            found.setdefault(handle.kind, set()).add(handle.value.casefold())
    for system, value in customer.external_ids:
        found.setdefault(f"external:{system}", set()).add(value)
    return found


def _contradict(one: dict[str, set[str]], other: dict[str, set[str]]) -> bool:
    return any(kind in other and not (values & other[kind]) for kind, values in one.items())
