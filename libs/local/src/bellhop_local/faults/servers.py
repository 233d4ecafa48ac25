"""How is a fault made to Kafka or PostgreSQL, and undone?"""

import asyncio

from bellhop_local.demo.setting import Scene
from bellhop_local.faults.connections import exhaust
from bellhop_local.faults.harms import CONCERNED, Harm
from bellhop_local.faults.schedule import Fault
from bellhop_local.faults.small_disk import filled
from bellhop_local.stack import LocalStack


async def suffer(fault: Fault, scene: Scene) -> bool:
    """False if the server wouldn't suffer."""
    stack = scene.stack
    match fault.harm:
        case Harm.KAFKA_FROZEN | Harm.POSTGRES_FROZEN:
            await _freeze(stack, CONCERNED[fault.harm][0], fault.lasts)
        case Harm.KAFKA | Harm.LEADER:
            await stack.kill_kafka()
            await asyncio.sleep(fault.lasts)
            await stack.start_kafka()
        case Harm.CONNECTIONS:
            return await exhaust(scene.postgres_dsn, fault.lasts)
        case Harm.DISK:
            return await _fill(stack, fault.lasts)
        case _:
            await stack.kill_postgres()
            await asyncio.sleep(fault.lasts)
            await stack.start_postgres()
    return True


async def _freeze(stack: LocalStack, name: str, seconds: float) -> None:
    stack.freeze(name)
    try:
        await asyncio.sleep(seconds)
    finally:
        stack.thaw(name)


async def _fill(stack: LocalStack, seconds: float) -> bool:
    """A server that gave up for want of room is started again, as by whoever makes room."""
    with filled(stack.folder.root) as really:
        await asyncio.sleep(seconds if really else 0.0)
    await asyncio.gather(stack.start_kafka(), stack.start_postgres())
    return really
