"""Which target does a contact get, and which expressions are no rules?"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bellhop_router.domain.opening import Calendar
from bellhop_router.domain.policy import Rule, Target
from bellhop_router.domain.rules import Facts, check, choose, time_facts
from support.routing import BILLING, EMAIL, EXPERTS, FRONT, NOON, POLICY


def test_the_first_rule_that_matches_wins() -> None:
    chosen = choose(POLICY, Facts(EMAIL, flags=("hard", "refund")), NOON)
    assert (chosen.rule, chosen.target.queue) == ("refunds", "billing")


def test_without_a_match_the_default_holds() -> None:
    assert choose(POLICY, Facts(EMAIL), NOON).target.queue == "front"


def test_a_target_may_be_skipped() -> None:
    targets = (Target(BILLING, skip_if="customer.vip"), Target(EXPERTS))
    policy = replace(POLICY, rules=(Rule("money", "true", targets),))
    assert choose(policy, Facts(EMAIL, vip=True), NOON).target.queue == "experts"
    assert choose(policy, Facts(EMAIL), NOON).target.queue == "billing"


def test_a_rule_that_breaks_on_a_contact_does_not_match_and_is_named() -> None:
    policy = replace(POLICY, rules=(Rule("fragile", "1 / size(contact.subject) > 0", (Target(FRONT),)),))
    chosen = choose(policy, Facts(EMAIL), NOON)
    assert (chosen.rule, chosen.failed) == ("default", ("fragile",))


def test_time_is_in_the_desks_zone() -> None:
    policy = replace(POLICY, time_zone="Asia/Shanghai", calendar=Calendar("Asia/Shanghai", "Mo-Fr 09:00-18:00"))
    late = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    assert time_facts(policy, late) == {"hour": 7, "weekday": 6, "open": False}
    assert time_facts(policy, datetime(2026, 3, 6, 2, 0, tzinfo=UTC)) == {"hour": 10, "weekday": 5, "open": True}


@pytest.mark.parametrize(
    "expression",
    ["true", 'contact.channel == "email"', "customer.vip && time.open", 'triage.flags.exists(f, f == "legal")'],
)
def test_these_are_rules(expression: str) -> None:
    assert check(expression) is None


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("contact.channel ==", "Failed to parse"),
        ("contact.chanel == 'email'", "unknown field contact.chanel"),
        ("false && costumer.vip", "unknown name 'costumer'"),
        ("contact.channel == 'chat' && customer.plan == 'x'", "unknown field customer.plan"),
        ("1 + 1", "gives int"),
        ("contact.subject > 3", "fails on the sample contact"),
    ],
)
def test_these_are_not(expression: str, why: str) -> None:
    found = check(expression)
    assert found is not None
    assert why in found.why
