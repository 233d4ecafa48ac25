"""How does a process live and end? Offsets, draining, a bad deploy, no progress, a topic made anew, restored tables."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from bellhop_common.messaging import rounds
from bellhop_common.messaging.assignment import Assignment, Seams
from bellhop_common.messaging.commits import DeferredCommits
from bellhop_common.messaging.consumer import Consumer, Reading
from bellhop_common.messaging.inbox import Stored
from bellhop_common.observability.health import Health
from bellhop_common.observability.logging import logger
from bellhop_common.postgres.database import Connection
from bellhop_common.postgres.outbox import Outbox
from support.replicas import Replica, toys
from support.topics import create_topics
from support.toy.contracts import TOY_INPUT, ToyAdd, ToyExplode
from support.toy_feed import headers_of, published, until_counted
from support.toy_looks import counted, letters_of
from support.toy_stage import SCHEMA, Stage, ToyRuntime
from support.waiting import until


async def none_stored() -> dict[tuple[str, int], Stored]:
    return {}


async def committed(stage: Stage, group: str, topic: str) -> dict[int, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.bootstrap)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {place.partition: found.offset for place, found in offsets.items() if place.topic == topic}


async def test_a_batch_that_fails_is_read_again_and_offsets_follow_what_was_handled(stage: Stage) -> None:
    topic, seen, failed = f"{stage.prefix}.plain", set[tuple[int, int]](), list[int]()
    await create_topics(stage.bootstrap, {topic: 3})
    for number in range(300):
        await stage.feed.send(f"k{number}", b"x", [("bad", b"\xff")], "plain")

    async def handle(records: "tuple[ConsumerRecord[bytes, bytes], ...]") -> None:
        if len(seen) > 100 and len(failed) < 3:
            failed.append(len(seen))
            raise RuntimeError("planted")
        seen.update((record.partition, record.offset) for record in records)

    log = logger("test")
    commits = DeferredCommits(log)
    assignment = Assignment(Seams(none_stored, lambda _: None, lambda _: None, commits, Health(log)))
    reading = Reading(stage.bootstrap, topic, [topic], 1.5, 5, 40, 10, 10)
    consumer = Consumer(reading, handle, commits, assignment)
    await consumer.start()
    try:
        await until(lambda: all_seen(seen, 300))
    finally:
        await consumer.stop()
    assert len(failed) == 3
    assert sum((await committed(stage, topic, topic)).values()) == 300


async def all_seen(seen: set[tuple[int, int]], count: int) -> bool:
    return len(seen) == count


async def test_a_process_told_to_stop_leaves_nothing_to_be_handled_again(stage: Stage, tmp_path: Path) -> None:
    with toys(tmp_path, stage.settings) as running:
        replica = running.start(max_records="20")
        await asyncio.to_thread(running.started)
        for number in range(200):
            await stage.feed.add(f"k{number % 7}")
        await until(lambda: has(stage, "next_offsets"))
        assert await asyncio.to_thread(replica.stop) == 0
        rows = await stage.fetch("SELECT partition, next_offset FROM next_offsets WHERE topic = $1", full(stage))
        stored = {row["partition"]: row["next_offset"] for row in rows}
        assert sum(stored.values()) > 0
        assert await committed(stage, f"{stage.prefix}.toy", full(stage)) == stored
        assert await stage.count("outbox") == 0
        running.start()
        await until_counted(stage.bootstrap, stage.feed)


async def has(stage: Stage, table: str) -> bool:
    return await stage.count(table) > 0


def full(stage: Stage) -> str:
    return TOY_INPUT.full(stage.prefix)


async def test_a_broker_that_goes_away_in_the_middle_of_a_start_is_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_start: Callable[[AIOKafkaConsumer], Awaitable[None]] = AIOKafkaConsumer.start
    starts: list[AIOKafkaConsumer] = []

    async def start(consumer: AIOKafkaConsumer) -> None:
        starts.append(consumer)
        if len(starts) < 3:
            raise KafkaConnectionError("planted")
        await true_start(consumer)

    monkeypatch.setattr(AIOKafkaConsumer, "start", start)
    async with stage.toy() as toy:
        await stage.feed.add("k1")
        assert (await until_counted(stage.bootstrap, stage.feed)).numbers("k1") == [1]
        assert toy.health.ready
        assert toy.client is starts[2]


async def test_the_end_of_a_transaction_which_nobody_can_read_counts_as_read(stage: Stage) -> None:
    async with stage.toy() as toy, transactional(stage) as producer:
        async with producer.transaction():
            body = ToyAdd(desk="a", number=1)
            await producer.send_and_wait(full(stage), body.model_dump_json().encode(), b"k1", headers=headers_of(body))
        await until(lambda: counted(stage, "k1", [1]))
        await until(lambda: no_lag(toy, full(stage)))


@asynccontextmanager
async def transactional(stage: Stage) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=stage.bootstrap, transactional_id=stage.prefix)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def no_lag(toy: ToyRuntime, topic: str) -> bool:
    return toy.registry.get_sample_value("support_toy_consumer_lag_records", {"topic": topic}) == 0


async def test_a_part_that_does_not_stop_keeps_no_other_from_stopping(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: object) -> None:
        await asyncio.sleep(600)

    async with stage.toy(stop_timeout=3) as toy:
        await stage.feed.add("k1")
        await until(lambda: counted(stage, "k1", [1]))
        true_stop = Consumer.stop
        monkeypatch.setattr(Consumer, "stop", hang)
    monkeypatch.setattr(Consumer, "stop", true_stop)
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await toy.database.now()
    assert not toy.publisher.alive
    assert toy.client is not None
    await toy.client.stop()


async def status_of(replica: Replica) -> int:
    return await asyncio.to_thread(replica.process.wait, 40)


async def test_six_handler_errors_in_a_row_end_the_process(stage: Stage, tmp_path: Path) -> None:
    for number in range(6):
        await stage.feed.say(f"bad{number}", ToyExplode())
    with toys(tmp_path, stage.settings) as running:
        replica = running.start()
        assert await status_of(replica) == 1
        assert "BreakerOpen" in str(replica.said("ending")[0]["reason"])


async def test_poison_never_ends_the_process(stage: Stage) -> None:
    for number in range(40):
        await stage.feed.poison(f"k{number}")
    for number in range(5):
        await stage.feed.say(f"bad{number}", ToyExplode())
    async with stage.toy(failure_window=0.2) as toy:
        await letters_of(stage, 45)
        await stage.feed.add("k1")
        assert (await until_counted(stage.bootstrap, stage.feed)).numbers("k1") == [1]
        assert toy.health.failed is None


@pytest.mark.parametrize("dead", ["_fetcher._fetch_task", "_coordinator._coordination_task"])
async def test_a_process_whose_reading_has_died_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch, dead: str) -> None:
    monkeypatch.setenv("BELLHOP_TOY_LOSES", dead)
    async with stage.toy() as toy:
        await until(lambda: failed_with(toy, dead.partition(".")[0].strip("_")))
    assert toy.exit_status == 1


async def failed_with(toy: ToyRuntime, word: str) -> bool:
    return word in (toy.health.failed or "")


async def test_offsets_beyond_the_end_of_the_log_end_the_process_and_say_so(stage: Stage) -> None:
    await stage.feed.add("k1")
    insert = "INSERT INTO next_offsets VALUES ($1, $2, $3, 1000) RETURNING 1"
    for partition in range(TOY_INPUT.partitions):
        await stage.fetch(insert, f"{stage.prefix}.toy", full(stage), partition)
    async with stage.toy() as toy:
        await until(lambda: failed_with(toy, "offsets below 1000 were handled, but its log ends at"))
    assert (await published(stage.bootstrap, stage.prefix)).by_key == {}


async def test_after_a_restore_reading_begins_where_the_database_is(stage: Stage) -> None:
    async with stage.toy():
        for number in range(20):
            await stage.feed.add(f"k{number}")
        await until_counted(stage.bootstrap, stage.feed)
    await forget_everything(stage)
    async with stage.toy():
        await stage.feed.add("k0")
        await until(lambda: all_counted_again(stage))


async def forget_everything(stage: Stage) -> None:
    """The database as it was before anything came in, while Kafka's offsets are at the end; sequences go on."""
    connection = await asyncpg.connect(stage.dsn, server_settings={"search_path": SCHEMA})
    await connection.execute("TRUNCATE inbox, aggregates, outbox; UPDATE next_offsets SET next_offset = 0")
    await connection.close()


async def all_counted_again(stage: Stage) -> bool:
    found = await published(stage.bootstrap, stage.prefix)
    return sorted(len(found.numbers(f"k{number}")) for number in range(20)) == [2] * 19 + [3]


async def test_a_partition_waits_while_its_subject_is_locked_and_nothing_is_dead(stage: Stage) -> None:
    await stage.feed.add("k1")
    async with stage.toy() as toy:
        await until(lambda: counted(stage, "k1", [1]))
        connection = await asyncpg.connect(stage.dsn, server_settings={"search_path": SCHEMA})
        async with connection.transaction():
            await connection.execute("SELECT FROM aggregates WHERE id = 'k1' FOR UPDATE")
            await stage.feed.add("k1")
            await until(lambda: waits(toy.health.waiting), within=20)
        await connection.close()
        await until_counted(stage.bootstrap, stage.feed)
        await until(lambda: ready(toy.health.ready))
    assert await stage.letters() == []


async def waits(waiting: dict[str, str]) -> bool:
    return "55P03" in waiting.get("consumer", "")


async def ready(is_ready: bool) -> bool:  # noqa: FBT001 - looked at once
    return is_ready


async def test_at_the_end_of_the_group_the_log_is_at_its_end(stage: Stage) -> None:
    async with stage.toy():
        for number in range(50):
            await stage.feed.add(f"k{number}")
        await until_counted(stage.bootstrap, stage.feed)
    consumer = AIOKafkaConsumer(bootstrap_servers=stage.bootstrap)
    await consumer.start()
    places = [TopicPartition(full(stage), number) for number in range(TOY_INPUT.partitions)]
    ends = {place.partition: end for place, end in (await consumer.end_offsets(places)).items()}
    await consumer.stop()
    offsets = await committed(stage, f"{stage.prefix}.toy", full(stage))
    assert offsets == {partition: end for partition, end in ends.items() if end}


async def test_a_publisher_that_dies_of_something_unknown_ends_the_process(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("planted")

    async with stage.toy() as toy:
        monkeypatch.setattr(rounds, "publish", broken)
        await stage.feed.add("k1")
        await until(lambda: failed_with(toy, "RuntimeError"))
    assert toy.exit_status == 1


async def test_shards_are_registered_where_nothing_can_roll_them_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[bool] = []
    load = Outbox.load

    async def watched(outbox: Outbox, connection: Connection) -> None:
        inside.append(connection.is_in_transaction())
        await load(outbox, connection)

    monkeypatch.setattr(Outbox, "load", watched)
    async with stage.toy():
        assert inside == [False]
