"""What if a topic is deleted and made again under a service that reads it? It stops and says so, and loses nothing."""

import asyncio
from pathlib import Path

from bellhop_common.messaging import topic_admin
from support.replicas import Replica, toys
from support.topics import delete_named, make_until_there
from support.toy import contracts
from support.toy_stage import Stage, ToyRuntime
from support.waiting import until

BEFORE = 12
AFTER = 60


async def test_a_topic_made_again_with_more_records_than_were_read_of_the_old_one_is_not_read_on(
    stage: Stage, tmp_path: Path
) -> None:
    with toys(tmp_path, stage.settings) as running:
        replica = running.start()
        await asyncio.to_thread(running.started)
        for number in range(BEFORE):
            await stage.feed.add(f"k{number % 4}")
        await until(lambda: handled(stage, BEFORE))
        await made_again(stage)
        for number in range(AFTER):
            await stage.feed.add(f"k{number % 4}")
        await until(lambda: ended(replica), within=60)
        (said,) = replica.said("ending")
        assert "were handled, but its record 0 is younger than all of them" in str(said)
        again = running.start()
        await until(lambda: ended(again), within=60)
        assert again.said("ending")
        await stage.fetch("DELETE FROM next_offsets WHERE topic = $1", name_of(stage))
        await asyncio.to_thread(running.start)
        await until(lambda: handled(stage, BEFORE + AFTER), within=60)


async def test_a_reader_that_is_sent_back_in_another_log_drops_nothing_as_handled(stage: Stage) -> None:
    """The position of the old log, as the client keeps it when nobody tells it that the topic is another one."""
    async with stage.toy() as toy:
        await stage.feed.add("k1")
        await until(lambda: handled(stage, 1))
        await stage.fetch("UPDATE next_offsets SET next_offset = 1000 WHERE topic = $1", name_of(stage))
        await stage.feed.add("k1")
        await until(lambda: failed(toy, "but its record 1 is younger than all of them"))
    assert await stage.count("inbox") == 1


async def failed(toy: ToyRuntime, words: str) -> bool:
    return words in (toy.health.failed or "")


async def handled(stage: Stage, count: int) -> bool:
    return await stage.count("inbox") == count


async def ended(replica: Replica) -> bool:
    return replica.process.poll() is not None


def name_of(stage: Stage) -> str:
    return contracts.TOY_INPUT.full(stage.prefix)


async def made_again(stage: Stage) -> None:
    await delete_named(stage.bootstrap, [name_of(stage)])
    wanted = topic_admin.wanted(contracts.CATALOGUE, stage.prefix, (contracts.SERVICE,))
    await make_until_there(stage.bootstrap, wanted)
