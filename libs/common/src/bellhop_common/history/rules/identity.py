"""Does the same id always carry the same data? Repeats are counted, anywhere; a second, different value is wrong."""

from collections.abc import Iterator
from itertools import groupby

from bellhop_common.events.topics import CATALOGUE, CONTACT_INBOUND
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.verdicts import Findings, Verdict
from bellhop_common.ids import event_id

_TOPICS = tuple(topic.name for topic in CATALOGUE if topic is not CONTACT_INBOUND)
_SEQUENCED = frozenset(topic.name for topic in CATALOGUE if topic.sequenced)
_OURS = "bellhop/"


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("identity")
    repeats = 0
    streamed = history.stream(Selection(Order.ID, _TOPICS, bodies=False))
    # Senders outside choose their own ids; what those repeat is the inbox's business.
    ours = (record for record in streamed if record.source.startswith(_OURS) or record.topic in _SEQUENCED)
    for _, group in groupby(ours, key=lambda record: record.id):
        findings.case()
        repeats += _same_data(findings, history.facts.prefix, group)
    yield findings.verdict(note=f"{repeats} repeats")


def _same_data(findings: Findings, prefix: str, group: Iterator[HistoryRecord]) -> int:
    first = next(group)
    _names_its_place(findings, prefix, first)
    repeats = 0
    for other in group:
        if other.digest == first.digest and other.topic == first.topic:
            repeats += 1
        else:
            findings.wrong(f"id {first.id} carries two different values", first, other)
    return repeats


def _names_its_place(findings: Findings, prefix: str, record: HistoryRecord) -> None:
    """On a sequenced topic the place gives the id, so that no place can have two."""
    if record.topic not in _SEQUENCED or record.epoch is None or record.sequence is None:
        return
    expected = str(event_id(f"{prefix}.{record.topic}", record.epoch, record.key or "", record.sequence))
    if record.id != expected:
        findings.wrong(
            f"id {record.id} at epoch {record.epoch}, sequence {record.sequence}: expected {expected}", record
        )


RULE = Rule("identity", (), check)
