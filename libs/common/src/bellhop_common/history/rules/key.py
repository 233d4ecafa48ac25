"""Is each record keyed by what its topic says, and does it lie in the partition that murmur2 of the key gives?"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from aiokafka.partitioner import murmur2

from bellhop_common.events.topics import CATALOGUE, CONTACT_INBOUND, CONTACT_RESULT
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord, part, text
from bellhop_common.history.verdicts import Findings, Verdict

_TOPICS = tuple(topic.name for topic in CATALOGUE if topic is not CONTACT_INBOUND)
KeysOf = Callable[[HistoryRecord], tuple[str, ...]]
"""The keys that a record may have; none: the body doesn't tell."""


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("key")
    for record in history.stream(Selection(Order.PLACE, _TOPICS)):
        findings.case()
        _key(findings, record)
        _partition(findings, history, record)
    yield findings.verdict()


def _key(findings: Findings, record: HistoryRecord) -> None:
    if record.key is None:
        findings.wrong("no key", record)
        return
    if "@" in record.key and record.topic != CONTACT_RESULT.name:
        findings.wrong("the key looks like an address; keys are ids", record)
    expected = _expected(record) if record.type and record.body else ()
    if expected and record.key not in expected:
        findings.wrong(f"key {record.key}, expected {expected[0]}", record)


def _partition(findings: Findings, history: History, record: HistoryRecord) -> None:
    extent = history.facts.extents.get(record.topic)
    if record.key is None or extent is None:
        return
    expected = _hash(record.key) % extent.partitions
    if record.partition != expected:
        findings.wrong(f"key {record.key} in partition {record.partition}, expected {expected}", record)


@lru_cache(maxsize=50_000)
def _hash(key: str) -> int:
    return int(murmur2(key.encode()) & 0x7FFF_FFFF)


def _expected(record: HistoryRecord) -> tuple[str, ...]:
    keys_of = _KEYS.get(record.topic)
    return tuple(key for key in keys_of(record) if key) if keys_of else ()


def _field(name: str) -> KeysOf:
    return lambda record: (record.text(name),)


def _contact(record: HistoryRecord) -> tuple[str, ...]:
    return (record.text("contact_id" if record.type == "contact.parked" else "conversation_id"),)


def _in_desk(name: str) -> KeysOf:
    def keys(record: HistoryRecord) -> tuple[str, ...]:
        value = record.body.get(name)
        return () if record.desk is None or value is None else (f"{record.desk}/{value}",)

    return keys


def _recipient(record: HistoryRecord) -> tuple[str, ...]:
    recipient = part(record.body, "recipient")
    kind, name = text(recipient, "kind"), text(recipient, "id")
    return (name, f"{kind}/{name}") if name else ()


_KEYS: Mapping[str, KeysOf] = {
    "contact.result.v1": _field("submission_id"),
    "contact.v1": _contact,
    "customer.command.v1": _field("customer_id"),
    "customer.state.v1": _field("customer_id"),
    "desk.v1": _in_desk("version"),
    "agent.command.v1": _field("agent_id"),
    "agent.v1": _field("agent_id"),
    "work.command.v1": _field("conversation_id"),
    "work.v1": _field("conversation_id"),
    "queue.v1": _in_desk("queue"),
    "sla.v1": _field("conversation_id"),
    "notice.command.v1": _recipient,
    "notice.v1": _recipient,
    "survey.v1": _field("conversation_id"),
    "chat.outbound.v1": _field("conversation_id"),
    "call.command.v1": _field("conversation_id"),
}
RULE = Rule("key", (), check)
