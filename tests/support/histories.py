"""How does a test write a history? Event by event; every default is legal, and any field may be said otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import orjson
from aiokafka.partitioner import murmur2

from bellhop_common.events.envelope import Envelope
from bellhop_common.events.topics import CATALOGUE, Topic, aside_topics
from bellhop_common.events.wire import rfc3339
from bellhop_common.history.checking import judge
from bellhop_common.history.parsing import parse
from bellhop_common.history.ports import Extent, Facts, Listed, Listing, Outside, Rule
from bellhop_common.history.records import RawRecord
from bellhop_common.history.spill import SpilledHistory
from bellhop_common.history.verdicts import Status, Verdict
from bellhop_common.ids import event_id, natural_id

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NO_OUTSIDE = Outside()
Log = list[RawRecord]


@lru_cache(maxsize=10_000)
def partition_of(key: str, partitions: int) -> int:
    return int(murmur2(key.encode()) & 0x7FFF_FFFF) % partitions


@dataclass(frozen=True, slots=True)
class Written:
    """What a test needs to refer to: the raw record, its event's id, and where it was appended."""

    raw: RawRecord
    id: str


@dataclass(frozen=True, slots=True)
class Lists:
    """What somebody outside kept; None: not given."""

    accepted: Iterable[str] | None = None
    sink: Iterable[str] | None = None
    poison: Iterable[str] | None = None


NO_LISTS = Lists()


@dataclass(slots=True)
class Chronicle:
    """Logs of every topic, written one event a second; each event is its own transaction of the desk."""

    prefix: str = "support"
    now: datetime = START
    epoch: int = 1
    desk: str = "help"
    desk_seq: int = 0
    without: frozenset[str] = frozenset()
    logs: dict[tuple[str, int], Log] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    sequences: dict[tuple[str, int, str], int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    capacity: dict[str, int] = field(default_factory=dict)
    at_rest: bool = False

    def tick(self, seconds: float = 1.0) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def event(self, topic: Topic, kind: str, key: str, body: Mapping[str, object], **said: object) -> Written:
        """`said` overrides the stamp and the body; `cause`, `source`, `ce_id` and `partition` go to the record."""
        self.tick()
        outer = {name: said.pop(name) for name in ("cause", "source", "ce_id", "partition", "key") if name in said}
        stamped = {**self._stamp(topic, key), **body, **said}
        full = topic.full(self.prefix)
        sequenced = stamped.get("sequence") is not None
        natural = (full, key, str(stamped.get("sequence", self.now.isoformat())))
        made = (
            event_id(full, _int(stamped["epoch"]), key, _int(stamped["sequence"]))
            if sequenced
            else natural_id(*natural)
        )
        envelope = Envelope(
            id=str(outer.get("ce_id", made)),
            source=str(outer.get("source", f"bellhop/{topic.written_by[0]}")),
            type=kind,
            subject=key,
            time=self.now,
            causation=str(outer["cause"]) if "cause" in outer else None,
        )
        partition = _int(outer.get("partition", partition_of(key, topic.partitions)))
        used_key = str(outer.get("key", key)).encode()
        return self.append(
            RawRecord(topic.name, partition, 0, self.now, used_key, envelope.headers(), _json(stamped)), envelope.id
        )

    def append(self, raw: RawRecord, name: str = "") -> Written:
        log = self.logs.setdefault((raw.topic, raw.partition), [])
        placed = replace(raw, offset=self.starts.get((raw.topic, raw.partition), 0) + len(log))
        log.append(placed)
        return Written(placed, name)

    def again(self, written: Written) -> Written:
        """A byte-identical repeat at the end of the same partition."""
        return self.append(replace(written.raw, appended_at=self.tick()), written.id)

    def dead_letter(self, written: Written, service: str, value: bytes | None = None) -> Written:
        raw = written.raw
        origin = (
            ("dl_topic", f"{self.prefix}.{raw.topic}"),
            ("dl_partition", str(raw.partition)),
            ("dl_offset", str(raw.offset)),
        )
        headers = (*raw.headers, *((name, text.encode()) for name, text in origin))
        topic = f"{raw.topic}.{service}.dead-letter"
        copy = RawRecord(topic, raw.partition, 0, self.tick(), raw.key, headers, value or raw.value)
        return self.append(copy, written.id)

    def cut(self, topic: Topic, partition: int, first: int) -> None:
        """Retention deletes what lies before `first`."""
        log = self.logs[(topic.name, partition)]
        self.starts[(topic.name, partition)] = first
        self.logs[(topic.name, partition)] = [raw for raw in log if raw.offset >= first]

    def restore(self) -> None:
        """A database comes back from a backup: a raised epoch, sequences and desk order start anew."""
        self.epoch += 1
        self.desk_seq = 0

    def load(self, agent: str, change: int) -> dict[str, object]:
        before = self.used.get(agent, 0)
        self.used[agent] = before + change
        capacity = self.capacity.get(agent, 100)
        return {"id": agent, "used_before": before, "used_after": before + change, "capacity": capacity}

    def sealed(self, lists: Lists = NO_LISTS, records: Iterable[RawRecord] | None = None) -> SpilledHistory:
        history = SpilledHistory(":memory:", self.facts())
        for listing, lines in (
            (Listing.ACCEPTED, lists.accepted),
            (Listing.SINK, lists.sink),
            (Listing.POISON, lists.poison),
        ):
            if lines is not None:
                history.add_listed(listing, [Listed(line) for line in lines])
        history.add(map(parse, self.records() if records is None else records))
        history.seal()
        return history

    def records(self) -> Iterator[RawRecord]:
        return (raw for _, log in sorted(self.logs.items()) for raw in log)

    def facts(self) -> Facts:
        names = [(topic.name, topic.partitions) for topic in CATALOGUE]
        names += [(aside, topic.partitions) for topic in CATALOGUE for aside in aside_topics(topic)]
        extents = {
            name: Extent(count, {partition: self.starts.get((name, partition), 0) for partition in range(count)})
            for name, count in names
            if name not in self.without
        }
        return Facts(self.prefix, self.now + timedelta(hours=1), extents, self.at_rest)

    def _stamp(self, topic: Topic, key: str) -> dict[str, object]:
        stamp: dict[str, object] = {"at": rfc3339(self.now), "desk": self.desk, "desk_version": 1}
        if topic.sequenced:
            place = (topic.name, self.epoch, key)
            self.sequences[place] = self.sequences.get(place, 0) + 1
            stamp |= {"epoch": self.epoch, "sequence": self.sequences[place]}
        if topic.ordered or topic.name == "agent.v1":
            self.desk_seq += 1
            stamp |= {"desk_seq": self.desk_seq, "ordinal": 1}
        return stamp


def judged(
    chronicle: Chronicle, rule: Rule, lists: Lists = Lists(), outside: Outside = NO_OUTSIDE
) -> dict[str, Verdict]:
    """The verdicts of one rule by their part."""
    history = chronicle.sealed(lists)
    try:
        return {verdict.part: verdict for verdict in judge(rule, history, outside)}
    finally:
        history.close()


def violations(verdict: Verdict) -> list[str]:
    return [violation.text for violation in verdict.violations]


def statuses(verdicts: dict[str, Verdict]) -> dict[str, Status]:
    return {part: verdict.status for part, verdict in verdicts.items()}


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _json(body: dict[str, object]) -> bytes:
    return orjson.dumps({name: value for name, value in body.items() if value is not None})
