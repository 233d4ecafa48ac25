"""Which targets does a contact get? The desk's rules, in CEL, first match wins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import cel
from opening_hours import OpeningHours

from bellhop_router.domain.names import Channel
from bellhop_router.domain.policy import DeskPolicy, Target

# What CEL raises while it runs: an unknown name, a missing field, operands that don't fit.
FAILURES = (RuntimeError, LookupError, TypeError, ValueError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may ask about. Every field is always there; what isn't known is empty."""

    channel: Channel
    entry_point: str = ""
    kind: str = "contact"
    subject: str = ""
    text: str = ""
    language: str = ""
    language_confidence: float = 0.0
    attachments: int = 0
    is_new: bool = True
    verified: bool = False
    vip: bool = False
    segment: str = ""
    locale: str = ""
    customer_flags: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    urgency: float = 0.0
    sentiment: float = 0.0

    def variables(self, at: Mapping[str, object]) -> dict[str, object]:
        return {
            "contact": {
                "channel": self.channel,
                "entry_point": self.entry_point,
                "kind": self.kind,
                "subject": self.subject,
                "text": self.text,
                "language": self.language,
                "language_confidence": self.language_confidence,
                "attachments": self.attachments,
                "is_new": self.is_new,
                "verified": self.verified,
            },
            "customer": {
                "vip": self.vip,
                "segment": self.segment,
                "locale": self.locale,
                "flags": list(self.customer_flags),
            },
            "triage": {"flags": list(self.flags), "urgency": self.urgency, "sentiment": self.sentiment},
            "time": dict(at),
        }


SAMPLES = (
    Facts(Channel("email")),
    Facts(Channel("chat"), "web", "contact", "Refund", "a text", "en", 0.9, 1, False, True, True, "gold", "en"),  # noqa: FBT003
    Facts(Channel("phone"), customer_flags=("abusive",), flags=("legal",), urgency=1.0, sentiment=-1.0),
)


@dataclass(frozen=True, slots=True)
class BadExpression:
    """Why an expression can't be a rule; `expected` says what would be right."""

    why: str
    expected: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """`failed` names the rules that broke on this contact; they count as not matching."""

    rule: str
    target: Target
    failed: tuple[str, ...] = ()


DEFAULT_RULE = "default"


@lru_cache(maxsize=4_096)
def compiled(expression: str) -> cel.Program:
    return cel.compile(expression)


def check(expression: str) -> BadExpression | None:
    """Compiles it, checks every name in it, and tries it on each sample."""
    try:
        program = compiled(expression)
    except FAILURES as error:
        return BadExpression(_first_line(error), "a CEL expression")
    unknown = _unknown_names(expression)
    if unknown is not None:
        return unknown
    for sample in SAMPLES:
        try:
            result = program.execute(sample.variables(_SAMPLE_TIME))
        except FAILURES as error:
            return BadExpression(
                f"fails on the sample contact: {_first_line(error)}", "an expression that always holds"
            )
        if not isinstance(result, bool):
            return BadExpression(f"gives {type(result).__name__}", "true or false")
    return None


def choose(policy: DeskPolicy, facts: Facts, now: datetime) -> Chosen:
    variables = facts.variables(time_facts(policy, now))
    failed: list[str] = []
    for rule in policy.rules:
        matches = _holds(rule.when, variables)
        if matches is None:
            failed.append(rule.key)
        target = _first_target(rule.targets, variables) if matches else None
        if target is not None:
            return Chosen(rule.key, target, tuple(failed))
    return Chosen(DEFAULT_RULE, _first_target(policy.default, variables) or policy.default[0], tuple(failed))


def time_facts(policy: DeskPolicy, now: datetime) -> dict[str, object]:
    """In the desk's zone; Monday is 1."""
    local = now.astimezone(ZoneInfo(policy.time_zone))
    return {"hour": local.hour, "weekday": local.isoweekday(), "open": _open(policy.opening, local)}


def _open(opening: str | None, local: datetime) -> bool:
    return opening is None or _hours(opening).is_open(local.replace(tzinfo=None))


@lru_cache(maxsize=256)
def _hours(opening: str) -> OpeningHours:
    return OpeningHours(opening)


def _first_target(targets: tuple[Target, ...], variables: dict[str, object]) -> Target | None:
    return next((each for each in targets if each.skip_if is None or _holds(each.skip_if, variables) is not True), None)


def _holds(expression: str, variables: dict[str, object]) -> bool | None:
    """None when it broke."""
    try:
        return compiled(expression).execute(variables) is True
    except FAILURES:
        return None


_SAMPLE_TIME: Mapping[str, object] = {"hour": 12, "weekday": 1, "open": True}
_KNOWN = {
    name: frozenset(fields) for name, fields in SAMPLES[0].variables(_SAMPLE_TIME).items() if isinstance(fields, dict)
}
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_SELECT = re.compile(rf"\b({'|'.join(_KNOWN)})\.(\w+)")
_BOUND = re.compile(r"\.(?:all|exists|exists_one|map|filter)\(\s*(\w+)\s*,")


def _unknown_names(expression: str) -> BadExpression | None:
    """Also where a short circuit would hide a misspelt name from every sample."""
    bare = _STRINGS.sub("''", expression)
    names = set(compiled(expression).variables()) - set(_KNOWN) - set(_BOUND.findall(bare))
    if names:
        return BadExpression(f"unknown name {min(names)!r}", f"one of {', '.join(_KNOWN)}")
    for name, selected in _SELECT.findall(bare):
        if selected not in _KNOWN[name]:
            return BadExpression(f"unknown field {name}.{selected}", f"one of {', '.join(sorted(_KNOWN[name]))}")
    return None


def _first_line(error: BaseException) -> str:
    text = str(error.args[0]) if error.args else type(error).__name__
    return text.splitlines()[0][:200]
