"""On which desks is measured? Ordinary ones, with agents enough that every contact is offered at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import orjson

SOURCE: Final = "bench/desktops"
SHOP: Final = "bench/shop"
ITEMS_AN_AGENT: Final = 25
CHANNELS: Final = ("email", "event")
_LONG: Final = {"mode": "offer", "weight": 100 // ITEMS_AN_AGENT, "offer_timeout": "4h"}


@dataclass(frozen=True, slots=True)
class Plan:
    """So many desks with so many agents each."""

    desks: int
    agents: int

    @property
    def room(self) -> int:
        """How many contacts can be on offer at the same time."""
        return self.desks * self.agents * ITEMS_AN_AGENT

    @property
    def names(self) -> list[str]:
        return [f"desk-{number:02}" for number in range(self.desks)]

    def agents_of(self, desk: str) -> Iterator[str]:
        return (f"{desk}-agent-{number:03}" for number in range(self.agents))


ONE: Final = Plan(desks=1, agents=200)
SIXTEEN: Final = Plan(desks=16, agents=20)


def door_of(desk: str) -> str:
    return f"{desk}-mail"


def shop_of(desk: str) -> str:
    return f"{desk}-shop"


def desk_file(plan: Plan, desk: str) -> bytes:
    """JSON, which is YAML too. Nothing lapses while it is measured."""
    return orjson.dumps(
        {
            "desk": desk,
            "name": desk,
            "time_zone": "Europe/Sofia",
            "locales": ["en", "bg"],
            "entry_points": [
                {"name": door_of(desk), "channel": "email", "address": f"{desk}@example.com"},
                {"name": shop_of(desk), "channel": "event"},
            ],
            "channels": dict.fromkeys(CHANNELS, _LONG),
            "queues": [{"name": "front"}, {"name": "billing", "priority": 60}],
            "rules": [
                {
                    "key": "refunds",
                    "when": 'triage.flags.exists(f, f == "refund") || contact.subject.contains("refund")',
                    "targets": [{"queue": "billing"}],
                },
                {"key": "big-customers", "when": "customer.vip", "targets": [{"queue": "front", "priority": 80}]},
            ],
            "default": [{"queue": "front"}],
            "publishers": [
                {"source": SOURCE, "acts_for_agents": True},
                {"source": SHOP, "entry_points": [shop_of(desk)]},
            ],
            "life": {"lease": "1d"},
            "agents": [_agent(name) for name in plan.agents_of(desk)],
        }
    )


def _agent(name: str) -> dict[str, object]:
    return {
        "id": name,
        "display_name": name.replace("-", " ").title(),
        "languages": {"en": 4, "bg": 5},
        "channels": CHANNELS,
    }
