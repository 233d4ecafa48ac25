"""Are the topics made as the catalogue says, and is it said how they differ?"""

from dataclasses import replace

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from bellhop_common.events.topics import CATALOGUE
from bellhop_common.messaging import topic_admin
from support.topics import create_topics
from support.waiting import until


async def test_topics_are_made_once_and_then_differ_in_nothing(kafka_bootstrap: str, topic_prefix: str) -> None:
    wanted = topic_admin.wanted(CATALOGUE[:3], topic_prefix)
    assert sorted(await topic_admin.apply(kafka_bootstrap, wanted)) == sorted(one.name for one in wanted)
    assert await topic_admin.apply(kafka_bootstrap, wanted) == []
    assert await topic_admin.differences(kafka_bootstrap, wanted) == []


async def test_what_differs_is_named_and_what_can_be_set_is_set(kafka_bootstrap: str, topic_prefix: str) -> None:
    (wanted,) = topic_admin.wanted(CATALOGUE[1:2], topic_prefix)
    await create_topics(kafka_bootstrap, {wanted.name: 2})
    await until(lambda: told(kafka_bootstrap, wanted, f"{wanted.name}: partitions is 2, expected 12"))
    await set_config(kafka_bootstrap, wanted.name, {"retention.ms": "1000", "segment.ms": "7777777"})
    await until(lambda: told(kafka_bootstrap, wanted, f"{wanted.name}: retention.ms is 1000, expected 604800000"))
    await topic_admin.apply(kafka_bootstrap, [wanted])
    beside = replace(wanted, config={"segment.ms": "7777777"})
    assert not await told(kafka_bootstrap, beside, f"{wanted.name}: segment.ms is 604800000, expected 7777777")
    left = [str(one) for one in await topic_admin.differences(kafka_bootstrap, [wanted])]
    assert left == [f"{wanted.name}: partitions is 2, expected 12"]


async def told(bootstrap: str, wanted: topic_admin.Wanted, what: str) -> bool:
    return what in [str(one) for one in await topic_admin.differences(bootstrap, [wanted])]


async def set_config(bootstrap: str, topic: str, config: dict[str, str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, config)])
    finally:
        await admin.close()
