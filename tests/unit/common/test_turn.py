"""What becomes of each input of one desk, taken in order?"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bellhop_common.decision import CallEnded, Decision, MissingReference, Subject, TimerDue
from bellhop_common.kernel.delivery import Delivery, Origin, RawRecord
from bellhop_common.kernel.turn import Item, NoDeskYet, Obstacles, ParkReason, Turn, Unanswerable, take_turn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA = Subject("conversation", "ana")
BEN = Subject("conversation", "ben")
RAW = RawRecord("support.contact.v1", 0, 7, b"ana", b"{}", (), NOW)


def decide(state: int, given: int | TimerDue | CallEnded, now: datetime) -> Decision[int, str] | MissingReference:
    assert now == NOW
    if not isinstance(given, int):
        return MissingReference("customer", "x")
    if given == 0:
        return MissingReference("desk", "sales")
    if given < 0:
        return MissingReference("customer", str(given))
    return Decision(state + given, (f"+{given}",))


def item(number: int, subject: Subject = ANA, offset: int = 7, topic: str = "support.contact.v1") -> Item[int]:
    return Item(number, subject, None, Delivery(number, replace(RAW, offset=offset, topic=topic), subject))


def turn(items: list[Item[int]], obstacles: Obstacles | None = None) -> Turn[int, int, str]:
    return take_turn(Turn(100), decide, items, NOW, obstacles or Obstacles())


def aside(done: Turn[int, int, str]) -> list[tuple[int, ParkReason]]:
    return [(one.delivery.input, one.reason) for one in done.aside]


def test_each_input_is_decided_on_what_the_one_before_left() -> None:
    done = turn([item(1), item(2, BEN), item(3)])
    assert done.state == 106
    assert [one.event for one in done.emitted] == ["+1", "+2", "+3"]


def test_what_misses_something_is_parked_and_what_follows_on_its_topic_waits_behind_it() -> None:
    done = turn([item(-5), item(1), item(2, BEN), item(3, topic="support.work.v1")])
    assert aside(done) == [(-5, ParkReason.MISSING_REFERENCE), (1, ParkReason.HELD)]
    assert done.aside[0].missing == "customer/-5"
    assert done.state == 105


def test_nothing_passes_a_held_subject_but_the_record_that_holds_it() -> None:
    held = Obstacles(held={ANA: Origin("support.contact.v1", 0, 7)})
    done = turn([item(1, offset=7), item(2, offset=8), item(3, BEN, offset=9)], held)
    assert done.state == 104
    assert aside(done) == [(2, ParkReason.HELD)]


def test_a_replayed_record_is_known_by_its_first_place() -> None:
    headers = (("dl_topic", b"support.contact.v1"), ("dl_partition", b"0"), ("dl_offset", b"7"))
    raw = replace(RAW, topic="support.contact.v1.sla.retry", offset=0, headers=headers)
    held = Obstacles(held={ANA: Origin("support.contact.v1", 0, 7)})
    done = turn([Item(1, ANA, None, Delivery(1, raw, ANA))], held)
    assert done.state == 101


def test_a_sender_can_not_claim_another_place_outside_the_retry_topic() -> None:
    headers = (("dl_topic", b"support.work.v1"), ("dl_partition", b"3"), ("dl_offset", b"9"))
    assert replace(RAW, headers=headers).origin == Origin("support.contact.v1", 0, 7)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"dl_topic": b"evil", "dl_partition": b"0", "dl_offset": b"7"},
        {"dl_topic": b"support.contact.v1", "dl_partition": b"999", "dl_offset": b"7"},
        {"dl_topic": b"support.contact.v1", "dl_partition": b"0", "dl_offset": b"x"},
        {"dl_topic": b"support.contact.v1", "dl_partition": b"0", "dl_offset": b"9" * 30},
    ],
)
def test_a_replayed_record_whose_headers_say_nonsense_still_has_a_place_for_its_dead_letter(
    said: dict[str, bytes],
) -> None:
    raw = replace(RAW, topic="support.contact.v1.sla.retry", offset=3, headers=tuple(said.items()))
    assert raw.origin == Origin("support.contact.v1", 0, 3)


def test_what_was_parked_before_goes_first() -> None:
    done = turn([item(1), item(2, BEN)], Obstacles(queued={(ANA, "support.contact.v1")}))
    assert aside(done) == [(1, ParkReason.HELD)]
    assert done.state == 102


def test_a_desk_that_was_never_applied_stops_everything() -> None:
    with pytest.raises(NoDeskYet):
        turn([item(1), item(0)])


def test_a_timer_can_not_wait_for_what_it_misses() -> None:
    due = TimerDue("offer", ANA, NOW, NOW, NOW)
    with pytest.raises(Unanswerable):
        turn([Item(due, ANA)])


def test_an_input_without_a_known_desk_is_parked_undecided() -> None:
    delivery = Delivery(1, RAW, ANA, missing=MissingReference("place", "ana"))
    done = turn([Item(1, ANA, None, delivery)])
    assert aside(done) == [(1, ParkReason.MISSING_REFERENCE)]
    assert done.state == 100
