"""Does the dead-letter rule see changed bytes, wrong origins and effects of what was given up?"""

from dataclasses import replace

import pytest

from bellhop_common.events.topics import WORK
from bellhop_common.history.rules import dead_letters
from bellhop_common.history.verdicts import Status
from support.conversations import Conversation
from support.histories import Chronicle, Lists, Written, judged, violations


@pytest.fixture
def ring() -> Conversation:
    return Conversation(Chronicle(), "ring")


@pytest.fixture
def poison(ring: Conversation) -> Written:
    return ring.work("noted", sequence=None)


def place(written: Written) -> str:
    return f"work.v1/{written.raw.partition}@{written.raw.offset}"


def test_poison_that_is_set_aside_unchanged_is_legal(ring: Conversation, poison: Written) -> None:
    ring.history.again(ring.history.dead_letter(poison, "sla"))
    ring.history.dead_letter(poison, "notifier")
    verdicts = judged(ring.history, dead_letters.RULE, Lists(poison=[place(poison)]))
    assert {part: (verdict.status, verdict.cases) for part, verdict in verdicts.items()} == {
        "bytes": (Status.OK, 3),
        "effects": (Status.OK, 3),
        "origins": (Status.OK, 1),
    }


def test_changed_bytes_are_a_violation(ring: Conversation, poison: Written) -> None:
    ring.history.dead_letter(poison, "sla", value=b"{}")
    assert violations(judged(ring.history, dead_letters.RULE)["bytes"]) == [
        "a dead letter whose key, headers or bytes are not its origin's"
    ]


def test_another_partition_than_its_origins_is_a_violation(ring: Conversation, poison: Written) -> None:
    letter = ring.history.dead_letter(poison, "sla")
    other = replace(letter.raw, partition=(letter.raw.partition + 1) % 12)
    ring.history.logs[(letter.raw.topic, letter.raw.partition)].clear()
    ring.history.append(other)
    assert violations(judged(ring.history, dead_letters.RULE)["bytes"]) == [
        "a dead letter in another partition than its origin"
    ]


def test_a_dead_letter_of_nothing_is_a_violation(ring: Conversation, poison: Written) -> None:
    ring.history.dead_letter(replace(poison, raw=replace(poison.raw, offset=99)), "sla")
    assert judged(ring.history, dead_letters.RULE)["bytes"].found == 1


def test_a_dead_letter_that_names_no_origin_is_a_violation(ring: Conversation, poison: Written) -> None:
    ring.history.append(replace(poison.raw, topic="work.v1.sla.dead-letter"))
    assert violations(judged(ring.history, dead_letters.RULE)["bytes"]) == [
        "a dead letter that does not say where it comes from"
    ]


def test_a_dead_letter_whose_origin_was_cut_is_not_checked(ring: Conversation, poison: Written) -> None:
    ring.history.dead_letter(poison, "sla")
    ring.history.cut(WORK, poison.raw.partition, poison.raw.offset + 1)
    assert judged(ring.history, dead_letters.RULE)["bytes"].status is Status.NOT_CHECKED


def test_poison_that_was_not_set_aside_is_a_violation(ring: Conversation, poison: Written) -> None:
    verdict = judged(ring.history, dead_letters.RULE, Lists(poison=[place(poison)]))["origins"]
    assert violations(verdict) == [f"poison at {place(poison)} is not in a dead-letter topic"]


def test_a_good_record_that_was_set_aside_is_a_violation(ring: Conversation) -> None:
    good = ring.queued()
    ring.history.dead_letter(good, "sla")
    verdict = judged(ring.history, dead_letters.RULE, Lists(poison=[]))["origins"]
    assert violations(verdict) == [f"{place(good)} was dead-lettered and is no poison"]


def test_acting_on_what_was_set_aside_is_a_violation_unless_another_service_does(
    ring: Conversation, poison: Written
) -> None:
    ring.history.dead_letter(poison, "sla")
    ring.work("noted", cause=poison.id)
    assert judged(ring.history, dead_letters.RULE)["effects"].status is Status.OK
    ring.clock("started", cause=poison.id)
    assert violations(judged(ring.history, dead_letters.RULE)["effects"]) == [
        "sla dead-lettered a record and acted on it as well"
    ]


def test_acting_on_what_was_replayed_is_legal(ring: Conversation, poison: Written) -> None:
    letter = ring.history.dead_letter(poison, "sla")
    ring.history.append(replace(letter.raw, topic="work.v1.sla.retry"))
    ring.clock("started", cause=poison.id)
    assert judged(ring.history, dead_letters.RULE)["effects"].status is Status.OK


def test_without_the_list_of_poison_origins_are_not_checked(ring: Conversation) -> None:
    assert judged(ring.history, dead_letters.RULE)["origins"].why == "--poison was not given"


def test_without_dead_letter_topics_nothing_is_checked(ring: Conversation) -> None:
    ring.history.without = frozenset(ring.history.facts().extents)
    assert judged(ring.history, dead_letters.RULE)[""].why == "there is no dead-letter topic"
