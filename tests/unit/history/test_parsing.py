"""Does the spilled history hold nothing that a person wrote, and can any bytes at all be read?"""

from bellhop_common.events.topics import CONTACT_INBOUND
from bellhop_common.history.parsing import parse
from bellhop_common.history.records import RawRecord
from support.conversations import Conversation
from support.histories import START, Chronicle


def test_what_people_wrote_is_not_kept() -> None:
    ring = Conversation(Chronicle(), "ring")
    received = parse(ring.received(subject="Help", customer={"name": "Nina"}, reply_text="No.").raw)
    declined = parse(ring.declined(reason="I know her").raw)
    assert "text" not in received.body
    assert received.body.keys().isdisjoint({"subject", "customer", "reply_text", "attachments"})
    assert "reason" not in declined.body


def test_any_bytes_keep_their_place_and_their_digest() -> None:
    raw = RawRecord("work.v1", 3, 7, START, b"\xff\x00", (("ce_id", None), ("ce_type", b"\xff")), b"{{{")
    record = parse(raw)
    assert (str(record.place), record.id, record.type, dict(record.body)) == ("work.v1/3@7", "", "", {})
    assert record.raw != parse(RawRecord("work.v1", 3, 7, START, b"\xff", (), b"{{{")).raw


def test_a_structured_submission_is_read_too() -> None:
    event = b'{"specversion":"1.0","id":"7","source":"shop","type":"support.contact.submitted.v1","data":{"text":"Hi"}}'
    headers = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
    record = parse(RawRecord(CONTACT_INBOUND.name, 0, 0, START, None, headers, event))
    assert (record.type, record.source, record.key) == ("contact.submitted", "shop", None)
