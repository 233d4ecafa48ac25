"""Which records can be read, and why not the others?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from bellhop_common.events.envelope import Envelope
from bellhop_common.kernel.delivery import Poison, RawRecord, Received
from bellhop_common.messaging.parse import Reader
from support.toy.contracts import TOY_INPUT, TOY_ORDERED, TOY_STATE, ToyAdd

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPICS = {topic.full("t"): topic for topic in (TOY_INPUT, TOY_ORDERED, TOY_STATE)}
READER = Reader({**TOPICS, "t.toy.input.v1.toy.retry": TOY_INPUT}, frozenset({"t.toy.input.v1"}), timedelta(days=9))
HEADERS = Envelope("1", "tests", "toy.add").headers()
RAW = RawRecord("t.toy.input.v1", 0, 0, b"k1", b'{"number": 3}', HEADERS, NOW)


def poison(raw: RawRecord) -> str:
    found = READER.read(raw, NOW)
    assert isinstance(found, Poison)
    return found.error_class


def test_an_event_is_read_with_its_key_and_body() -> None:
    found = READER.read(RAW, NOW)
    assert isinstance(found, Received)
    assert (found.key, found.body, found.replayed) == ("k1", ToyAdd(number=3), False)


@pytest.mark.parametrize(
    ("value", "error_class"),
    [
        (None, "null-value"),
        (b"", "bad-json"),
        (b"{", "bad-json"),
        (b"\xff\xfe", "bad-json"),
        (b"[" * 100_000, "bad-json"),
        (b"[]", "bad-schema"),
        (b"{}", "bad-schema"),
        (b'{"number": NaN}', "bad-json"),
        (b"x" * (1024 * 1024 + 1), "too-large"),
    ],
    ids=["null", "empty", "cut", "not text", "nested", "array", "field missing", "not a number", "large"],
)
def test_a_value_that_is_no_such_event_is_poison(value: bytes | None, error_class: str) -> None:
    assert poison(replace(RAW, value=value)) == error_class


def test_no_key_and_no_text_holds_a_nul() -> None:
    """PostgreSQL refuses it, also where a record is set aside because PostgreSQL refused it."""
    value = rb'{"number": 3, "refers_to": "a\u0000b\\u0000c\\\u0000\u0000"}'
    found = READER.read(replace(RAW, key=b"k\0", value=value), NOW)
    assert isinstance(found, Received)
    assert (found.key, found.body) == ("k\ufffd", ToyAdd(number=3, refers_to="a\ufffdb\\u0000c\\\ufffd\ufffd"))


def test_an_event_nested_deeper_than_can_be_written_is_poison() -> None:
    """Read can be 1,024 levels, written 254."""
    event = b'{"specversion":"1.0","id":"1","source":"s","type":"support.toy.add.v1","data":%s}'
    headers = (("content-type", b"application/cloudevents+json"),)
    assert poison(replace(RAW, headers=headers, value=event % (b"[" * 500 + b"]" * 500))) == "bad-headers"


def test_headers_that_are_missing_or_not_text_are_poison() -> None:
    assert poison(replace(RAW, headers=())) == "bad-headers"
    assert poison(replace(RAW, headers=(*HEADERS, ("ce_id", b"\xff")))) == "bad-headers"
    assert poison(replace(RAW, headers=(*HEADERS, ("ce_id", None)))) == "bad-headers"


def test_a_header_of_somebody_elses_may_be_anything() -> None:
    assert isinstance(READER.read(replace(RAW, headers=(*HEADERS, ("x", b"\xff"), ("y", None))), NOW), Received)


def test_a_type_that_its_topic_does_not_carry_is_poison() -> None:
    assert poison(replace(RAW, headers=Envelope("1", "tests", "work.queued").headers())) == "unknown-type"


def test_a_record_older_than_ids_are_remembered_is_poison_unless_somebody_replays_it() -> None:
    old = replace(RAW, appended_at=NOW - timedelta(days=9, seconds=1))
    assert poison(old) == "too-old"
    assert isinstance(READER.read(replace(old, topic="t.toy.input.v1.toy.retry"), NOW), Received)


def test_on_a_compacted_topic_null_deletes_and_age_does_not_matter() -> None:
    old = replace(RAW, topic="t.toy.state.v1", value=None, headers=(), appended_at=NOW - timedelta(days=400))
    found = READER.read(old, NOW)
    assert isinstance(found, Received)
    assert (found.key, found.body) == ("k1", None)


def test_on_a_sequenced_topic_age_does_not_matter_since_the_sequence_tells_repeats() -> None:
    old = replace(RAW, topic="t.toy.ordered.v1", appended_at=NOW - timedelta(days=29))
    assert isinstance(READER.read(replace(old, value=b'{"number": 3, "epoch": 1, "sequence": 4}'), NOW), Received)


def test_on_a_sequenced_topic_a_record_says_where_it_stands() -> None:
    raw = replace(RAW, topic="t.toy.ordered.v1")
    assert poison(raw) == "bad-schema"
    found = READER.read(replace(raw, value=b'{"number": 3, "epoch": 1, "sequence": 4}'), NOW)
    assert isinstance(found, Received)
    assert (found.stamp.epoch, found.stamp.sequence) == (1, 4)


def test_structured_mode_is_read_where_it_is_allowed() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "support.toy.add.v1", "data": {"number": 3}}
    raw = replace(RAW, value=orjson.dumps(event), headers=(("content-type", b"application/cloudevents+json"),))
    found = READER.read(raw, NOW)
    assert isinstance(found, Received)
    assert found.body == ToyAdd(number=3)
    assert poison(replace(raw, topic="t.toy.ordered.v1")) == "bad-headers"


def test_what_is_wrong_is_told_without_the_content() -> None:
    found = READER.read(replace(RAW, value=b'{"number": "secret"}'), NOW)
    assert found == Poison("bad-schema", "number: int_parsing")
