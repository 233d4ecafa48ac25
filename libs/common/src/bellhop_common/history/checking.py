"""What is the verdict on a history? Every rule in the order of the documentation, the ones without input too."""

from collections.abc import Iterator

from bellhop_common.history.ports import History, Outside, Rule
from bellhop_common.history.rules import (
    capacity,
    clocks,
    contacts,
    dead_letters,
    decision,
    desk_order,
    identity,
    item_machine,
    key,
    live_claim,
    notices,
    rest,
    sequence,
)
from bellhop_common.history.verdicts import Verdict, not_checked

RULES: tuple[Rule, ...] = (
    identity.RULE,
    key.RULE,
    sequence.RULE,
    desk_order.RULE,
    item_machine.RULE,
    live_claim.RULE,
    capacity.RULE,
    decision.RULE,
    clocks.RULE,
    contacts.RULE,
    notices.RULE,
    dead_letters.RULE,
    rest.RULE,
)


def judge(rule: Rule, history: History, outside: Outside) -> Iterator[Verdict]:
    missing = [topic for topic in rule.needs if topic not in history.facts.extents]
    if missing:
        yield not_checked(rule.name, "", f"no topic {', '.join(missing)}")
    else:
        yield from rule.check(history, outside)


def judge_all(history: History, outside: Outside) -> Iterator[Verdict]:
    for rule in RULES:
        yield from judge(rule, history, outside)
