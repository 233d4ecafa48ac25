"""How do names become ids that are the same on every replica and every replay?"""

from datetime import datetime
from uuid import NAMESPACE_DNS, UUID, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "bellhop")


def natural_id(*parts: str) -> UUID:
    """The id of whatever these parts name; parts are joined with `/`."""
    return uuid5(NAMESPACE, "/".join(parts))


def event_id(topic: str, epoch: int, key: str, sequence: int) -> UUID:
    """`ce_id` on a sequenced topic; `topic` carries its prefix."""
    return natural_id(topic, str(epoch), key, str(sequence))


def time_ordered_id(at: datetime, *parts: str) -> UUID:
    """UUIDv7 (RFC 9562) whose random bits are those of `natural_id`: the same parts and instant give the same id."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    seed = natural_id(*parts).int
    low = seed & (1 << 62) - 1
    middle = seed >> 64 & (1 << 12) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | middle << 64 | 2 << 62 | low)
