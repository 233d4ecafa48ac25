"""Can the roster do the work that this desk file lets in? A channel that isn't answered shouldn't be open."""

from collections.abc import Iterator

from bellhop_common.events.desks import DeskFile, DeskRule, DeskTarget
from bellhop_common.events.wire import Channel
from bellhop_router.adapters.findings import Finding, Path
from bellhop_router.adapters.policies import need_of, policy_of, profile_of
from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.eligibility import why_never
from bellhop_router.domain.names import Channel as ChannelName
from bellhop_router.domain.names import QueueName
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.queues import Lane


def servability(file: DeskFile) -> Iterator[Finding]:
    """Nothing is known of a roster that comes by events."""
    if file.agents is None:
        return
    policy = policy_of(file, 1)
    people = [Agent(profile_of(agent.id, agent), Presence.AVAILABLE) for agent in file.agents]
    yield from _doors(file, policy, people)
    yield from _targets(file, policy, people)
    yield from _tiers(file, policy, people)
    yield from _capacities(file, policy)


def _doors(file: DeskFile, policy: DeskPolicy, people: list[Agent]) -> Iterator[Finding]:
    for number, door in enumerate(file.entry_points):
        lanes = (_lane(target, door.channel) for target in file.default)
        if door.handled and not any(_served(policy, people, lane) for lane in lanes):
            expected = "a channel that an agent of the default target's tier, team and skills handles"
            yield Finding(("entry_points", number, "channel"), f"{door.channel.value!r}, which nobody serves", expected)


def _targets(file: DeskFile, policy: DeskPolicy, people: list[Agent]) -> Iterator[Finding]:
    for number, rule in enumerate(file.rules):
        for index, target in enumerate(rule.targets):
            path: Path = ("rules", number, "targets", index)
            yield from _target(path, target, policy, people, _channels(file, rule))


def _target(
    path: Path, target: DeskTarget, policy: DeskPolicy, people: list[Agent], channels: list[Channel]
) -> Iterator[Finding]:
    unserved = [each.value for each in channels if not _served(policy, people, _lane(target, each))]
    if unserved:
        needs = ", ".join(target.require) or "no skill"
        got = f"tier {target.tier}, {needs} on {', '.join(unserved)}, which nobody serves"
        yield Finding(path, got, "a tier, skills and team that an agent on these channels has")


def _tiers(file: DeskFile, policy: DeskPolicy, people: list[Agent]) -> Iterator[Finding]:
    """Default work can be moved up to any higher tier by any channel that is open."""
    lowest = min(target.tier for target in file.default)
    for number, tier in enumerate(file.tiers):
        if tier.tier <= lowest:
            continue
        served_by = policy.tiers[tier.tier]
        able = {channel for person in people if person.profile.tier in served_by for channel in person.profile.channels}
        missing = sorted({door.channel.value for door in file.entry_points if door.handled} - able)
        if missing:
            got = f"{tier.tier}, reachable by {', '.join(missing)}, which nobody in it handles"
            yield Finding(("tiers", number, "tier"), got, "an agent of this tier on each open channel")


def _capacities(file: DeskFile, policy: DeskPolicy) -> Iterator[Finding]:
    for number, agent in enumerate(file.agents or ()):
        heavy = [each.value for each in agent.channels if policy.channels[each.value].weight > agent.capacity]
        if heavy:
            least = max(policy.channels[each].weight for each in heavy)
            got = f"{agent.capacity}, too little for one {' or '.join(heavy)}"
            yield Finding(("agents", number, "capacity"), got, f"at least {least}, or fewer channels")


def _channels(file: DeskFile, rule: DeskRule) -> list[Channel]:
    """A rule that asks for channels by name concerns only those."""
    open_ones = sorted({door.channel for door in file.entry_points if door.handled})
    doors = {door.name: door.channel for door in file.entry_points}
    if "contact.channel" in rule.when:
        return [each for each in open_ones if f'"{each.value}"' in rule.when or f"'{each.value}'" in rule.when]
    named = [channel for name, channel in doors.items() if f'"{name}"' in rule.when or f"'{name}'" in rule.when]
    return sorted(set(named)) if "contact.entry_point" in rule.when else open_ones


def _lane(target: DeskTarget, channel: Channel) -> Lane:
    required = tuple(sorted(need_of(need) for need in target.require))
    return Lane(QueueName(target.queue), ChannelName(channel.value), target.tier, required)


def _served(policy: DeskPolicy, people: list[Agent], lane: Lane) -> bool:
    return any(why_never(policy, person, lane) is None for person in people)
