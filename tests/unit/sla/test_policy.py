"""Does the first policy that covers the queue and whose condition holds decide?"""

from datetime import timedelta

import pytest

from bellhop_sla.domain.facts import Context, Customer
from bellhop_sla.domain.policy import BadPolicy, Metric, Policy, Queue, Target, check, choose

HOUR = timedelta(hours=1)
GENERAL = Queue("general")
EMAIL = Context("general", 1, 50, "email", 1, Customer(vip=False))
VIP = Context("general", 1, 50, "email", 1, Customer(vip=True, segment="gold"))


def test_the_first_policy_that_matches_wins() -> None:
    policies = (Policy("vip", "customer.vip"), Policy("gold", "customer.segment == 'gold'"), Policy("all"))
    assert choose(policies, GENERAL, VIP) == policies[0]
    assert choose(policies, GENERAL, EMAIL) == policies[2]


def test_a_condition_may_ask_for_queue_tier_channel_and_priority() -> None:
    policy = Policy("p", "queue == 'general' && tier < 2 && channel in ['email', 'form'] && priority >= 50")
    assert choose((policy,), GENERAL, EMAIL) == policy


def test_a_policy_that_lists_queues_covers_only_those() -> None:
    assert choose((Policy("billing", queues=("billing",)),), GENERAL, EMAIL) is None


def test_a_queue_that_names_its_policy_takes_no_other() -> None:
    policies = (Policy("all"), Policy("gold"))
    assert choose(policies, Queue("general", policy="gold"), EMAIL) == policies[1]


def test_a_tier_without_its_own_target_takes_that_of_the_nearest_tier_below() -> None:
    policy = Policy("p", targets=(Target("time_to_accept", HOUR), Target("time_to_accept", 2 * HOUR, tier=3)))
    assert policy.target(Metric.TIME_TO_ACCEPT, 2) == Target("time_to_accept", HOUR)
    assert policy.target(Metric.TIME_TO_ACCEPT, 4) == Target("time_to_accept", 2 * HOUR, tier=3)
    assert policy.target(Metric.RESOLUTION, 1) is None


@pytest.mark.parametrize("when", ["customer.vip &&", "customr.vip", "priority", "customer.age > 3"])
def test_a_condition_that_cannot_work_is_refused_when_it_is_loaded(when: str) -> None:
    with pytest.raises(BadPolicy):
        check(Policy("p", when))
