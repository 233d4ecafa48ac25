"""Is every accepted input counted once and in order while replicas are killed, frozen and stopped?"""

import asyncio
import random
from pathlib import Path

import pytest

from bellhop_local.stack import StackAddresses
from support.replicas import Replica, Toys, toys
from support.toy_feed import dead_letters, error_classes
from support.toy_proof import feed_for, verify
from support.toy_stage import staged


async def hurt(running: Toys, seed: int) -> None:
    """Each of the three ways once, on a replica of the seed's choice, in the seed's order."""
    rng = random.Random(seed)
    for way in rng.sample([kill, freeze, ask], 3):
        await asyncio.sleep(0.5 + rng.random())
        alive = [replica for replica in running.replicas if replica.process.poll() is None]
        await way(running, rng.choice(alive))


async def kill(running: Toys, replica: Replica) -> None:
    replica.kill()
    running.start()


async def freeze(_: Toys, replica: Replica) -> None:
    """Longer than its session, so that others take its partitions while it still has records in hand."""
    replica.freeze()
    await asyncio.sleep(3)
    replica.thaw()


async def ask(running: Toys, replica: Replica) -> None:
    assert await asyncio.to_thread(replica.stop) == 0
    running.start()


@pytest.mark.parametrize(("replicas", "seed"), [(2, 11), (3, 12)])
async def test_replicas_that_die_freeze_or_leave_lose_and_repeat_nothing(
    stack: StackAddresses, postgres_dsn: str, topic_prefix: str, tmp_path: Path, replicas: int, seed: int
) -> None:
    async with staged(stack.kafka_bootstrap, postgres_dsn, topic_prefix) as stage:
        with toys(tmp_path, stage.settings) as running:
            for _ in range(replicas):
                running.start()
            await asyncio.to_thread(running.started, replicas)
            await asyncio.gather(feed_for(stage, 7, seed), hurt(running, seed))
            await verify(stage)
            kinds = error_classes(await dead_letters(stage.bootstrap, stage.prefix))
            assert set(kinds) <= {"bad-json", "bad-schema", "null-value"}
