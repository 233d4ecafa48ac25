"""Does a desk file hang together? Names that exist, expressions that run, work that somebody can do."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from bellhop_common.events.desks import DeskFile, DeskTarget
from bellhop_common.events.wire import Channel
from bellhop_router.adapters.findings import Finding, Path, unknown
from bellhop_router.adapters.policies import calendar_of
from bellhop_router.adapters.servability import servability
from bellhop_router.domain import expressions, rules
from bellhop_router.domain.opening import is_zone, unreadable

# What the conditions of SLA policies may ask about.
SLA_SAMPLES: Final[tuple[Mapping[str, object], ...]] = (
    {
        "conversation": {"channel": "email", "queue": "front"},
        "customer": {"vip": False, "segment": "", "locale": ""},
        "queue": "front",
        "tier": 1,
        "channel": "email",
        "priority": 50,
    },
)

Check = Callable[[DeskFile], Iterator[Finding]]


def check(file: DeskFile) -> list[Finding]:
    """In the order of the file's sections, all of them at once."""
    names = [
        finding for each in (_duplicates, _channels, _targets, _queues, _others, _agents) for finding in each(file)
    ]
    expressions = [*_expressions(file), *_calendars(file)]
    # Whether work can be done is only worth asking where the names are right.
    return [*names, *expressions] or list(servability(file))


def _duplicates(file: DeskFile) -> Iterator[Finding]:
    named: tuple[tuple[str, str, Sequence[object]], ...] = (
        ("entry_points", "name", file.entry_points),
        ("queues", "name", file.queues),
        ("rules", "key", file.rules),
        ("tiers", "tier", file.tiers),
        ("calendars", "name", file.calendars),
        ("sla", "name", file.sla),
        ("agents", "id", file.agents or ()),
        ("publishers", "source", file.publishers),
    )
    for section, field, entries in named:
        seen: dict[object, int] = {}
        for index, entry in enumerate(entries):
            name = getattr(entry, field)
            if name in seen:
                first = f"{section}[{seen[name]}]"
                yield Finding((section, index, field), repr(name), f"its own {field}; {first} has this one")
            seen.setdefault(name, index)


def _channels(file: DeskFile) -> Iterator[Finding]:
    for channel, settings in file.channels.items():
        if settings.call_back and channel is not Channel.PHONE:
            yield Finding(("channels", channel.value, "call_back"), "true", "false: only who rang can be called back")


def targets_of(file: DeskFile) -> Iterator[tuple[Path, DeskTarget]]:
    for number, rule in enumerate(file.rules):
        for index, target in enumerate(rule.targets):
            yield ("rules", number, "targets", index), target
    for index, target in enumerate(file.default):
        yield ("default", index), target


def _targets(file: DeskFile) -> Iterator[Finding]:
    queues, tiers = [queue.name for queue in file.queues], [str(tier.tier) for tier in file.tiers]
    agents = [agent.id for agent in file.agents or ()]
    for path, target in targets_of(file):
        if target.queue not in queues:
            yield unknown((*path, "queue"), target.queue, "queue", queues)
        if str(target.tier) not in tiers:
            yield unknown((*path, "tier"), str(target.tier), "tier", tiers)
        if target.prefer is not None and file.agents is not None and target.prefer not in agents:
            yield unknown((*path, "prefer"), target.prefer, "agent", agents)


def _queues(file: DeskFile) -> Iterator[Finding]:
    calendars, policies = [each.name for each in file.calendars], [each.name for each in file.sla]
    for number, queue in enumerate(file.queues):
        if queue.calendar is not None and queue.calendar not in calendars:
            yield unknown(("queues", number, "calendar"), queue.calendar, "calendar", calendars)
        if queue.sla is not None and queue.sla not in policies:
            yield unknown(("queues", number, "sla"), queue.sla, "sla policy", policies)
        yield from _each(("queues", number, "teams"), queue.teams, "team", file.teams)


def _others(file: DeskFile) -> Iterator[Finding]:
    queues, calendars = [each.name for each in file.queues], [each.name for each in file.calendars]
    tiers = [str(each.tier) for each in file.tiers]
    for number, policy in enumerate(file.sla):
        yield from _each(("sla", number, "queues"), policy.queues, "queue", queues)
        if policy.calendar is not None and policy.calendar not in calendars:
            yield unknown(("sla", number, "calendar"), policy.calendar, "calendar", calendars)
    for number, row in enumerate(file.escalation):
        if row.to_tier is not None and str(row.to_tier) not in tiers:
            yield unknown(("escalation", number, "to_tier"), str(row.to_tier), "tier", tiers)
    doors = [each.name for each in file.entry_points]
    for number, publisher in enumerate(file.publishers):
        yield from _each(("publishers", number, "entry_points"), publisher.entry_points, "entry point", doors)
    if file.calendar is not None and file.calendar not in calendars:
        yield unknown(("calendar",), file.calendar, "calendar", calendars)


def _agents(file: DeskFile) -> Iterator[Finding]:
    tiers = sorted({str(level) for tier in file.tiers for level in (tier.served_by or (tier.tier,))})
    for number, agent in enumerate(file.agents or ()):
        if agent.team is not None and agent.team not in file.teams:
            yield unknown(("agents", number, "team"), agent.team, "team", file.teams)
        if str(agent.tier) not in tiers:
            yield unknown(("agents", number, "tier"), str(agent.tier), "tier", tiers)


def _each(path: Path, given: Iterable[str], what: str, known: Sequence[str]) -> Iterator[Finding]:
    for index, name in enumerate(given):
        if name not in known:
            yield unknown((*path, index), name, what, known)


def _expressions(file: DeskFile) -> Iterator[Finding]:
    for number, rule in enumerate(file.rules):
        yield from _expression(("rules", number, "when"), rule.when)
    for path, target in targets_of(file):
        if target.skip_if is not None:
            yield from _expression((*path, "skip_if"), target.skip_if)

    for number, policy in enumerate(file.sla):
        wrong = expressions.check(policy.when, SLA_SAMPLES)
        if wrong is not None:
            yield Finding(("sla", number, "when"), f"{policy.when!r} ({wrong.why})", wrong.expected)


def _expression(path: Path, expression: str) -> Iterator[Finding]:
    wrong = rules.check(expression)
    if wrong is not None:
        yield Finding(path, f"{expression!r} ({wrong.why})", wrong.expected)


def _calendars(file: DeskFile) -> Iterator[Finding]:
    if not is_zone(file.time_zone):
        yield Finding(("time_zone",), repr(file.time_zone), "an IANA time zone such as 'Europe/Sofia'")
    for number, calendar in enumerate(file.calendars):
        wrong = unreadable(calendar_of(calendar))
        if wrong is not None:
            yield Finding(("calendars", number, wrong.part), repr(wrong.got), wrong.expected)
