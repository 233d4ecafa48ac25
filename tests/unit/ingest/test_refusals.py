"""Is the sender of a submission that can't be read told why, under a name that they know?"""

from datetime import UTC, datetime

import orjson
import pytest

from bellhop_common.events.envelope import STRUCTURED
from bellhop_common.kernel.delivery import Poison, RawRecord
from bellhop_ingest.adapters.refusals import answer_poison
from bellhop_ingest.adapters.wire import Wire
from bellhop_ingest.domain.events import SubmissionRefused
from bellhop_ingest.domain.outcomes import FieldError

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
BINARY = {
    "ce_specversion": b"1.0",
    "ce_id": b"e1",
    "ce_source": b"shop",
    "ce_type": b"support.contact.submitted.v1",
}
GOOD = {
    "submission_id": "s1",
    "entry_point": "shop",
    "customer": {"external_ids": [{"system": "shop", "id": "c1"}]},
    "text": "Hello",
    "occurred_at": "2027-03-01T12:00:00Z",
}


def told(
    value: object, error_class: str = "bad-schema", headers: dict[str, bytes] | None = None
) -> list[SubmissionRefused]:
    raw = value if isinstance(value, bytes) or value is None else orjson.dumps(value)
    topic = "support.contact.inbound.v1"
    record = RawRecord(topic, 0, 7, b"k", raw, tuple((BINARY if headers is None else headers).items()), NOON)
    return list(answer_poison(record, Poison(error_class, "")))


def test_each_wrong_field_is_named_under_the_submissions_own_id() -> None:
    (refused,) = told({**GOOD, "text": 5, "entry_point": "No Slug"})
    assert refused.submission_id == "s1"
    assert [(one.path, one.got) for one in refused.errors] == [("data.entry_point", "'No Slug'"), ("data.text", "'5'")]


def test_without_a_readable_id_the_event_is_named_by_source_and_id() -> None:
    (refused,) = told({**GOOD, "submission_id": None})
    assert refused.submission_id == "shop/e1"


def test_a_structured_event_is_answered_field_by_field_too() -> None:
    event = {"specversion": "1.0", "id": "e2", "source": "shop", "type": "support.contact.submitted.v1"}
    (refused,) = told({**event, "data": {**GOOD, "text": None}}, headers={"content-type": STRUCTURED.encode()})
    assert (refused.submission_id, refused.errors[0].path) == ("s1", "data.text")


def test_a_structured_event_without_a_source_names_what_is_missing() -> None:
    event = {"specversion": "1.0", "id": "e2", "type": "support.contact.submitted.v1", "data": GOOD}
    (refused,) = told(event, "bad-headers", {"content-type": STRUCTURED.encode()})
    assert (refused.submission_id, refused.errors[0].path) == ("s1", "source")


def test_headers_that_are_missing_are_told_to_who_is_named_in_the_body() -> None:
    (refused,) = told(GOOD, "bad-headers", {"ce_specversion": b"1.0"})
    assert (refused.submission_id, refused.errors[0].path) == ("s1", "ce_id")


@pytest.mark.parametrize(
    ("error_class", "expected"),
    [("too-large", "at most 1 MiB"), ("too-old", "a record of the last days")],
)
def test_a_submission_that_is_right_in_itself_is_refused_for_what_is_wrong_with_its_record(
    error_class: str, expected: str
) -> None:
    assert told(GOOD, error_class) == [
        SubmissionRefused("s1", "support.contact.inbound.v1/0@7", (FieldError("record", error_class, expected),))
    ]


@pytest.mark.parametrize("value", [None, b"{no json", b"\xff", b"[]", b"3"])
def test_anything_at_all_has_an_answer_once_its_envelope_can_be_read(value: bytes | None) -> None:
    (refused,) = told(value, "bad-json")
    assert refused.submission_id == "shop/e1"
    assert refused.errors


@pytest.mark.parametrize("value", [None, b"{no json", b"[]", b"3", b"{}"])
@pytest.mark.parametrize("headers", [{}, {"content-type": STRUCTURED.encode()}, {"ce_id": b"\xff"}])
def test_who_can_not_be_named_is_not_told(value: bytes | None, headers: dict[str, bytes]) -> None:
    assert told(value, "bad-headers", headers) == []


def test_an_event_nested_deeper_than_can_be_written_has_an_answer_too() -> None:
    """Read can be 1,024 levels, written 254."""
    event = b'{"specversion":"1.0","data":{"submission_id":"s9","text":%s}}' % (b"[" * 500 + b"]" * 500)
    (refused,) = told(event, "bad-headers", {"content-type": STRUCTURED.encode()})
    assert (refused.submission_id, refused.errors[0].got) == ("s9", "too many levels")


def test_poison_on_other_topics_has_no_sender_who_waits_for_an_answer() -> None:
    record = RawRecord("support.work.v1", 0, 7, b"k", b"{}", tuple(BINARY.items()), NOON)
    assert answer_poison(record, Poison("bad-schema", "")) == ()


def test_two_records_of_one_submission_are_answered_by_two_events() -> None:
    wire = Wire("support")
    refused = [SubmissionRefused("s1", f"shop/e{number}", (FieldError("text", "5", "text"),)) for number in (1, 2)]
    first, second = (wire.encode(one) for one in refused)
    assert (first.key, second.key) == ("s1", "s1")
    assert first.natural == "support.contact.result.v1/s1/contact.refused/shop/e1"
    assert second.natural == "support.contact.result.v1/s1/contact.refused/shop/e2"
