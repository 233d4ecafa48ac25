"""Where does a history live that is larger than memory? In an embedded database, read back in any order."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from bellhop_common.history.parsing import is_aside
from bellhop_common.history.ports import Facts, Listed, Listing, Order, Selection
from bellhop_common.history.records import HistoryRecord, Place

_CHUNK = 2_000
_CACHE_KIB = 48 * 1_024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_COLUMNS = (
    "topic, partition, offset, appended_us, key, event_id, source, type, cause, epoch, sequence, desk, "
    "desk_version, desk_seq, ordinal, subject, reference, digest, raw"
)

# `agent.v1` sorts before `work.v1`, so that a decision is judged by the state of its own transaction too.
_ORDERS = {
    Order.ID: ("event_id <> ''", "event_id, id"),
    Order.KEY: ("key IS NOT NULL", "topic, key, partition, offset"),
    Order.PLACE: ("true", "topic, partition, offset"),
    Order.SEQUENCE: ("sequence IS NOT NULL AND epoch IS NOT NULL", "topic, key, epoch, sequence, offset"),
    Order.DESK: ("desk_seq IS NOT NULL", "desk, era, desk_seq, topic, ordinal, event_id, offset"),
    Order.SUBJECT: ("subject IS NOT NULL", "subject, id"),
    Order.REFERENCE: ("reference IS NOT NULL", "reference, id"),
}

Row = tuple[object, ...]


class SpilledHistory:
    """A `History`. Records of a partition are added in offset order; `seal` ends the adding."""

    def __init__(self, path: Path | str, facts: Facts) -> None:
        self.facts = facts
        self._database = sqlite3.connect(path, isolation_level=None)
        self._given: set[Listing] = set()
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}", "temp_store=FILE"):
            self._database.execute(f"PRAGMA {pragma}")
        self._tables, self._indexes = _schema()
        self._database.executescript(self._tables)

    def add(self, records: Iterable[HistoryRecord]) -> None:
        marks = ", ".join("?" * (_COLUMNS.count(",") + 2))
        statement = f"INSERT INTO records ({_COLUMNS}, body) VALUES ({marks})"  # noqa: S608 only constants
        for chunk in _chunks(map(_row, records)):
            self._write(statement, chunk)

    def add_listed(self, listing: Listing, lines: Iterable[Listed]) -> None:
        self._given.add(listing)
        rows: Iterator[Row] = ((listing.value, line.reference, line.detail) for line in lines)
        for chunk in _chunks(rows):
            self._write("INSERT INTO listed VALUES (?, ?, ?)", chunk)

    def seal(self) -> None:
        self._database.executescript(self._indexes)
        planted = [_place(line.reference) for line in self.listed(Listing.POISON) or ()]
        self._write("UPDATE records SET planted = 1 WHERE topic = ? AND partition = ? AND offset = ?", planted)

    def close(self) -> None:
        self._database.close()

    def stream(self, selection: Selection) -> Iterator[HistoryRecord]:
        wanted, order = _ORDERS[selection.order]
        body = "body" if selection.bodies else "NULL"
        filters = [wanted, "planted = 0", _among("topic", len(selection.topics))]
        if selection.types:
            filters.append(_among("type", len(selection.types)))
        query = f"SELECT {_COLUMNS}, {body} FROM records WHERE {' AND '.join(filters)} ORDER BY {order}"  # noqa: S608
        found = self._records(query, (*selection.topics, *selection.types))
        identity = _FIRSTS.get(selection.order)
        return found if identity is None else _firsts(found, identity)

    def with_id(self, event_id: str) -> HistoryRecord | None:
        return next((found for found in self._where("event_id", event_id) if not is_aside(found.topic)), None)

    def at_place(self, place: Place) -> HistoryRecord | None:
        query = f"SELECT {_COLUMNS}, body FROM records WHERE topic = ? AND partition = ? AND offset = ?"  # noqa: S608
        return next(self._records(query, (place.topic, place.partition, place.offset)), None)

    def caused_by(self, event_id: str) -> Iterator[HistoryRecord]:
        return self._where("cause", event_id)

    def referring_to(self, reference: str) -> Iterator[HistoryRecord]:
        return self._where("reference", reference)

    def listed(self, listing: Listing) -> Iterator[Listed] | None:
        if listing not in self._given:
            return None
        query = "SELECT reference, detail FROM listed WHERE listing = ? ORDER BY reference"
        return (Listed(*row) for row in self._database.execute(query, (listing.value,)))

    def _where(self, column: str, value: str) -> Iterator[HistoryRecord]:
        extra = " AND event_id <> ''" if column == "event_id" else ""
        query = f"SELECT {_COLUMNS}, body FROM records WHERE {column} = ?{extra}"  # noqa: S608 only constants
        return self._records(query, (value,))

    def _records(self, query: str, values: Row) -> Iterator[HistoryRecord]:
        return map(_record, self._database.execute(query, values))

    def _write(self, statement: str, rows: Iterable[Row]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(statement, rows)
        self._database.execute("COMMIT")


def _by_sequence(record: HistoryRecord) -> Row:
    return (record.topic, record.key, record.epoch, record.sequence)


def _by_desk(record: HistoryRecord) -> Row:
    return (record.topic, record.id)


_FIRSTS: dict[Order, Callable[[HistoryRecord], Row]] = {Order.SEQUENCE: _by_sequence, Order.DESK: _by_desk}


def _firsts(records: Iterator[HistoryRecord], identity: Callable[[HistoryRecord], Row]) -> Iterator[HistoryRecord]:
    """Repeats stand next to each other in these orders."""
    last: Row = ()
    for record in records:
        found = identity(record)
        if found != last:
            yield record
        last = found


def _schema() -> tuple[str, str]:
    script = files("bellhop_common.history").joinpath("spill.sql").read_text()
    tables, _, indexes = script.partition("-- after the records")
    return tables, indexes


def _row(record: HistoryRecord) -> Row:
    appended_us = (record.appended_at - _EPOCH) // _MICROSECOND
    return (
        *(record.topic, record.partition, record.offset, appended_us, record.key),
        *(record.id, record.source, record.type, record.cause, record.epoch, record.sequence),
        *(record.desk, record.desk_version, record.desk_seq, record.ordinal, record.subject, record.reference),
        *(record.digest, record.raw, orjson.dumps(record.body)),
    )


def _record(row: tuple[Any, ...]) -> HistoryRecord:
    moment, body = _EPOCH + row[3] * _MICROSECOND, orjson.loads(row[19]) if row[19] else {}
    return HistoryRecord._make((*row[:3], moment, *row[4:19], body))


def _place(reference: str) -> Row:
    where, _, offset = reference.rpartition("@")
    topic, _, partition = where.rpartition("/")
    return (topic, int(partition), int(offset))


def _among(column: str, count: int) -> str:
    return f"{column} IN ({', '.join('?' * count)})"


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
