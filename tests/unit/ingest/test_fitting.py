"""Is what no event of ours could carry refused, or cut, before anybody tries to tell of it?"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import orjson
import pytest

from bellhop_common.decision import Decision
from bellhop_common.events.contacts import ContactSubmitted
from bellhop_common.events.envelope import Envelope, Stamp
from bellhop_common.events.topics import CONTACT_INBOUND
from bellhop_common.kernel.delivery import Received
from bellhop_common.postgres.outbox import EventTooLarge
from bellhop_ingest.adapters.inputs import translate
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.adapters.outsize import refusing_outsize
from bellhop_ingest.adapters.wire import Wire
from bellhop_ingest.application.front_desk import FrontDesk, FrontDeskParts
from bellhop_ingest.application.group_commit import Deferred, GroupCommit
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.arrival import Arrival, Attachment, Handle
from bellhop_ingest.domain.channels import HandleKind
from bellhop_ingest.domain.decide import decide
from bellhop_ingest.domain.events import SubmissionRefused
from bellhop_ingest.domain.inputs import Publisher, Submitted, Unfit
from bellhop_ingest.domain.outcomes import Abandoned, FieldError, Outcome, Parked, Refused
from bellhop_ingest.domain.places import Places
from bellhop_ingest.domain.reception import Reception
from support.ingest_memory import NOON, PLACES, Memory, mail

GOOD: dict[str, object] = {
    "submission_id": "s1",
    "entry_point": "shop-events",
    "customer": {"external_ids": [{"system": "shop", "id": "c1"}]},
    "text": "Hello",
    "occurred_at": "2027-03-01T11:00:00Z",
}


def by(kind: str, value: str) -> dict[str, object]:
    return {"handles": [{"kind": kind, "value": value}]}


def outcome(channel: str, raw: bytes, door: str = "phone") -> Outcome:
    (found,) = normalise(channel, raw, Reception(door, NOON))
    return found


def submitted(**changed: object) -> Outcome:
    return outcome("event", orjson.dumps({**GOOD, **changed}), "shop-events")


def told(found: Outcome) -> list[tuple[str, str]]:
    assert isinstance(found, Refused), found
    return [(error.path, error.got) for error in found.errors]


def written(found: Outcome) -> list[dict[str, object]]:
    """All that would be said of it."""
    assert isinstance(found, Arrival | Parked | Abandoned), found
    return [dict(Wire("").encode(event).body) for answer in Memory().admit(found) for event in answer.events]


@pytest.mark.parametrize(
    ("changed", "path", "got"),
    [
        ({"submission_id": " "}, "data.submission_id", "' '"),
        ({"submission_id": "\x01"}, "data.submission_id", "'\\x01'"),
        ({"customer": by("email", "\ufeff")}, "data.customer.handles.0.value", "'\\ufeff'"),
        (
            {"customer": {"external_ids": [{"system": "shop", "id": "\x01"}]}},
            "data.customer.external_ids.0.id",
            "'\\x01'",
        ),
        ({"attachments": ["a", "\t"]}, "data.attachments.1", "'\\t'"),
        ({"text": "\ufeff"}, "data.text", "blank"),
    ],
)
def test_what_is_blank_once_it_is_clean_is_refused_with_its_field(
    changed: dict[str, object], path: str, got: str
) -> None:
    assert told(submitted(**changed)) == [(path, got)]


@pytest.mark.parametrize(
    ("changed", "path", "got"),
    [
        ({"attachments": ["a"] * 8_400}, "data.attachments", "8400 entries"),
        (
            {"customer": {"handles": [{"kind": "email", "value": "a@b.example"}] * 101}},
            "data.customer.handles",
            "101 entries",
        ),
        (
            {"customer": {"external_ids": [{"system": "shop", "id": "c"}] * 101}},
            "data.customer.external_ids",
            "101 entries",
        ),
        ({"thread_key": "k" * 900_000}, "data.thread_key", "900000 characters"),
    ],
)
def test_lists_and_keys_beyond_any_use_are_refused_with_their_field(
    changed: dict[str, object], path: str, got: str
) -> None:
    assert told(submitted(**changed))[0] == (path, got)


def test_what_is_allowed_in_each_field_but_too_much_together_is_refused() -> None:
    refs = [f"{number:03}{'😀' * 509}" for number in range(100)]
    assert told(submitted(text="😀" * 100_000, attachments=refs))[0][0] == "data"
    assert isinstance(submitted(text="😀" * 100_000), Arrival)


def test_a_submission_that_is_blank_inside_is_told_so_over_its_topic() -> None:
    body = ContactSubmitted.model_validate({**GOOD, "customer": by("email", "\ufeff")})
    envelope = Envelope("e1", "shop", "contact.submitted")
    unfit = translate(Received(CONTACT_INBOUND, envelope, "s1", body, Stamp(), NOON, replayed=False))
    assert isinstance(unfit, Unfit)
    assert [error.path for error in unfit.errors] == ["data.customer.handles.0.value"]


def test_a_media_id_of_two_thousand_characters_is_cut() -> None:
    message = {
        "from": "359888123456",
        "id": "wamid.1",
        "timestamp": "1740000000",
        "type": "image",
        "image": {"id": "i" * 2_000, "mime_type": "image/png"},
    }
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "messages": [message]}
    body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    found = outcome("whatsapp", orjson.dumps(body), "whatsapp")
    assert isinstance(found, Arrival)
    assert [len(one.ref or "") for one in found.attachments] == [512]
    assert written(found)


@pytest.mark.parametrize(
    ("channel", "fields"),
    [
        ("phone", {"CallSid": "CA1", "CallStatus": "ringing", "Direction": "inbound", "From": "x" * 2_000}),
        ("sms", {"MessageSid": "SM1", "From": "x" * 2_000, "Body": "hi"}),
    ],
)
def test_a_sender_of_two_thousand_characters_is_cut(channel: str, fields: dict[str, str]) -> None:
    assert written(outcome(channel, urlencode(fields).encode()))


def test_mail_with_names_of_two_thousand_characters_can_be_told_of() -> None:
    long = "x" * 2_000
    raw = f"From: {long}@example.com\r\nReply-To: r{long}@example.com\r\nMessage-ID: <{long}@example.com>\r\n\r\nhi\r\n"
    assert written(outcome("email", raw.encode(), "support-mail"))


def test_a_small_submission_of_a_customer_who_is_too_much_is_refused() -> None:
    memory = Memory(places=replace(PLACES, publishers=(Publisher("shop", ("shop-events",)),)))
    arrival = submitted()
    assert isinstance(arrival, Arrival)
    for number in range(20):
        handles = tuple(Handle(HandleKind.EMAIL, f"{number}-{each}-{'я' * 490}") for each in range(50))
        memory.admit(
            replace(arrival, provider_message_id=f"m{number}", sender=replace(arrival.sender, handles=handles))
        )
    before = memory.state()
    given = Submitted("last", "shop/e1", "shop", Applicant(replace(arrival, provider_message_id="last"), NOON))
    decided = refusing_outsize(decide, Wire("").encode)(before, given, NOON)
    assert isinstance(decided, Decision)
    assert decided.state is before
    (refused,) = decided.events
    assert isinstance(refused, SubmissionRefused)
    assert (refused.submission_id, refused.errors[0].path) == ("last", "data")
    assert refused.errors[0].expected == "at most 920576"


async def too_large(_: Sequence[Applicant]) -> list[Admitted | Deferred]:
    raise EventTooLarge("contact.received", 1_000_000)


async def known() -> Places:
    return PLACES


async def nowhere(_: Sequence[Attachment]) -> None:
    return


async def test_who_hands_in_more_than_an_event_holds_is_refused_at_the_door() -> None:
    async with GroupCommit(too_large) as commits:
        desk = FrontDesk(FrontDeskParts(commits, known, nowhere, lambda: NOON))
        (answer,) = await desk.take([mail("<1@example.org>")])
    assert answer == Refused((FieldError("body", "an event of 1000000 bytes", "at most 921600"),))
