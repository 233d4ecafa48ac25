"""Does every notice end at most once, whatever happens in which order?"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bellhop_common.decision import CallOutcome
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.inputs import (
    CustomerChanged,
    Input,
    Receipt,
    Reopened,
    ResponseDue,
    ThreatReported,
    WorkClosed,
)
from bellhop_notifier.domain.notice import Fact, NoticeEvent
from support.notifier_play import (
    ARRIVED,
    CHAT_ROUTE,
    CONVERSATION,
    CUSTOMER,
    NOON,
    PLACE,
    QUEUED,
    REPLIED,
    Play,
    born_on,
)

ENDS = {Fact.SENT, Fact.FAILED, Fact.SUPPRESSED, Fact.EXPIRED, Fact.CANCELLED}
BORN_TODAY = born_on(3, 10)

cycles = st.integers(1, 3).map(lambda cycle: replace(PLACE, cycle=cycle))
news: st.SearchStrategy[Input] = st.one_of(
    st.sampled_from([ARRIVED, replace(ARRIVED, route=CHAT_ROUTE), ThreatReported(PLACE)]),
    cycles.map(lambda place: replace(QUEUED, place=place)),
    cycles.map(lambda place: WorkClosed(place, resolved=True)),
    cycles.map(Reopened),
    cycles.map(lambda place: ResponseDue("shop", CONVERSATION, place.cycle, NOON + timedelta(hours=1))),
    st.integers(1, 4).map(lambda number: replace(REPLIED, reply_id=UUID(int=number))),
    st.tuples(st.integers(2, 6), st.booleans()).map(
        lambda one: CustomerChanged(CUSTOMER, one[0], replace(BORN_TODAY, do_not_contact=one[1]))
    ),
)
moves = st.lists(
    st.one_of(
        news,
        st.sampled_from([CallOutcome.DONE, CallOutcome.FAILED, CallOutcome.IN_DOUBT]),
        st.sampled_from([timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=7), timedelta(days=3)]),
        st.sampled_from(["delivered", "bounced"]),
    ),
    max_size=40,
)


@given(moves)
@settings(max_examples=300, deadline=None)
def test_a_notice_ends_at_most_once_and_receipts_follow_only_what_was_sent(
    steps: list[Input | CallOutcome | timedelta | str],
) -> None:
    play = Play().set_the_scene(profile=BORN_TODAY)
    for step in steps:
        _move(play, step)
    for notice_id in {one.notice.notice_id for one in _notices(play.told)}:
        _check_life([one.fact for one in _notices(play.told) if one.notice.notice_id == notice_id])


@given(moves)
@settings(max_examples=100, deadline=None)
def test_a_year_has_one_birthday(steps: list[Input | CallOutcome | timedelta | str]) -> None:
    play = Play().set_the_scene(profile=BORN_TODAY)
    for step in steps:
        _move(play, step)
    greetings = [one for one in _notices(play.told) if one.notice.occasion == "birthday" and one.fact is Fact.SCHEDULED]
    assert len(greetings) == len({one.notice.due_at.year for one in greetings})


def _move(play: Play, step: Input | CallOutcome | timedelta | str) -> None:
    match step:
        case timedelta():
            play.wait(step)
        case CallOutcome():
            if play.calls:
                play.end_call(step, None if step is CallOutcome.DONE else "refused")
        case "delivered" | "bounced":
            sent = [one.notice.provider_message_id for one in _notices(play.told) if one.fact is Fact.SENT]
            if sent:
                play.tell(Receipt(sent[-1] or "", step, permanent=True, error_class="5.0.0"))
        case str():
            raise AssertionError(step)
        case _:
            play.tell(step)


def _notices(told: list[Event]) -> list[NoticeEvent]:
    return [one for one in told if isinstance(one, NoticeEvent)]


def _check_life(facts: list[Fact]) -> None:
    assert facts[0] is Fact.SCHEDULED
    assert facts.count(Fact.SCHEDULED) == 1
    ends = [place for place, fact in enumerate(facts) if fact in ENDS]
    assert len(ends) <= 1
    after = facts[ends[0] + 1 :] if ends else []
    assert set(after) <= {Fact.DELIVERED, Fact.BOUNCED}
    assert not after or facts[ends[0]] is Fact.SENT
    assert all(facts.count(fact) <= 1 for fact in (Fact.DELIVERED, Fact.BOUNCED))
