"""Which policy holds for a work item, and how long does it allow for a metric?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

import cel

from bellhop_sla.domain.facts import Context, Customer


class Metric(StrEnum):
    TIME_TO_ACCEPT = "time_to_accept"
    FIRST_RESPONSE = "first_response_time"
    NEXT_RESPONSE = "next_response_time"
    PERIODIC_UPDATE = "periodic_update_time"
    RESOLUTION = "resolution_time"
    REQUESTER_WAIT = "requester_wait_time"
    PROMISED = "promised_time"


NEVER_PAUSED = frozenset({Metric.TIME_TO_ACCEPT, Metric.RESOLUTION, Metric.PROMISED})


class BadPolicy(Exception):
    """The condition can't be compiled, or asks for what no work item has."""

    def __init__(self, policy: str, why: str) -> None:
        super().__init__(f"sla policy {policy}: when: {why}")
        self.policy = policy
        self.why = why


@dataclass(frozen=True, slots=True)
class Target:
    """`warnings` are percentages of `within`; `pause_on` names what is waited for."""

    metric: str
    within: timedelta
    tier: int = 1
    warnings: tuple[int, ...] = (50, 80, 95)
    pause_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    when: str = "true"
    queues: tuple[str, ...] = ()
    calendar: str | None = None
    targets: tuple[Target, ...] = ()

    def target(self, metric: Metric, tier: int) -> Target | None:
        """That tier's own, else the one of the nearest tier below."""
        fitting = (target for target in self.targets if target.metric == metric and target.tier <= tier)
        return max(fitting, key=lambda target: target.tier, default=None)


@dataclass(frozen=True, slots=True)
class Queue:
    """`policy` names the one policy of this queue; without it those that list the queue or none apply."""

    name: str
    calendar: str | None = None
    policy: str | None = None


def choose(policies: Iterable[Policy], queue: Queue, context: Context) -> Policy | None:
    """The first that covers the queue and whose condition holds."""
    asked = _variables(context)
    return next((one for one in policies if _covers(one, queue) and _condition(one.when).execute(asked) is True), None)


def pauses_on(metric: Metric, target: Target | None) -> frozenset[str]:
    if metric in NEVER_PAUSED:
        return frozenset()
    if metric is Metric.REQUESTER_WAIT:
        return frozenset({"customer"})
    return frozenset(target.pause_on) if target is not None else frozenset()


def check(policy: Policy) -> None:
    """Raises `BadPolicy`; tries the condition on a sample, since a name that doesn't exist fails only then."""
    try:
        answer = _condition(policy.when).execute(_variables(_SAMPLE))
    except (ValueError, TypeError, LookupError, RuntimeError) as error:
        raise BadPolicy(policy.name, str(error)) from error
    if not isinstance(answer, bool):
        raise BadPolicy(policy.name, f"gives {type(answer).__name__}, expected true or false")


_SAMPLE = Context(queue="sample", tier=1, priority=50, channel="email", desk_version=1)


def _covers(policy: Policy, queue: Queue) -> bool:
    if queue.policy is not None:
        return policy.name == queue.policy
    return not policy.queues or queue.name in policy.queues


@lru_cache(maxsize=4_096)
def _condition(when: str) -> cel.Program:
    return cel.compile(when)


def _variables(context: Context) -> dict[str, object]:
    customer = context.customer or Customer()
    return {
        "conversation": {"channel": context.channel, "queue": context.queue},
        "customer": {"vip": customer.vip, "segment": customer.segment, "locale": customer.locale},
        "queue": context.queue,
        "tier": context.tier,
        "channel": context.channel,
        "priority": context.priority,
    }
