"""Are records read as facts, and clock events written as the contract says?"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bellhop_common.events.contacts import CallState, ContactCallState
from bellhop_common.events.desks import Calendar, DeskApplied, DeskQueue, EscalationRow, SlaPolicy, SlaTarget
from bellhop_common.events.envelope import Envelope, Stamp
from bellhop_common.events.topics import CONTACT, DESK, WORK, Topic
from bellhop_common.events.wire import Actor, ActorKind, Channel, FirstContact, Message
from bellhop_common.events.work import (
    Author,
    WaitingFor,
    WorkCustomer,
    WorkEscalated,
    WorkEvent,
    WorkKind,
    WorkNoted,
    WorkPended,
    WorkPrioritySet,
    WorkQueued,
    WorkReplied,
)
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.delivery import Received
from bellhop_sla.adapters import wire
from bellhop_sla.adapters.places import places_of
from bellhop_sla.adapters.translate import translate
from bellhop_sla.domain.conversation import Conversation
from bellhop_sla.domain.desk_file import DeskFile
from bellhop_sla.domain.facts import Context, Customer, Fact, FactKind
from bellhop_sla.domain.inputs import (
    DeskFileApplied,
    DeskFileWithdrawn,
    Happened,
    Ignored,
    Input,
    conversation_subject,
    desk_of,
)
from bellhop_sla.domain.policy import Target
from support.sla_story import CONVERSATION, ITEM, Story, at, desk_version, minutes

AT = datetime(2026, 3, 4, 10, 0, 1, tzinfo=UTC)
REPLY = UUID("00000000-0000-7000-8000-0000000000e1")
CONTACT_ID = UUID("00000000-0000-7000-8000-0000000000d1")


def received(body: Message | None, topic: Topic = WORK, key: str = str(CONVERSATION)) -> Received:
    stamp = Stamp(at=AT, desk="acme", desk_version=3, epoch=1, sequence=7)
    kind = "desk.applied" if body is None else body.type_name
    return Received(topic, Envelope("e1", "bellhop/router", kind), key, body, stamp, AT)


def work(model: type[WorkEvent], **more: object) -> Input | None:
    common = {
        "work_item_id": ITEM,
        "conversation_id": CONVERSATION,
        "queue": "general",
        "tier": 1,
        "channel": Channel.EMAIL,
        "priority": 60,
        "cycle": 2,
        "actor": Actor(kind=ActorKind.SYSTEM, id="router"),
    }
    return translate(received(model.model_validate({**common, **more})))


def fact(given: Input | None) -> Fact:
    assert isinstance(given, Happened)
    assert (given.conversation_id, given.work_item_id, given.cycle, given.desk) == (CONVERSATION, ITEM, 2, "acme")
    return given.fact


def queued(kind: WorkKind) -> Fact:
    first = FirstContact(contact_id=CONTACT_ID, received_at=at("10:00"))
    customer = WorkCustomer(vip=True, locale="de")
    named = {"kind": kind, "reference": "R1", "rule": "all", "customer": customer, "queued_at": at("10:00:00.5")}
    return fact(work(WorkQueued, first_contact=first, **named))


def test_queued_brings_the_context_and_when_the_first_contact_was_received() -> None:
    context = Context("general", 1, 60, "email", 3, Customer(vip=True, locale="de"))
    assert queued(WorkKind.CONTACT) == Fact(
        FactKind.QUEUED, at("10:00:00.5"), 1, 7, context, ref=str(CONTACT_ID), since_at=at("10:00")
    )


def test_work_that_nobody_wrote_in_about_has_no_first_contact() -> None:
    assert queued(WorkKind.CALLBACK).since_at is None


def test_only_a_public_reply_by_a_person_is_a_reply() -> None:
    named = {"reply_id": REPLY, "text": "Hello", "replied_at": at("10:05")}
    person, bot = Author(kind="person", agent_id="ana"), Author(kind="bot")
    assert fact(work(WorkReplied, author=person, **named)).at == at("10:05")
    assert isinstance(work(WorkReplied, author=bot, **named), Ignored)
    assert isinstance(work(WorkReplied, author=person, visibility="internal", **named), Ignored)


def test_an_escalation_has_the_tier_that_it_goes_to() -> None:
    context = fact(work(WorkEscalated, from_tier=1, to_tier=2, cause="misses")).context
    assert context is not None
    assert context.tier == 2


def test_a_change_of_priority_happens_when_the_router_decided_it() -> None:
    changed = fact(work(WorkPrioritySet, from_priority=50))
    assert (changed.kind, changed.at) == (FactKind.RETARGETED, AT)


def test_pending_says_who_is_waited_for() -> None:
    pended = fact(work(WorkPended, assignment_id=REPLY, agent_id="ana", waiting_for=WaitingFor.CUSTOMER))
    assert pended.waiting_for == "customer"


def test_what_no_clock_depends_on_still_takes_its_place() -> None:
    assert work(WorkNoted, text="hm") == Ignored(str(CONVERSATION), "acme")


def test_a_call_is_connected_by_our_clock() -> None:
    body = ContactCallState(
        contact_id=CONTACT_ID, conversation_id=CONVERSATION, state=CallState.CONNECTED, occurred_at=at("03:00")
    )
    given = translate(received(body, CONTACT))
    assert given == Happened(CONVERSATION, "acme", Fact(FactKind.CONNECTED, AT, 1, 7, ref=str(CONTACT_ID)))


def test_a_desk_file_brings_policies_queues_calendars_and_its_sla_rows() -> None:
    body = DeskApplied(
        version=4,
        name="Acme",
        queues=(DeskQueue(name="general", calendar="office", sla="p"),),
        sla=(SlaPolicy(name="p", targets=(SlaTarget(metric="resolution_time", within=timedelta(hours=4)),)),),
        calendars=(Calendar(name="office", time_zone="UTC", hours="Mo-Fr 09:00-17:00"),),
        escalation=(EscalationRow(cause="misses", do="move-up"), EscalationRow(cause="sla.breached", do="alert")),
    )
    given = translate(received(body, DESK, "acme/4"))
    assert isinstance(given, DeskFileApplied)
    assert (given.desk, given.version.version, given.version.applied_at, desk_of(given)) == ("acme", 4, AT, "")
    assert given.version.policies[0].targets == (Target("resolution_time", timedelta(hours=4)),)
    assert (given.version.queue("general").policy, given.calendars[0].hours) == ("p", "Mo-Fr 09:00-17:00")
    assert [row.cause for row in given.version.escalation] == ["sla.breached"]


def test_a_deletion_on_the_desk_topic_withdraws_a_version() -> None:
    assert translate(received(None, DESK, "acme/4")) == DeskFileWithdrawn("acme", 4)


def test_a_breach_is_written_as_the_contract_says() -> None:
    told = Story().desk(desk_version()).queued(at("10:00")).run_until(at("10:10"))
    outgoing = wire.encode(told.events[-1], "support")
    assert (outgoing.topic, outgoing.key, outgoing.type) == ("support.sla.v1", str(CONVERSATION), "sla.clock-breached")
    assert (outgoing.desk, outgoing.desk_version, outgoing.sequenced, outgoing.earlier) == ("acme", 1, True, {})
    assert {name: outgoing.body[name] for name in ("metric", "threshold", "late_ms", "due_at", "elapsed_seconds")} == {
        "metric": "time_to_accept",
        "threshold": 100,
        "late_ms": 0,
        "due_at": "2026-03-04T10:10:00.000000Z",
        "elapsed_seconds": 600.0,
    }


def test_a_correction_names_the_event_by_how_long_ago_it_was_said() -> None:
    told = Story().desk(desk_version()).queued(at("10:00")).run_until(at("11:00")).replied(at("10:59"), now=at("11:01"))
    back = next(wire.encode(event, "support").earlier for event in told.events if event.what == "corrected")
    number = next(n for n, event in enumerate(told.events, 1) if event.what == "corrected")
    assert told.events[number - back["corrects"] - 1].what == "breached"


def test_documents_come_back_as_they_were() -> None:
    told = Story().desk(desk_version()).queued(at("10:00")).pended(at("10:05")).run_until(at("11:00"))
    for kind, value in ((Conversation, told.conversation), (DeskFile, told.file)):
        codec = Codec(kind)
        assert codec.load(codec.dump(value)) == value


def test_a_timer_waits_for_the_conversations_partition_of_work_and_contacts() -> None:
    found = places_of("support")("clock", conversation_subject(CONVERSATION))
    assert [topic for topic, _ in found] == ["support.work.v1", "support.contact.v1"]
    assert len({partition for _, partition in found}) == 1


def test_minutes_are_written_as_seconds() -> None:
    told = Story().desk(desk_version()).queued(at("10:00")).pended(at("10:05"))
    told.fact(FactKind.RESUMED, at("10:20"))
    body = wire.encode(told.events[-1], "support").body
    assert (body["paused_seconds"], minutes(15).total_seconds()) == (900.0, 900.0)
