"""Can anybody stop ingest with a record? Whatever lies on the topic, there is an answer that can be sent, or none."""

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bellhop_common.kernel.delivery import Poison, RawRecord
from bellhop_ingest.adapters.refusals import answer_poison
from bellhop_ingest.adapters.wire import Wire

TOPIC = "support.contact.inbound.v1"
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
NAMES = st.sampled_from(
    ["submission_id", "entry_point", "customer", "handles", "text", "occurred_at", "thread_key", "x"]
)
TEXTS = st.text(max_size=600)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=12,
)
ATTRIBUTES = st.sampled_from(["specversion", "id", "source", "type", "data", "subject", "time"])
KNOWN = st.sampled_from(["1.0", "support.contact.submitted.v1", "support.work.queued.v1"])
STRUCTURED = st.dictionaries(ATTRIBUTES, KNOWN | VALUES, max_size=7)
BODIES = st.binary(max_size=40) | st.one_of(VALUES, STRUCTURED).map(orjson.dumps) | st.none()
HEADERS = st.dictionaries(
    st.sampled_from(["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"]),
    st.one_of(
        KNOWN.map(str.encode), TEXTS.map(str.encode), st.binary(max_size=1200), st.just(b"application/cloudevents+json")
    ),
)


@given(value=BODIES, headers=HEADERS, error_class=st.sampled_from(["bad-json", "bad-schema", "bad-headers", "too-old"]))
def test_every_record_has_an_answer_that_can_be_sent_or_none(
    value: bytes | None, headers: dict[str, bytes], error_class: str
) -> None:
    record = RawRecord(TOPIC, 0, 1, None, value, tuple(headers.items()), NOON)
    for refused in answer_poison(record, Poison(error_class, "")):
        assert Wire("support").encode(refused).body["errors"]
