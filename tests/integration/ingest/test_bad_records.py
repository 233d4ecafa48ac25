"""Is an event that can not be taken from Kafka told to its sender by field, set aside, and is the next one handled?"""

from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from bellhop_common.events import topics
from bellhop_common.events.envelope import Envelope
from support.ingest_house import Doors, where
from support.listening import Heard

BODY = (
    b'{"submission_id": "%s", "entry_point": "shop", "text": %s, "occurred_at": "%s",'
    b' "customer": {"handles": [{"kind": "email", "value": "r@shop.example"}]}}'
)
WHEN = b"2026-03-02T10:00:00Z"


async def sent(doors: Doors, source: str, value: bytes) -> None:
    """By a producer without a limit of its own, all on one partition."""
    headers = list(Envelope(str(uuid4()), source, "contact.submitted").headers())
    producer = AIOKafkaProducer(bootstrap_servers=doors.house.bootstrap, acks="all", max_request_size=4_000_000)
    await producer.start()
    try:
        topic = topics.CONTACT_INBOUND.full(doors.house.prefix)
        await producer.send_and_wait(topic, value, partition=0, headers=headers)
    finally:
        await producer.stop()


async def refused(doors: Doors, name: str, source: str) -> tuple[dict[str, Any], Heard]:
    told = await doors.said.first("contact.refused", where(submission_id=name))
    letter = await doors.said.letter(source)
    await sent(doors, "shop", BODY % (f"{name}-next".encode(), b'"Next"', WHEN))
    await doors.said.first("contact.accepted", where(submission_id=f"{name}-next"))
    return told, letter


async def test_an_event_of_2_mb_is_refused_with_the_limit(doors: Doors) -> None:
    await sent(doors, "big", BODY % (b"big-1", b'"' + b"x" * 2_000_000 + b'"', WHEN))
    told, letter = await refused(doors, "big-1", "big")
    assert letter.headers["dl_error_class"] == "too-large"
    assert [one["path"] for one in told["errors"]] == ["data.text"]
    assert "at most 700000 characters" in told["errors"][0]["expected"]


@pytest.mark.parametrize(
    ("name", "text", "when", "wrong"),
    [
        ("nan", b"NaN", WHEN, "record"),
        ("huge", b"1" + b"0" * 400, WHEN, "record"),
        ("late", b'"Hi"', b"9999-12-31T23:59:59-14:00", "data.occurred_at"),
    ],
)
async def test_a_value_that_can_not_be_is_told_by_its_field(
    doors: Doors, name: str, text: bytes, when: bytes, wrong: str
) -> None:
    source = f"odd-{name}"
    headers = dict(Envelope("1", source, "contact.submitted").headers())
    await doors.house.send(topics.CONTACT_INBOUND, None, BODY % (name.encode(), text, when), headers)
    named = f"{source}/1" if wrong == "record" else name
    told = await doors.said.first("contact.refused", where(submission_id=named))
    letter = await doors.said.letter(source)
    assert wrong in [one["path"] for one in told["errors"]]
    assert letter.headers["dl_error_class"] in {"bad-json", "bad-schema"}
