"""Why could nobody read this record? It is read once more, as its service did."""

from datetime import timedelta
from typing import Final

from bellhop_common.events.topics import CATALOGUE, CONTACT_INBOUND
from bellhop_common.kernel.delivery import Poison, RawRecord
from bellhop_common.messaging.dead_letter_topics import Letter
from bellhop_common.messaging.dead_letters import without_dl
from bellhop_common.messaging.parse import Reader

# A record too old to be told from a repeat says so by its error class; here it is only read.
HOWEVER_OLD: Final = timedelta(days=36_500)


def reason_of(letter: Letter) -> str:
    """Which fields are wrong and how, never their values; empty for what can be read."""
    source = letter.origin.topic
    topic = next((one for one in CATALOGUE if source.endswith(f".{one.name}")), None)
    if topic is None:
        return "no topic of this product"
    structured = frozenset({source} if topic is CONTACT_INBOUND else ())
    record = letter.record
    raw = RawRecord(
        topic=source,
        partition=letter.origin.partition,
        offset=letter.origin.offset,
        key=record.key,
        value=record.value,
        headers=without_dl(tuple(record.headers)),
        appended_at=letter.at,
    )
    found = Reader({source: topic}, structured, HOWEVER_OLD).read(raw, letter.at)
    return found.detail if isinstance(found, Poison) else ""
