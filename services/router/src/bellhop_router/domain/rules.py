"""Which targets does a contact get? The desk's rules, in CEL, first match wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cel import Context

from bellhop_router.domain import expressions, opening
from bellhop_router.domain.expressions import BadExpression, holds
from bellhop_router.domain.names import Channel
from bellhop_router.domain.policy import DeskPolicy, Target


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
class Chosen:
    """`failed` names the rules that broke on this contact; they count as not matching."""

    rule: str
    target: Target
    failed: tuple[str, ...] = ()


DEFAULT_RULE = "default"
SAMPLE_TIME: Mapping[str, object] = {"hour": 12, "weekday": 1, "open": True}


def check(expression: str) -> BadExpression | None:
    return expressions.check(expression, [sample.variables(SAMPLE_TIME) for sample in SAMPLES])


def choose(policy: DeskPolicy, facts: Facts, now: datetime) -> Chosen:
    context = expressions.given(facts.variables(time_facts(policy, now)))
    failed: list[str] = []
    for rule in policy.rules:
        matches = holds(rule.when, context)
        if matches is None:
            failed.append(rule.key)
        target = _first_target(rule.targets, context) if matches else None
        if target is not None:
            return Chosen(rule.key, target, tuple(failed))
    return Chosen(DEFAULT_RULE, _first_target(policy.default, context) or policy.default[0], tuple(failed))


def time_facts(policy: DeskPolicy, now: datetime) -> dict[str, object]:
    """In the desk's zone; Monday is 1."""
    local = now.astimezone(ZoneInfo(policy.time_zone))
    is_open = policy.calendar is None or opening.is_open(policy.calendar, now)
    return {"hour": local.hour, "weekday": local.isoweekday(), "open": is_open}


def _first_target(targets: tuple[Target, ...], context: Context) -> Target | None:
    return next((each for each in targets if each.skip_if is None or holds(each.skip_if, context) is not True), None)
