"""Are the topics as the catalogue says? Made, compared, and waited for."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from bellhop_common.events.topics import SERVICES, Topic
from bellhop_common.messaging.dead_letters import dead_letter_topic, retry_topic
from bellhop_common.reaching import kafka_gone

ASIDE_RETENTION: Final = timedelta(days=30)
ASIDE_MAX_BYTES: Final = 2 * 1024 * 1024 + 64 * 1024
COMPACTION_LAG: Final = timedelta(days=30)
# A busy broker takes seconds until it tells of all the topics that it has just made.
TRIES: Final = 10
TOPIC_SOURCE: Final = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """One topic as it should be; `config` are the settings that matter to us, as Kafka writes them."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def wanted(topics: Iterable[Topic], prefix: str, services: Sequence[str] = SERVICES) -> list[Wanted]:
    """Every topic with the dead-letter and retry topics of each of our services that reads it."""
    found: list[Wanted] = []
    for topic in topics:
        full = topic.full(prefix)
        found.append(Wanted(full, topic.partitions, _config(topic)))
        for reader in (name for name in topic.read_by if name in services):
            asides = (dead_letter_topic(full, reader), retry_topic(full, reader))
            found.extend(Wanted(name, topic.partitions, _aside_config()) for name in asides)
    return found


def _config(topic: Topic) -> dict[str, str]:
    shared = {"message.timestamp.type": "LogAppendTime"}
    if topic.compacted:
        return {**shared, "cleanup.policy": "compact", "min.compaction.lag.ms": _ms(COMPACTION_LAG)}
    return {**shared, "cleanup.policy": "delete", "retention.ms": _ms(topic.retention or ASIDE_RETENTION)}


def _aside_config() -> dict[str, str]:
    return {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": "delete",
        "retention.ms": _ms(ASIDE_RETENTION),
        "max.message.bytes": str(ASIDE_MAX_BYTES),
    }


def _ms(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Raises `NotReachable`."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        await client.close()
        raise kafka_gone(bootstrap, error) from error
    try:
        yield client
    except (KafkaError, OSError) as error:
        raise kafka_gone(bootstrap, error) from error
    finally:
        await client.close()


async def partitions(bootstrap: str, names: Sequence[str]) -> dict[str, int]:
    """How many partitions each of these topics has; those that aren't there are left out."""
    async with admin(bootstrap) as client:
        described = await client.describe_topics(list(names))
    return {one["topic"]: len(one["partitions"]) for one in described if one["error_code"] == 0 and one["partitions"]}


async def apply(bootstrap: str, topics: Sequence[Wanted], replication: int = 1) -> list[str]:
    """Makes what is missing and sets what differs, but never changes a partition count. What was made, by name."""
    made: list[str] = []
    for attempt in range(TRIES):
        differing = await differences(bootstrap, topics)
        missing = [one.topic for one in differing if one.what == "missing"]
        changed = {one.topic.name: one.topic for one in differing if one.what in one.topic.config}
        if not missing and not changed:
            return made
        async with admin(bootstrap) as client:
            made.extend(await _create(client, missing, replication))
            if changed:
                await client.alter_configs(await _altered(bootstrap, list(changed.values())))
        await asyncio.sleep(0.2 * (attempt + 1))
    return made


async def _create(client: AIOKafkaAdminClient, missing: Sequence[Wanted], replication: int) -> list[str]:
    """Brokers refuse very long requests, and somebody else may make the same topics meanwhile."""
    made: list[str] = []
    for start in range(0, len(missing), 50):
        part = missing[start : start + 50]
        new = [NewTopic(one.name, one.partitions, replication, topic_configs=dict(one.config)) for one in part]
        answer = await client.create_topics(new)
        for name, code, *_ in getattr(answer, "topic_errors", ()):
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(name)
            if not code:
                made.append(name)
    return made


@dataclass(frozen=True, slots=True)
class Difference:
    topic: Wanted
    what: str
    expected: str
    actual: str

    def __str__(self) -> str:
        if self.what == "missing":
            return f"{self.topic.name}: missing"
        return f"{self.topic.name}: {self.what} is {self.actual}, expected {self.expected}"


async def differences(bootstrap: str, topics: Sequence[Wanted]) -> list[Difference]:
    """What differs from the catalogue; settings that the catalogue doesn't name may be anything."""
    counts = await partitions(bootstrap, [one.name for one in topics])
    found = [Difference(one, "missing", "", "") for one in topics if one.name not in counts]
    there = [one for one in topics if one.name in counts]
    found += [
        Difference(one, "partitions", str(one.partitions), str(counts[one.name]))
        for one in there
        if counts[one.name] != one.partitions
    ]
    actual = await _configs(bootstrap, there)
    for one in there:
        for key, value in one.config.items():
            got = actual.get(one.name, {}).get(key, "")
            if got != value:
                found.append(Difference(one, key, value, got))
    return found


async def _altered(bootstrap: str, topics: Sequence[Wanted]) -> list[ConfigResource]:
    """The whole of each topic's own settings: what isn't named is reset, so what others set is named too."""
    own = await _configs(bootstrap, topics, own=True)
    return [
        ConfigResource(ConfigResourceType.TOPIC, one.name, {**own.get(one.name, {}), **one.config}) for one in topics
    ]


async def _configs(bootstrap: str, topics: Sequence[Wanted], *, own: bool = False) -> dict[str, dict[str, str]]:
    """Per topic its settings; with `own` only those that were set for the topic itself."""
    if not topics:
        return {}
    async with admin(bootstrap) as client:
        answers = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, one.name) for one in topics])
    return {
        resource[3]: {entry[0]: entry[1] for entry in resource[4] if not own or _is_own(answer.API_VERSION, entry[3])}
        for answer in answers
        for resource in getattr(answer, "resources", ())
    }


def _is_own(version: int, source: int) -> bool:
    """Version 0 says whether it is a default, later ones where it comes from."""
    return source == TOPIC_SOURCE if version > 0 else not source
