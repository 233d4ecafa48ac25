"""What can go wrong? Every fault that a day may have, how often, for how long, and whom it concerns."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Harm(StrEnum):
    """To a replica, to a server, or to neither: then it is work at a bad moment.

    Frozen inside something: stopped there for certain, since it is looked after the stop.
    """

    KILL = "killed"
    FREEZE = "frozen"
    ASK = "asked to leave"
    IN_TRANSACTION = "frozen inside a transaction"
    IN_SEND = "frozen inside a send"
    IN_MAIL = "frozen inside a mail"
    KILL_IN_MAIL = "killed inside a mail"
    CLOCK = "with a clock an hour off"
    EMPTY = "started twice at once on an empty database"
    KAFKA = "Kafka killed"
    KAFKA_FROZEN = "Kafka frozen"
    LEADER = "Kafka gone for half a minute"
    POSTGRES = "PostgreSQL killed"
    POSTGRES_FROZEN = "PostgreSQL frozen"
    CONNECTIONS = "PostgreSQL out of connections"
    DISK = "the disk full"
    DESK = "a desk file applied"

    @property
    def slug(self) -> str:
        """As a command line names it."""
        return self.name.lower().replace("_", "-")


PLAIN: Final = (Harm.KILL, Harm.FREEZE, Harm.ASK)
MAIL: Final = (Harm.IN_MAIL, Harm.KILL_IN_MAIL)
TO_REPLICAS: Final = (*PLAIN, Harm.IN_TRANSACTION, Harm.IN_SEND, *MAIL, Harm.CLOCK)
# What a schedule of kills forgets.
RARE: Final = (
    Harm.IN_TRANSACTION,
    Harm.IN_SEND,
    Harm.DESK,
    Harm.CLOCK,
    Harm.KILL_IN_MAIL,
    Harm.CONNECTIONS,
    Harm.EMPTY,
    Harm.DISK,
    Harm.LEADER,
    Harm.IN_MAIL,
)
OFTEN: Final[Mapping[Harm, int]] = MappingProxyType(
    {
        Harm.KILL: 24,
        Harm.FREEZE: 24,
        Harm.ASK: 16,
        Harm.IN_TRANSACTION: 8,
        Harm.IN_SEND: 8,
        Harm.IN_MAIL: 2,
        Harm.KILL_IN_MAIL: 4,
        Harm.CLOCK: 4,
        Harm.EMPTY: 1,
        Harm.KAFKA: 4,
        Harm.KAFKA_FROZEN: 4,
        Harm.LEADER: 1,
        Harm.POSTGRES: 4,
        Harm.POSTGRES_FROZEN: 4,
        Harm.CONNECTIONS: 2,
        Harm.DISK: 2,
        Harm.DESK: 4,
    }
)
# Sessions last 1.5 s, so that a replica frozen for longer has lost its partitions when it wakes. PostgreSQL ends an
# idle transaction after 5 s. A mail's lease lasts 60 s: frozen for longer, its notice is in doubt.
LASTS: Final[Mapping[Harm, tuple[float, float]]] = MappingProxyType(
    {
        Harm.KILL: (0.0, 1.0),
        Harm.FREEZE: (2.0, 8.0),
        Harm.ASK: (0.0, 1.0),
        Harm.IN_TRANSACTION: (6.0, 9.0),
        Harm.IN_SEND: (6.0, 9.0),
        Harm.IN_MAIL: (62.0, 66.0),
        Harm.KILL_IN_MAIL: (0.0, 1.0),
        Harm.CLOCK: (6.0, 12.0),
        Harm.EMPTY: (0.0, 1.0),
        Harm.KAFKA: (0.2, 4.0),
        Harm.KAFKA_FROZEN: (1.0, 6.0),
        Harm.LEADER: (30.0, 30.0),
        Harm.POSTGRES: (0.2, 4.0),
        Harm.POSTGRES_FROZEN: (1.0, 6.0),
        Harm.CONNECTIONS: (5.0, 10.0),
        Harm.DISK: (5.0, 10.0),
        Harm.DESK: (0.0, 0.0),
    }
)
# Two faults of one of these wait for each other.
CONCERNED: Final[Mapping[Harm, tuple[str, ...]]] = MappingProxyType(
    {
        Harm.KAFKA: ("kafka",),
        Harm.KAFKA_FROZEN: ("kafka",),
        Harm.LEADER: ("kafka",),
        Harm.POSTGRES: ("postgres",),
        Harm.POSTGRES_FROZEN: ("postgres",),
        Harm.CONNECTIONS: ("postgres",),
        Harm.DISK: ("kafka", "postgres"),
        Harm.EMPTY: ("kafka", "postgres"),
        Harm.DESK: ("desk",),
    }
)
