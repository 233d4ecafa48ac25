"""Do the clocks depend on what happened alone, not on when or how often we heard of it?"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bellhop_sla.domain.clock import Clock
from bellhop_sla.domain.conversation import Conversation
from bellhop_sla.domain.desk_file import DeskVersion
from bellhop_sla.domain.facts import FactKind
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.policy import Metric, Policy, Queue, Target
from support.sla_story import ITEM, Story, at, desk_version, minutes, retell

OFFICE = Calendar("office", "Europe/Berlin", "Mo-Fr 09:00-11:30,12:00-17:00")
PAUSING = ("customer", "third_party")


def policy(name: str, when: str, factor: float) -> Policy:
    lengths = {
        Metric.TIME_TO_ACCEPT: 10,
        Metric.FIRST_RESPONSE: 45,
        Metric.NEXT_RESPONSE: 30,
        Metric.PERIODIC_UPDATE: 60,
        Metric.RESOLUTION: 150,
        Metric.REQUESTER_WAIT: 120,
    }
    targets = tuple(Target(metric, minutes(length * factor), pause_on=PAUSING) for metric, length in lengths.items())
    return Policy(name, when, targets=targets)


VERSION = desk_version(
    policy("urgent", "priority > 80", 0.5), policy("rest", "true", 1), queues=(Queue("general", "office"),)
)
HALF_DAY = replace(OFFICE, closed=("2026-03-04 13:00-24:00",))
SECOND = DeskVersion(2, at("10:45"), VERSION.policies, VERSION.queues)

STEPS = st.lists(
    st.tuples(
        st.integers(1, 40),
        st.sampled_from(
            ["assigned", "replied", "failed", "wrote", "pended", "resumed", "urgent", "calm", "up", "promised", "kept"]
        ),
    ),
    max_size=10,
)
LIVES = st.tuples(STEPS, st.booleans())
"""What happens after how many minutes, and whether the item is resolved in the end."""
RANDOMS = st.randoms(use_true_random=False)
Life = tuple[list[tuple[int, str]], bool]


def history(life: Life) -> Story:
    """A plausible life from ten o'clock on, in order of its instants."""
    steps, resolved = life
    told = Story().desk(VERSION, OFFICE).desk(SECOND, HALF_DAY).queued(at("10:00:03"), since=at("10:00"))
    now = at("10:01")
    for gap, step in steps:
        now += timedelta(minutes=gap, milliseconds=gap)
        tell(told, step, now)
    if resolved:
        told.fact(FactKind.RESOLVED, now + timedelta(minutes=1))
    return told


def tell(told: Story, step: str, now: datetime) -> None:
    if step == "up":
        told.context = replace(told.context, tier=told.context.tier + 1)
        told.fact(FactKind.ESCALATED, now, context=told.context)
    elif step in {"urgent", "calm"}:
        told.context = replace(told.context, priority=90 if step == "urgent" else 10)
        told.fact(FactKind.RETARGETED, now, context=told.context)
    elif step == "assigned":
        told.assigned(now)
    elif step == "pended":
        told.pended(now, "customer" if now.minute % 2 else "third_party")
    elif step == "promised":
        told.fact(FactKind.PROMISED, now, ref=f"p{told.sequence}", by_at=now + minutes(25))
    else:
        kind, ref = {
            "replied": (FactKind.REPLIED, f"r{told.sequence}"),
            "failed": (FactKind.REPLY_FAILED, _last(told, FactKind.REPLIED)),
            "wrote": (FactKind.CUSTOMER_WROTE, ""),
            "resumed": (FactKind.RESUMED, ""),
            "kept": (FactKind.PROMISE_KEPT, _last(told, FactKind.PROMISED)),
        }[step]
        told.fact(kind, now, ref=ref)


def _last(told: Story, kind: FactKind) -> str:
    return next((one.fact.ref for one in reversed(told.told) if one.fact.kind is kind), "none")


def standing(conversation: Conversation) -> dict[UUID, list[tuple[str, datetime | None]]]:
    """What stands of each clock that was not cancelled: whether it was breached, and when it was met."""
    item = conversation.item(ITEM)
    assert item is not None
    return {
        one.clock_id: [(s.what, None if s.what == "breached" else s.at) for s in one.said if s.what != "warned"]
        for one in item.published
        if one.end is None or one.end.what == "met"
    }


@settings(max_examples=60, deadline=None)
@given(LIVES, RANDOMS)
def test_order_of_arrival_and_repeats_do_not_change_the_clocks(life: Life, random: Random) -> None:
    told = history(life)
    shuffled = [*told.told, *random.sample(told.told, k=len(told.told) // 2)]
    random.shuffle(shuffled)
    again = retell(shuffled, Story().desk(VERSION, OFFICE).desk(SECOND, HALF_DAY), at("23:00"))
    assert again.clocks() == told.clocks()
    assert again.timer_at is None or again.timer_at >= at("10:00")


@settings(max_examples=60, deadline=None)
@given(LIVES, RANDOMS)
def test_whatever_the_order_the_same_is_left_standing_in_the_end(life: Life, random: Random) -> None:
    told = history(life).run_until(at("23:00"))
    shuffled = random.sample(told.told, k=len(told.told))
    again = retell(shuffled, Story().desk(VERSION, OFFICE).desk(SECOND, HALF_DAY), at("23:00")).run_until(at("23:00"))
    assert standing(again.conversation) == standing(told.conversation)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 600), st.integers(0, 600))
def test_elapsed_never_grows_while_paused_and_never_shrinks(steps: list[tuple[int, str]], one: int, two: int) -> None:
    earlier, later = sorted((at("10:00") + minutes(one), at("10:00") + minutes(two)))
    for clock in history((steps, False)).clocks():
        assert clock.elapsed(earlier) <= clock.elapsed(later)
        for span in clock.spans:
            if span.paused_for and span.to_at is not None:
                assert clock.elapsed(span.from_at) == clock.elapsed(span.to_at)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_spans_follow_each_other_without_a_gap_and_deadlines_agree_with_what_has_elapsed(
    steps: list[tuple[int, str]],
) -> None:
    for clock in history((steps, False)).clocks():
        assert all(before.to_at == after.from_at for before, after in pairwise(clock.spans))
        assert not _early(clock)


def _early(clock: Clock) -> bool:
    """A clock that breaches has by then used up the target in force."""
    if clock.breach is None:
        return False
    terms = [span.terms for span in clock.spans if span.from_at <= clock.breach.at][-1]
    return terms.target is not None and clock.elapsed(clock.breach.at) < terms.target.within


LEGAL = {
    "": {"started"},
    "running": {"paused", "warned", "breached", "moved", "met", "cancelled", "corrected"},
    "paused": {"resumed", "moved", "corrected"},
    "breached": {"met", "cancelled", "corrected"},
    "over": {"corrected"},
}
NEXT = {
    "started": "running",
    "paused": "paused",
    "resumed": "running",
    "breached": "breached",
    "met": "over",
    "cancelled": "over",
}


@settings(max_examples=60, deadline=None)
@given(LIVES, RANDOMS)
def test_each_clock_is_told_as_a_legal_story(life: Life, random: Random) -> None:
    """Paused and resumed in turns, warnings rising and once, one breach, one end, unless taken back by name."""
    told = history(life)
    shuffled = random.sample(told.told, k=len(told.told))
    again = retell(shuffled, Story().desk(VERSION, OFFICE).desk(SECOND, HALF_DAY), at("23:00")).run_until(at("23:00"))
    for clock_id in {event.clock_id for event in again.events}:
        _check(again, clock_id)


def _check(told: Story, clock_id: object) -> None:
    numbered = [(n, event) for n, event in enumerate(told.events, 1) if event.clock_id == clock_id]
    taken_back = {n - (event.corrects_back or 0) for n, event in numbered if event.what == "corrected"}
    assert taken_back <= {n for n, event in numbered if event.what in {"warned", "breached", "met", "cancelled"}}
    kept = [event for n, event in numbered if n not in taken_back]
    state = ""
    for event in kept:
        assert event.what in LEGAL[state], f"{event.what} while {state}: {[str(e.what) for _, e in numbered]}"
        state = NEXT.get(event.what, state)
    shares = [event.threshold for event in kept if event.what in {"warned", "breached"}]
    assert shares == sorted(set(shares), key=lambda share: share or 0)
