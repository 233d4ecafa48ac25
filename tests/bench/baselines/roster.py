"""Who is next? Agents in the order in which they last took work; who is full stands aside."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from bellhop_common.events.wire import rfc3339
from bellhop_common.postgres.database import Connection

WEIGHT: Final = 4
LOAD: Final = "SELECT body::text AS body FROM aggregates WHERE kind = 'agent' AND body IS NOT NULL"
EPOCH_MICROSECONDS: Final = 1_000_000


@dataclass(slots=True)
class Agent:
    """`body` is the document as it lies in the database."""

    id: str
    body: dict[str, Any]
    used: int
    capacity: int

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Agent":
        profile = body["profile"]
        return cls(profile["id"], body, sum(hold["weight"] for hold in body["holds"]), profile["capacity"])

    @property
    def has_room(self) -> bool:
        return self.capacity - self.used >= WEIGHT

    def take(self, item_id: str, now: datetime) -> None:
        self.used += WEIGHT
        self.body["holds"].append({"weight": WEIGHT, "channel": "email", "item_id": item_id})
        self.body["turns"]["email"] = rfc3339(now)
        self.body["version"] = max(self.body["version"] + 1, int(now.timestamp() * EPOCH_MICROSECONDS))


class Roster:
    """One process has it all to itself, which is what the router can't assume."""

    def __init__(self, agents: list[Agent]) -> None:
        self._waiting = deque(sorted((one for one in agents if one.has_room), key=_last_turn))

    @classmethod
    async def load(cls, connection: Connection) -> "Roster":
        return cls([Agent.read(orjson.loads(record["body"])) for record in await connection.fetch(LOAD)])

    def take(self, item_id: str, now: datetime) -> Agent:
        """Raises `IndexError` when nobody has room: then nothing that is measured is left to compare."""
        agent = self._waiting.popleft()
        agent.take(item_id, now)
        if agent.has_room:
            self._waiting.append(agent)
        return agent


def _last_turn(agent: Agent) -> tuple[str, str]:
    return (agent.body["turns"].get("email") or agent.body["since"] or "", agent.id)
