"""Does the command read real topics, and end as a script expects it to?"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from bellhop_common.events.topics import CATALOGUE
from bellhop_common.history.records import RawRecord
from support.conversations import Conversation
from support.days import ordinary_day
from support.histories import Chronicle
from support.topics import create_topics

NOBODY_LISTENS = "127.0.0.1:9"
PARTITIONS = {topic.name: topic.partitions for topic in CATALOGUE}


NEEDED = {"agent.v1", "contact.v1", "customer.state.v1", "notice.v1", "sla.v1", "work.v1"}


async def published(bootstrap: str, prefix: str, records: Sequence[RawRecord]) -> None:
    """A history byte for byte in the partitions that it names, and the topics that the rules need."""
    named = NEEDED | {raw.topic for raw in records}
    counts = {f"{prefix}.{name}": PARTITIONS.get(name, 12) for name in sorted(named)}
    await create_topics(bootstrap, counts)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        for raw in records:
            await producer.send(
                f"{prefix}.{raw.topic}", raw.value, key=raw.key, partition=raw.partition, headers=list(raw.headers)
            )
        await producer.flush()
    finally:
        await producer.stop()


def check_history(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bellhop_common", "check-history", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=os.environ)  # noqa: S603 our own


def lines(path: Path, records: Iterable[Mapping[str, object]]) -> str:
    path.write_bytes(b"\n".join(orjson.dumps(record) for record in records))
    return str(path)


async def test_a_legal_history_is_found_right(kafka_bootstrap: str, topic_prefix: str, tmp_path: Path) -> None:
    # The broker stamps the append time, which accepts are judged by.
    history, lists = ordinary_day(topic_prefix, datetime.fromtimestamp(time.time(), UTC))
    await published(kafka_bootstrap, topic_prefix, list(history.records()))
    poison = [_place(one, topic_prefix) for one in lists.poison or ()]
    accepted = [
        dict(zip(("entry_point", "provider_message_id"), one.split(), strict=True)) for one in lists.accepted or ()
    ]
    sink = [
        {"message_id": f"<{one}>", "to": "nina@bell.example", "at": "2026-03-02T09:00:00Z"} for one in lists.sink or ()
    ]
    done = check_history(
        *("--bootstrap", kafka_bootstrap, "--prefix", topic_prefix, "--at-rest", "--json"),
        *("--poison", lines(tmp_path / "poison", poison), "--sink", lines(tmp_path / "sink", sink)),
        *("--accepted", lines(tmp_path / "accepted", accepted)),
    )
    verdicts = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout + done.stderr
    assert {(one["rule"], one["part"]) for one in verdicts if one["status"] != "ok"} == {
        ("rest", "rows"),
        ("clocks", "due"),
    }
    assert len(verdicts) == 24


async def test_a_history_with_a_violation_is_told_with_its_offsets(kafka_bootstrap: str, topic_prefix: str) -> None:
    history = Chronicle(prefix=topic_prefix)
    ring = Conversation(history, "ring")
    ring.queued()
    ring.offered("ana")
    second = ring.offered("ben")
    await published(kafka_bootstrap, topic_prefix, list(history.records()))
    done = check_history("--bootstrap", kafka_bootstrap, "--prefix", topic_prefix)
    assert done.returncode == 1
    place = f"work.v1/{second.raw.partition}@2"
    assert f"one live claim: a second live claim on one item [work.v1/{second.raw.partition}@1, {place}]" in done.stdout
    assert "violations in the history" in done.stderr


async def test_rows_that_are_left_in_a_service_are_a_violation(
    kafka_bootstrap: str, topic_prefix: str, kernel_dsn: str
) -> None:
    await published(kafka_bootstrap, topic_prefix, ())
    done = check_history(
        "--bootstrap", kafka_bootstrap, "--prefix", topic_prefix, "--postgres", kernel_dsn, "--at-rest", "--json"
    )
    rows = next(found for line in done.stdout.splitlines() if (found := orjson.loads(line))["part"] == "rows")
    assert (done.returncode, rows["status"], rows["cases"]) == (0, "ok", 3)


def test_without_kafka_the_command_says_so() -> None:
    done = check_history("--bootstrap", NOBODY_LISTENS)
    assert done.returncode == 3
    assert f"Kafka at {NOBODY_LISTENS} is not reachable" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_prefix_without_topics_is_misuse(kafka_bootstrap: str) -> None:
    done = check_history("--bootstrap", kafka_bootstrap, "--prefix", "nowhere")
    assert done.returncode == 2
    assert "there is no topic of Bellhop with the prefix 'nowhere'" in done.stderr


async def test_a_list_that_cannot_be_read_is_misuse(kafka_bootstrap: str, topic_prefix: str, tmp_path: Path) -> None:
    await published(kafka_bootstrap, topic_prefix, ())
    broken = tmp_path / "sink"
    broken.write_text('{"message_id": "<a@b>"}\n{"to": "nina"}\n')
    done = check_history("--bootstrap", kafka_bootstrap, "--prefix", topic_prefix, "--sink", str(broken))
    assert done.returncode == 2
    assert f"{broken}:2: message_id: missing" in done.stderr


def _place(reference: str, prefix: str) -> dict[str, object]:
    where, offset = reference.split("@")
    topic, partition = where.split("/")
    return {"topic": f"{prefix}.{topic}", "partition": int(partition), "offset": int(offset)}
