"""How does a validated desk file become what the core routes by?"""

from collections.abc import Iterable
from datetime import timedelta

from bellhop_common.events.commands import AgentProfile
from bellhop_common.events.desks import Calendar as WireCalendar
from bellhop_common.events.desks import DeskChannel, DeskFile, DeskQueue, DeskTarget, EscalationRow
from bellhop_common.events.wire import Channel as WireChannel
from bellhop_router.domain.agents import Profile
from bellhop_router.domain.names import AgentId, Channel, Need, QueueName
from bellhop_router.domain.opening import Calendar
from bellhop_router.domain.policy import (
    ChannelPolicy,
    DeskPolicy,
    EscalationStep,
    Life,
    Mode,
    QueuePolicy,
    Rule,
    Strategy,
    Target,
)

LIVE = frozenset({WireChannel.PHONE, WireChannel.WALK_IN, WireChannel.CHAT})
WEIGHTS = {
    **dict.fromkeys((WireChannel.PHONE, WireChannel.WALK_IN), 100),
    WireChannel.CHAT: 20,
    **dict.fromkeys((WireChannel.EMAIL, WireChannel.FORM, WireChannel.EVENT), 10),
}
USUAL_WEIGHT = 15
TIMEOUTS = {WireChannel.PHONE: timedelta(seconds=20), WireChannel.CHAT: timedelta(seconds=30)}
USUAL_TIMEOUT = timedelta(seconds=120)


def policy_of(file: DeskFile, version: int) -> DeskPolicy:
    return DeskPolicy(
        desk=file.desk,
        version=version,
        channels={channel.value: _channel(channel, file.channels.get(channel)) for channel in WireChannel},
        queues={queue.name: _queue(queue) for queue in file.queues},
        rules=tuple(Rule(rule.key, rule.when, _targets(rule.targets)) for rule in file.rules),
        default=_targets(file.default),
        tiers={tier.tier: frozenset(tier.served_by or (tier.tier,)) for tier in file.tiers},
        time_zone=file.time_zone,
        calendar=next((calendar_of(each) for each in file.calendars if each.name == file.calendar), None),
        escalation=tuple(_step(row) for row in file.escalation),
        life=_life(file),
        acting_sources=frozenset(each.source for each in file.publishers if each.acts_for_agents),
        roster_in_file=file.agents is not None,
        source=file.model_dump_json(exclude_unset=True),
    )


def roster_of(file: DeskFile) -> tuple[Profile, ...]:
    return tuple(profile_of(agent.id, agent) for agent in file.agents or ())


def profile_of(agent_id: str, agent: AgentProfile) -> Profile:
    notify = agent.notify
    return Profile(
        id=AgentId(agent_id),
        display_name=agent.display_name,
        public_name=agent.public_name,
        team=agent.team,
        tier=agent.tier,
        skills=agent.skills,
        languages=agent.languages,
        channels=tuple(Channel(channel.value) for channel in agent.channels),
        capacity=agent.capacity,
        email=None if notify is None else notify.email,
        chat=None if notify is None else notify.chat,
        phone=agent.phone,
    )


def calendar_of(calendar: WireCalendar) -> Calendar:
    return Calendar(calendar.time_zone, calendar.hours, calendar.holidays or "", calendar.closed)


def need_of(text: str) -> Need:
    skill, _, level = text.partition(":")
    return Need(skill, int(level or 1))


def _channel(channel: WireChannel, given: DeskChannel | None) -> ChannelPolicy:
    given = given or DeskChannel()
    return ChannelPolicy(
        weight=given.weight or WEIGHTS.get(channel, USUAL_WEIGHT),
        cap=given.cap,
        mode=Mode(given.mode or Mode.OFFER),
        offer_timeout=given.offer_timeout or TIMEOUTS.get(channel, USUAL_TIMEOUT),
        wrap_up=given.wrap_up or timedelta(),
        live=channel in LIVE,
        call_back=given.call_back,
    )


def _queue(queue: DeskQueue) -> QueuePolicy:
    return QueuePolicy(
        name=QueueName(queue.name),
        priority=queue.priority,
        strategy=Strategy(queue.strategy),
        ageing=queue.ageing,
        max_offers=queue.max_offers,
        decline_memory=queue.decline_memory,
        teams=frozenset(queue.teams),
    )


def _targets(targets: Iterable[DeskTarget]) -> tuple[Target, ...]:
    return tuple(
        Target(
            queue=QueueName(target.queue),
            tier=target.tier,
            require=tuple(sorted(need_of(need) for need in target.require)),
            priority=target.priority,
            prefer=None if target.prefer is None else AgentId(target.prefer),
            skip_if=target.skip_if,
            drop_language=target.drop_language,
        )
        for target in targets
    )


def _step(row: EscalationRow) -> EscalationStep:
    return EscalationStep(row.cause, row.do, row.tier, row.to_tier, row.by)


def _life(file: DeskFile) -> Life:
    life = file.life
    return Life(
        lease=life.lease,
        grace=life.grace,
        misses_to_away=life.misses_to_away,
        prefer_for=life.prefer_for,
        reopen_boost=life.reopen_boost,
        vip_boost=life.vip_boost,
        top_tier_boost=life.top_tier_boost,
    )
