"""Does the key rule see wrong keys and wrong partitions?"""

from bellhop_common.events.topics import CONTACT, CONTACT_INBOUND, DESK, QUEUE, Topic
from bellhop_common.history.rules import key
from bellhop_common.history.verdicts import Status
from support.conversations import Conversation, agent, notice
from support.histories import Chronicle, judged, violations


def test_every_topic_keyed_as_its_table_says_is_legal() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.received()
    ring.queued()
    ring.clock("started")
    agent(history, "ana")
    notice(history, "scheduled", "wish")
    history.event(DESK, "desk.applied", "help/1", {"version": 1})
    history.event(QUEUE, "queue.state", "help/general", {"queue": "general", "version": 1})
    verdict = judged(history, key.RULE)[""]
    assert (verdict.status, verdict.cases) == (Status.OK, 7)


def test_a_parked_contact_is_keyed_by_the_contact() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.received()
    ring.history.event(*_parked("contact-7", "contact-7"))
    assert judged(history, key.RULE)[""].status is Status.OK


def test_a_record_under_another_key_is_a_violation() -> None:
    history = Chronicle()
    history.event(*_parked("contact-7", "contact-8"))
    assert violations(judged(history, key.RULE)[""]) == ["key contact-8, expected contact-7"]


def test_a_record_in_another_partition_than_murmur2_gives_is_a_violation() -> None:
    history = Chronicle()
    agent(history, "ana", partition=3)
    assert violations(judged(history, key.RULE)[""]) == ["key ana in partition 3, expected 4"]


def test_an_address_as_a_key_is_a_violation() -> None:
    history = Chronicle()
    notice(history, "scheduled", "wish", person="nina@bell.example")
    assert violations(judged(history, key.RULE)[""]) == ["the key looks like an address; keys are ids"]


def test_other_systems_key_what_they_submit_as_they_like() -> None:
    history = Chronicle()
    history.event(CONTACT_INBOUND, "contact.submitted", "anything", {"submission_id": "one"}, partition=3)
    assert judged(history, key.RULE)[""].status is Status.OK


def _parked(contact: str, used: str) -> tuple[Topic, str, str, dict[str, object]]:
    return (CONTACT, "contact.parked", used, {"contact_id": contact})
