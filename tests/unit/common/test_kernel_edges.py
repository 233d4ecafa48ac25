"""The small pure parts at the kernel's edges: headers, ids, settings, tokens, commits, topics."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from bellhop_common.errors import Misuse
from bellhop_common.events.topics import CATALOGUE, CUSTOMER_STATE, WORK
from bellhop_common.http.auth import Tokens
from bellhop_common.kernel.asides import retry_delay
from bellhop_common.kernel.delivery import DeadLetter, RawRecord
from bellhop_common.kernel.parking import decode_headers, encode_headers
from bellhop_common.messaging.commits import DeferredCommits, StandIn
from bellhop_common.messaging.dead_letter_topics import LetterId
from bellhop_common.messaging.dead_letters import dead_letter_row
from bellhop_common.messaging.topic_admin import wanted
from bellhop_common.observability.logging import logger
from bellhop_common.settings import KernelSettings, load_settings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = TopicPartition("t", 0)


class FakeConsumer:
    def __init__(self) -> None:
        self.committed: list[dict[TopicPartition, int]] = []
        self.sought: list[tuple[TopicPartition, int]] = []

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.committed.append(offsets)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.sought.append((partition, offset))


def record(offset: int) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord("t", 0, offset, 0, 0, None, b"", None, 0, 0, ())


async def test_acknowledged_batches_are_committed_together_by_their_newest_offset() -> None:
    consumer, commits = FakeConsumer(), DeferredCommits(logger("test"))
    commits.attach(consumer)
    await StandIn(consumer, (record(4), record(5)), commits).commit()
    await StandIn(consumer, (record(6),), commits).commit()
    assert consumer.committed == []
    await commits.flush()
    await commits.flush()
    assert consumer.committed == [{FIRST: 7}]


async def test_partitions_that_went_away_are_not_committed() -> None:
    consumer, commits = FakeConsumer(), DeferredCommits(logger("test"))
    commits.attach(consumer)
    commits.handled([record(4)])
    commits.forget([FIRST])
    await commits.flush()
    assert consumer.committed == []


def test_a_refused_batch_is_sought_back_for_real() -> None:
    consumer = FakeConsumer()
    StandIn(consumer, (record(4),), DeferredCommits(logger("test"))).seek(FIRST, 4)
    assert consumer.sought == [(FIRST, 4)]


@pytest.mark.parametrize("value", [None, b"", b"text", b"\xff\x00", b"nul\0byte", "ü".encode()])
def test_parked_headers_come_back_as_they_were(value: bytes | None) -> None:
    headers = (("one", value), ("one", b"again"))
    assert decode_headers(encode_headers(headers)) == headers


def test_a_replayed_letter_that_fails_again_names_its_first_place_once() -> None:
    said = (("dl_topic", b"support.work.v1"), ("dl_partition", b"2"), ("dl_offset", b"9"), ("dl_replay", b"x"))
    raw = RawRecord("support.work.v1.sla.retry", 2, 0, b"k", b"v", (("ce_id", b"1"), *said), NOW)
    row = dead_letter_row(DeadLetter(raw, "handler-error", 3), "sla")
    assert (row.topic, row.partition, row.key, row.value) == ("support.work.v1.sla.dead-letter", 2, b"k", b"v")
    assert row.headers == (
        ("ce_id", b"1"),
        ("dl_topic", b"support.work.v1"),
        ("dl_partition", b"2"),
        ("dl_offset", b"9"),
        ("dl_error_class", b"handler-error"),
        ("dl_attempts", b"3"),
    )


def test_a_letter_is_named_by_its_place_and_names_its_service() -> None:
    found = LetterId.parse("support.work.v1.sla.dead-letter:3:17")
    assert (found.partition, found.offset, found.service) == (3, 17, "sla")
    assert str(found) == "support.work.v1.sla.dead-letter:3:17"


@pytest.mark.parametrize("text", ["", "support.work.v1:3:17", "x.dead-letter:3", "x.dead-letter:a:b"])
def test_what_names_no_letter_is_misuse(text: str) -> None:
    with pytest.raises(Misuse):
        LetterId.parse(text)


def test_a_missing_reference_is_looked_for_ever_more_seldom() -> None:
    waits = [retry_delay(timedelta(seconds=seconds)) for seconds in (0, 1, 3, 25)]
    assert waits == [0.2, 0.5, 1.5, 2.0]


def test_every_topic_one_of_us_reads_has_its_dead_letters_and_its_way_back() -> None:
    found = {one.name: one for one in wanted(CATALOGUE, "p")}
    assert found["p.work.v1.sla.dead-letter"].partitions == WORK.partitions
    assert "p.work.v1.sla.retry" in found
    assert "p.work.v1.anyone.retry" not in found
    assert found["p.work.v1.sla.dead-letter"].config["retention.ms"] == "2592000000"
    assert found[CUSTOMER_STATE.full("p")].config["cleanup.policy"] == "compact"


def test_what_is_named_for_a_service_goes_before_what_is_named_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLHOP_POSTGRES_DSN", "postgresql://all")
    monkeypatch.setenv("BELLHOP_SLA_POSTGRES_DSN", "postgresql://sla")
    assert load_settings("sla").postgres_dsn.get_secret_value() == "postgresql://sla"
    assert load_settings("router").postgres_dsn.get_secret_value() == "postgresql://all"
    assert (load_settings("sla").port, load_settings("ingest").port) == (8003, 8001)


def test_settings_are_shown_without_their_secrets() -> None:
    shown = str(KernelSettings(postgres_dsn="postgresql://user:hunter2@host/db").redacted())
    assert "hunter2" not in shown


def test_without_a_token_file_only_this_machine_may_call() -> None:
    tokens = Tokens.read(None)
    assert tokens.caller(None, "127.0.0.1") is not None
    assert tokens.caller(None, "::1") is not None
    assert tokens.caller("Bearer x", "10.0.0.1") is None


def test_a_token_gives_its_roles_wherever_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text('{"s3cret": {"name": "ana", "roles": ["agent"], "agent_id": "ana"}}')
    tokens = Tokens.read(path)
    found = tokens.caller("Bearer s3cret", "10.0.0.1")
    assert found is not None
    assert (found.agent_id, found.roles) == ("ana", frozenset({"agent"}))
    assert tokens.caller("Bearer wrong", "127.0.0.1") is None
    assert tokens.caller(None, "127.0.0.1") is None


def test_a_token_file_that_can_not_be_read_is_misuse(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text('{"s3cret": "ana"}')
    with pytest.raises(Misuse):
        Tokens.read(path)
