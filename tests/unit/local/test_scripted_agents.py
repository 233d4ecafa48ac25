"""What becomes of something that a scripted agent couldn't do? The day goes on, and it is told when the day is over."""

from datetime import UTC, datetime
from random import Random

from bellhop_local.demo.agents import ScriptedAgent
from bellhop_local.demo.happenings import Happening

ACCEPTS = 2


class ShutDoor:
    async def command(self, name: str, body: dict[str, object]) -> None:
        raise ConnectionError(f"500 to {name} of {body['offer_id']}")


def offered(to: str) -> Happening:
    body = {"agent_id": to, "offer_id": "o1", "conversation_id": "c1", "work_item_id": "w1"}
    return Happening("work.v1", "work.offered", "e1", "c1", datetime(2026, 11, 2, tzinfo=UTC), body, 0)


async def test_what_an_agent_could_not_do_is_kept_with_the_reason() -> None:
    agent = ScriptedAgent("anna", ShutDoor(), Random(ACCEPTS))
    agent.hear(offered("anna"))
    agent.hear(offered("ben"))
    await agent.rest()
    assert agent.failures == ["agent anna gave up: ConnectionError: 500 to accept of o1"]
