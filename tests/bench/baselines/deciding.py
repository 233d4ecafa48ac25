"""Who is offered what? The next agent with room, for each contact that wasn't handled before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiokafka.structs import ConsumerRecord

from bellhop_common.ids import natural_id
from bench.baselines.documents import Arrived, Offer, route
from bench.baselines.roster import WEIGHT, Roster


@dataclass(frozen=True, slots=True)
class Arrival:
    contact: Arrived
    cause: str

    @property
    def key(self) -> str:
        return str(self.contact.conversation_id)


def read(record: "ConsumerRecord[bytes, bytes]") -> Arrival:
    """Checked against the contract."""
    names, value = dict(record.headers), record.value
    assert value is not None
    cause = natural_id("event", names["ce_source"].decode(), names["ce_id"].decode())
    return Arrival(Arrived.model_validate_json(value), str(cause))


def decide(roster: Roster, arrivals: Iterable[Arrival], now: datetime) -> Sequence[Offer]:
    return [_offer(roster, arrival, now) for arrival in arrivals]


def _offer(roster: Roster, arrival: Arrival, now: datetime) -> Offer:
    item_id = str(natural_id("item", arrival.key, "1"))
    queue, priority, rule = route(arrival.contact)
    agent = roster.take(item_id, now)
    return Offer(
        contact=arrival.contact,
        item_id=item_id,
        offer_id=str(natural_id("offer", item_id, "1")),
        queue=queue,
        priority=priority,
        rule=rule,
        agent=agent,
        agent_version=agent.body["version"],
        used_before=agent.used - WEIGHT,
        cause=arrival.cause,
    )
