"""What does an arrival become? A new work item, a further contact of the open one, or a reopened conversation."""

from dataclasses import dataclass, replace
from datetime import datetime

from bellhop_router.domain import offers, rules
from bellhop_router.domain.assignments import end, item_id, resolve, resume_or_requeue
from bellhop_router.domain.events import Abandoned, ContactAdded, ContactFacts, Queued, Reopened, Resolution
from bellhop_router.domain.inputs import ContactAbandoned, ContactReceived, Open
from bellhop_router.domain.names import Channel, ConversationId, Need
from bellhop_router.domain.policy import Target
from bellhop_router.domain.rules import Facts
from bellhop_router.domain.turn import Turn, conversation
from bellhop_router.domain.work import Assigned, FirstContact, Offered, Origin, Waiting, WorkItem

CUSTOMER_REPLIED = "customer-replied"
REOPENED_RULE = "reopened"
COMMAND_RULE = "command"
CALLBACK = "callback"
CALLED_AGAIN = "called-again"


@dataclass(frozen=True, slots=True)
class Demand:
    """What asks for a work item, and where it belongs."""

    conversation_id: ConversationId
    origin: Origin
    rule: str
    target: Target
    language: str = ""
    not_before: datetime | None = None


def receive(turn: Turn, contact: ContactReceived) -> None:
    item = turn.desk.open_item(contact.conversation_id)
    if item is not None and _makes_needless(contact, item):
        resolve(turn, item, Resolution(CALLED_AGAIN))
        item = None
    if item is None:
        chosen = rules.choose(turn.policy, contact.facts, turn.now)
        language = "" if chosen.target.drop_language else contact.facts.language
        open_item(turn, Demand(contact.conversation_id, _origin(contact), chosen.rule, chosen.target, language))
        return
    turn.say(ContactAdded(about=turn.about(item), contact_id=contact.contact_id, received_at=contact.received_at))
    if isinstance(item.step, Assigned) and item.step.pended is not None:
        resume_or_requeue(turn, item, item.step, CUSTOMER_REPLIED)


def abandon(turn: Turn, gone: ContactAbandoned) -> None:
    """The customer left; once an agent has it, that is no abandonment. A call-back doesn't wait on the line."""
    item = turn.desk.open_item(gone.conversation_id)
    if item is None or isinstance(item.step, Assigned) or item.origin.kind == CALLBACK:
        return
    if isinstance(item.step, Offered):
        item = offers.rescind(turn, item, item.step, "abandoned")
    turn.forget("memory", conversation(item))
    turn.say(Abandoned(about=turn.about(item), waited_seconds=item.waited_seconds(turn.now)))
    end(turn, item, "abandoned")
    if turn.policy.channel(item.channel).call_back and not gone.short:
        again(turn, item, replace(item.origin, kind=CALLBACK), CALLBACK)


def open_by_command(turn: Turn, conversation_id: ConversationId, ask: Open) -> None:
    past = turn.desk.past.get(conversation_id)
    channel = Channel("phone") if ask.kind == CALLBACK or past is None else past.channel
    reference = str(conversation_id)[:8] if past is None else past.origin.reference
    origin = Origin(ask.kind, reference, channel, ask.customer_id)
    if past is not None:
        origin = replace(past.origin, kind=ask.kind, channel=channel, customer_id=ask.customer_id, first_contact=None)
    facts = Facts(channel, origin.entry_point or "", ask.kind, vip=origin.customer.vip)
    chosen = rules.choose(turn.policy, facts, turn.now)
    rule, target = (chosen.rule, chosen.target) if ask.queue is None else (COMMAND_RULE, Target(ask.queue))
    open_item(turn, Demand(conversation_id, origin, rule, target, not_before=ask.not_before))


def reopen(turn: Turn, past: WorkItem) -> None:
    again(turn, past, replace(past.origin, first_contact=None), REOPENED_RULE)


def again(turn: Turn, past: WorkItem, origin: Origin, rule: str) -> None:
    """Without a new contact: to the same queue and tier, with the same needs."""
    target = Target(past.queue, past.tier, past.required, past.priority)
    open_item(turn, Demand(past.conversation_id, origin, rule, target))


def open_item(turn: Turn, demand: Demand) -> None:
    """Every further item on a conversation is the next cycle, preferably for whoever had the last one."""
    past = turn.desk.past.get(demand.conversation_id)
    item = _built(turn, demand, 1 if past is None else past.cycle + 1)
    if past is not None:
        boost = item.boost + turn.policy.life.reopen_boost
        item = replace(item, boost=boost, prefer=past.holder or item.prefer)
    turn.put(item)
    if past is not None:
        turn.say(Reopened(about=turn.about(item), previous_work_item_id=past.id))
    turn.say(_queued(turn, item))
    if isinstance(item.step, Waiting) and item.step.not_before is not None:
        turn.wake("not-before", conversation(item), item.step.not_before)


def contact_facts(item: WorkItem) -> ContactFacts:
    return ContactFacts(item.origin.first_contact, item.origin.entry_point, item.origin.reply_route)


def _built(turn: Turn, demand: Demand, cycle: int) -> WorkItem:
    target, origin = demand.target, demand.origin
    queue = turn.policy.queue(target.queue)
    later = demand.not_before is not None and demand.not_before > turn.now
    return WorkItem(
        id=item_id(demand.conversation_id, cycle),
        conversation_id=demand.conversation_id,
        cycle=cycle,
        origin=origin,
        queue=target.queue,
        tier=target.tier,
        priority=queue.priority if target.priority is None else target.priority,
        rule=demand.rule,
        queued_at=turn.now,
        weight=turn.policy.channel(origin.channel).weight,
        step=Waiting(demand.not_before if later else None),
        required=target.require,
        optional=_optional(target, demand.language),
        boost=turn.policy.life.vip_boost if origin.customer.vip else 0,
        prefer=target.prefer,
        prefer_until=turn.now + turn.policy.life.prefer_for,
    )


def _optional(target: Target, language: str) -> tuple[Need, ...]:
    """The detected language, unless the rule asks for it (or a level of it) anyway."""
    primary = language.partition("-")[0]
    return (Need(primary),) if primary and all(need.skill != primary for need in target.require) else ()


def _makes_needless(contact: ContactReceived, item: WorkItem) -> bool:
    """Who calls need not be called back, unless an agent has begun to."""
    waits = item.origin.kind == CALLBACK and not isinstance(item.step, Assigned)
    return waits and contact.facts.channel == item.channel


def _origin(contact: ContactReceived) -> Origin:
    return Origin(
        kind="contact",
        reference=contact.reference,
        channel=contact.facts.channel,
        customer_id=contact.customer_id,
        customer=contact.customer,
        entry_point=contact.facts.entry_point,
        first_contact=FirstContact(contact.contact_id, contact.received_at),
        reply_route=contact.reply_route,
    )


def _queued(turn: Turn, item: WorkItem) -> Queued:
    return Queued(
        about=turn.about(item),
        contact=contact_facts(item),
        kind=item.origin.kind,
        reference=item.origin.reference,
        rule=item.rule,
        customer=item.origin.customer,
        required=tuple(str(need) for need in item.required),
        optional=tuple(str(need) for need in item.optional),
        queued_at=item.queued_at,
    )
