"""Are events from other systems taken from Kafka, each answered on the result topic, and bad ones set aside?"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from bellhop_common.events import topics, work
from bellhop_common.events.contacts import ContactSubmitted, ExternalId, SubmittedCustomer
from bellhop_common.events.customers import CustomerFlag, CustomerHandle, CustomerProfile, CustomerUpsert, Occasion
from bellhop_common.events.envelope import STRUCTURED, Envelope
from bellhop_common.events.wire import Actor, ActorKind, Channel, HandleKind
from support.ingest_house import Doors, where
from support.waiting import until

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SYSTEM = Actor(kind=ActorKind.SYSTEM, id="crm")


def submission(submission_id: str, entry_point: str = "shop") -> ContactSubmitted:
    return ContactSubmitted(
        submission_id=submission_id,
        entry_point=entry_point,
        customer=SubmittedCustomer(external_ids=(ExternalId(system="shop", id="k-1"),)),
        text="Where is my parcel?",
        occurred_at=NOW,
    )


async def test_a_binary_event_is_accepted_and_answered(doors: Doors) -> None:
    await doors.house.publish(topics.CONTACT_INBOUND, "k", submission("bin-1"), "shop")
    heard = await doors.said.heard("contact.accepted", where(submission_id="bin-1"))
    body = await doors.said.first("contact.received", where(provider_message_id="bin-1"))
    assert heard.key == "bin-1"
    assert (heard.body["contact_id"], heard.body["conversation_id"]) == (body["contact_id"], body["conversation_id"])
    assert body["customer"]["id"]


async def test_a_structured_event_is_accepted_too(doors: Doors) -> None:
    event = {
        "specversion": "1.0",
        "id": "s1",
        "source": "shop",
        "type": "support.contact.submitted.v1",
        "data": submission("struct-1").model_dump(mode="json"),
    }
    headers = {"content-type": STRUCTURED.encode()}
    await doors.house.send(topics.CONTACT_INBOUND, None, orjson.dumps(event), headers)
    assert (await doors.said.first("contact.accepted", where(submission_id="struct-1")))["contact_id"]


async def test_a_submission_that_comes_again_under_another_event_id_is_one_contact(doors: Doors) -> None:
    for _ in range(3):
        await doors.house.publish(topics.CONTACT_INBOUND, "again", submission("again-1"), "shop")
    await doors.house.publish(topics.CONTACT_INBOUND, "again", submission("again-2"), "shop")
    await doors.said.first("contact.accepted", where(submission_id="again-2"))
    assert len(doors.said.of("contact.received", where(provider_message_id="again-1"))) == 1
    assert len({one["contact_id"] for one in doors.said.of("contact.accepted", where(submission_id="again-1"))}) == 1


async def test_a_source_that_may_not_publish_there_is_refused(doors: Doors) -> None:
    await doors.house.publish(topics.CONTACT_INBOUND, "k", submission("foe-1"), "somebody")
    await doors.house.publish(topics.CONTACT_INBOUND, "k", submission("foe-2", "bank"), "shop")
    await doors.house.publish(topics.CONTACT_INBOUND, "k", submission("foe-3", "nowhere"), "shop")
    told = [await doors.said.first("contact.refused", where(submission_id=f"foe-{n}")) for n in (1, 2, 3)]
    assert [one["errors"][0]["path"] for one in told] == ["ce_source", "ce_source", "entry_point"]
    assert told[0]["errors"][0] == {
        "path": "ce_source",
        "got": "somebody",
        "expected": "a source that may publish to shop",
    }


@pytest.mark.parametrize(
    ("name", "value", "submission_id", "errors"),
    [
        (
            "schema",
            b'{"submission_id": "bad-1", "entry_point": "shop", "customer": {}, "occurred_at": "yesterday"}',
            "bad-1",
            ["data.text", "data.occurred_at"],
        ),
        ("json", b"{not json", "bad-json/json", ["record"]),
        ("null", None, "bad-null/null", ["record"]),
    ],
)
async def test_an_event_that_can_not_be_read_is_set_aside_and_its_sender_told(
    doors: Doors, name: str, value: bytes | None, submission_id: str, errors: list[str]
) -> None:
    envelope = Envelope(name, f"bad-{name}", "contact.submitted")
    await doors.house.send(topics.CONTACT_INBOUND, "k", value, dict(envelope.headers()))
    told = await doors.said.first("contact.refused", where(submission_id=submission_id))
    letter = await doors.said.letter(f"bad-{name}")
    assert [one["path"] for one in told["errors"]] == errors
    assert letter.topic == "contact.inbound.v1.ingest.dead-letter"
    assert letter.headers["dl_error_class"] == {"schema": "bad-schema", "json": "bad-json", "null": "null-value"}[name]


async def test_a_customer_that_is_not_named_is_refused_without_a_dead_letter(doors: Doors) -> None:
    body = submission("noone-1").model_copy(update={"customer": SubmittedCustomer()})
    await doors.house.publish(topics.CONTACT_INBOUND, "k", body, "shop")
    told = await doors.said.first("contact.refused", where(submission_id="noone-1"))
    assert told["errors"] == [
        {"path": "data.customer", "got": "neither external_ids nor handles", "expected": "at least one of them"}
    ]


async def test_an_event_of_another_type_is_named_as_such(doors: Doors) -> None:
    envelope = Envelope("t1", "typo", "contact.submited")
    await doors.house.send(topics.CONTACT_INBOUND, "k", b"{}", dict(envelope.headers()))
    told = await doors.said.first("contact.refused", where(submission_id="typo/t1"))
    assert told["errors"][0] == {
        "path": "type",
        "got": "'support.contact.submited.v1'",
        "expected": "support.contact.submitted.v1",
    }


async def test_commands_change_a_customer_whose_version_rises(doors: Doors) -> None:
    customer_id, named = uuid4(), {"issued_at": NOW, "actor": SYSTEM}
    profile = CustomerProfile(
        name="Ida",
        handles=(CustomerHandle(kind=HandleKind.EMAIL, value="ida@crm.example"),),
        occasions=(Occasion(kind="birthday", month=5, day=4, year=1980),),
    )
    given = CustomerProfile.model_validate(profile.model_dump(exclude_unset=True))
    upsert = CustomerUpsert(command_id="c1", customer_id=customer_id, profile=given, **named)
    flag = CustomerFlag(command_id="c2", customer_id=customer_id, flag="abusive", on=True, **named)
    headers = dict(Envelope(str(uuid4()), "crm", upsert.type_name).headers())
    raw = upsert.model_dump_json(exclude_unset=True).encode()
    await doors.house.send(topics.CUSTOMER_COMMAND, str(customer_id), raw, headers)
    await doors.house.publish(topics.CUSTOMER_COMMAND, str(customer_id), flag, "crm")
    one = await doors.said.heard("customer.state", where(customer_id=str(customer_id), version=1))
    two = await doors.said.first("customer.state", where(customer_id=str(customer_id), version=2))
    assert one.key == str(customer_id)
    assert one.body["occasions"] == [{"kind": "birthday", "month": 5, "day": 4, "year": 1980}]
    assert (two["name"], two["flags"]) == ("Ida", ["abusive"])


async def test_work_that_is_resolved_closes_a_conversation_until_the_window_ends(doors: Doors) -> None:
    begun = await _form(doors, "closed@work.example", "First")
    conversation = UUID(begun["conversation_id"])
    resolved = {"resolution": work.Resolution(code="done"), **_work(conversation)}
    await doors.house.stamped(topics.WORK, conversation, work.WorkNoted(text="Hm", **_work(conversation)), 1)
    await doors.house.stamped(topics.WORK, conversation, work.WorkResolved(**resolved), 2, at="2026-01-01T00:00:00Z")
    await _until_resolved(doors, conversation, at_all=True)
    after = await _form(doors, "closed@work.example", "Long after")
    reopened = work.WorkReopened(previous_work_item_id=uuid4(), **_work(conversation))
    await doors.house.stamped(topics.WORK, conversation, reopened, 3)
    await _until_resolved(doors, conversation, at_all=False)
    assert after["conversation_id"] != begun["conversation_id"]


async def _form(doors: Doors, email: str, text: str) -> dict[str, Any]:
    found: dict[str, Any] = (await doors.http.post("/v1/forms/site", json={"email": email, "message": text})).json()
    return found


def _work(conversation_id: UUID) -> dict[str, Any]:
    return {
        "work_item_id": uuid4(),
        "conversation_id": conversation_id,
        "queue": "general",
        "tier": 1,
        "channel": Channel.FORM,
        "priority": 50,
        "cycle": 1,
        "actor": SYSTEM,
    }


async def _until_resolved(doors: Doors, conversation_id: UUID, *, at_all: bool) -> None:
    async def seen() -> bool:
        body = await doors.house.document("conversation", str(conversation_id))
        return (body["resolved_at"] is not None) is at_all

    await until(seen)
