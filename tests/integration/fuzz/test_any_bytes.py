"""Do any bytes at any door get an answer that says why, in time, with memory in bounds, and is the next good one taken?

`bellhop fuzz --door NAME --seed N` throws the same, for longer.
"""

import pytest

from bellhop_local.fuzz.bout import Rules, fight
from bellhop_local.fuzz.world import World

SECONDS = 1.5
SEED = 1
DOORS = (
    "lmtp",
    "chat",
    "forms",
    "submissions",
    "customers",
    "webhooks",
    "calls and texts",
    "work items",
    "agents",
    "desk files",
    "clocks",
    "notices",
    "contact.inbound.v1",
    "customer.command.v1",
    "agent.command.v1",
    "work.command.v1",
    "ingest port",
    "router port",
    "sla port",
    "notifier port",
)

pytestmark = pytest.mark.xdist_group("fuzz")


@pytest.mark.parametrize("door", DOORS)
async def test_any_bytes_get_an_answer_and_the_next_good_message_is_taken(place: World, door: str) -> None:
    bout = await fight(place.doors[door], Rules(SECONDS, SEED, place.memory))
    assert [str(one) for one in bout.found] == []
    assert bout.attacks > 0


def test_no_door_is_left_out(place: World) -> None:
    assert set(DOORS) == set(place.doors)
