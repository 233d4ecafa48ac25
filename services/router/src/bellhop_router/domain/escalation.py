"""What moves a work item up a tier, and where does it wait then? One list of causes for all of them."""

from collections.abc import Sequence
from dataclasses import replace

from bellhop_router.domain import offers
from bellhop_router.domain.assignments import unclaimed
from bellhop_router.domain.events import Escalated, PrioritySet
from bellhop_router.domain.inputs import ClockAction, ClockFired
from bellhop_router.domain.policy import Target
from bellhop_router.domain.turn import Turn
from bellhop_router.domain.work import WorkItem

MAX_PRIORITY = 100
MOVE_UP = "move-up"
RAISE_PRIORITY = "raise-priority"
MISSES = "misses"


def by_cause(turn: Turn, item: WorkItem, cause: str) -> WorkItem:
    """The desk file's rows for this cause; without any, one tier up."""
    rows = [row for row in turn.policy.escalation if row.cause == cause and row.tier in {None, item.tier}]
    actions = [ClockAction(row.do, row.to_tier, row.by) for row in rows] or [ClockAction(MOVE_UP)]
    return _act(turn, item, actions, cause)


def by_clock(turn: Turn, item: WorkItem, fired: ClockFired) -> WorkItem:
    """A clock of another item, cycle or tier moves nothing."""
    if (fired.work_item_id, fired.cycle, fired.tier) != (item.id, item.cycle, item.tier):
        return item
    return _act(turn, item, fired.actions, fired.cause)


def after_refusals(turn: Turn, item: WorkItem) -> WorkItem:
    """So many agents declined or let it lapse that somebody else must look."""
    if item.turned_down < turn.policy.queue(item.queue).max_offers:
        return item
    return by_cause(turn, turn.put(replace(item, turned_down=0)), MISSES)


def move_up(turn: Turn, item: WorkItem, cause: str, to_tier: int | None = None) -> WorkItem:
    """To `to_tier` or the next one; at the top it only gains priority. Keeps its age."""
    tier = _next(turn, item, to_tier)
    if tier is None:
        return raise_priority(turn, item, turn.policy.life.top_tier_boost)
    holder = item.holder
    item = unclaimed(turn, item, cause)
    declined = item.declined if holder is None else offers.remembered(turn, item, holder)
    moved = replace(_at(turn, item, tier), turned_down=0, declined=declined)
    turn.put(moved)
    turn.say(Escalated(about=turn.about(moved), from_tier=item.tier, to_tier=tier, cause=cause))
    return moved


def raise_priority(turn: Turn, item: WorkItem, by: int) -> WorkItem:
    return set_priority(turn, item, min(MAX_PRIORITY, item.priority + by))


def set_priority(turn: Turn, item: WorkItem, priority: int) -> WorkItem:
    if priority == item.priority:
        return item
    changed = turn.put(replace(item, priority=priority))
    turn.say(PrioritySet(about=turn.about(changed), from_priority=item.priority))
    return changed


def _act(turn: Turn, item: WorkItem, actions: Sequence[ClockAction], cause: str) -> WorkItem:
    for action in actions:
        if action.do == MOVE_UP and (action.tier is None or action.tier > item.tier):
            item = move_up(turn, item, cause, action.tier)
        elif action.do == RAISE_PRIORITY:
            item = raise_priority(turn, item, action.by or turn.policy.life.top_tier_boost)
    return item


def _next(turn: Turn, item: WorkItem, to_tier: int | None) -> int | None:
    if to_tier is not None and to_tier > item.tier and to_tier in turn.policy.tiers:
        return to_tier
    return turn.policy.next_tier(item.tier)


def _at(turn: Turn, item: WorkItem, tier: int) -> WorkItem:
    """In its rule's first target of that tier, else in its own queue. What it needed it still needs."""
    targets = turn.policy.rule_targets(item.rule)
    target: Target | None = next((each for each in targets if each.tier == tier), None)
    if target is None:
        return replace(item, tier=tier)
    required = tuple(sorted({*item.required, *target.require}))
    return replace(item, tier=tier, queue=target.queue, required=required)
