"""How do names become ids that are the same on every replica and every replay?"""

from uuid import NAMESPACE_DNS, UUID, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "bellhop")


def natural_id(*parts: str) -> UUID:
    """The id of whatever these parts name; parts are joined with `/`."""
    return uuid5(NAMESPACE, "/".join(parts))


def event_id(topic: str, epoch: int, key: str, sequence: int) -> UUID:
    """`ce_id` on a sequenced topic; `topic` carries its prefix."""
    return natural_id(topic, str(epoch), key, str(sequence))
