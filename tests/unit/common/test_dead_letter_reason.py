"""Does a dead letter say what is wrong with it?"""

from datetime import UTC, datetime

import pytest
from aiokafka.structs import ConsumerRecord

from bellhop_common.commands.dead_letter_reason import reason_of
from bellhop_common.kernel.delivery import Origin
from bellhop_common.messaging.dead_letter_topics import Letter, LetterId

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADERS = (
    ("ce_id", b"1"),
    ("ce_source", b"shop"),
    ("ce_type", b"support.contact.submitted.v1"),
    ("ce_specversion", b"1.0"),
    ("dl_topic", b"t.contact.inbound.v1"),
)


def letter(
    value: bytes | None, headers: tuple[tuple[str, bytes], ...] = HEADERS, topic: str = "contact.inbound.v1"
) -> Letter:
    record: ConsumerRecord[bytes, bytes] = ConsumerRecord(
        topic=f"t.{topic}.ingest.dead-letter",
        partition=0,
        offset=7,
        timestamp=0,
        timestamp_type=1,
        key=None,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers,
    )
    return Letter(LetterId(record.topic, 0, 7), Origin(f"t.{topic}", 0, 3), "poison", 1, AT, record)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (
            letter(b'{"text": 5}'),
            "submission_id: missing; entry_point: missing; customer: missing; text: string_type; occurred_at: missing",
        ),
        (letter(b"{}", HEADERS[:1]), "ce_source: missing, CloudEvents 1.0 requires it"),
        (letter(b"{"), "not JSON"),
        (letter(None), "no value"),
        (letter(b"{}", topic="nobody.v1"), "no topic of this product"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(found: Letter, why: str) -> None:
    assert reason_of(found) == why
