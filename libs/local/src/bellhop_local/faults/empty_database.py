"""Do two replicas that begin at once on an empty database come up? Beside the day, on tables of their own."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from bellhop_common.errors import NotReachable
from bellhop_common.events.topics import CATALOGUE
from bellhop_common.messaging.topic_admin import wanted
from bellhop_local.demo.processes import PROGRAM, Replica, Services
from bellhop_local.demo.setting import Scene
from bellhop_local.stack.processes import Command

WITHIN: Final = 90.0


async def start_on_empty(scene: Scene, service: str, number: int) -> list[str]:
    """What went wrong. The replicas and both commands begin at once; topics and tables are made twice at once."""
    name = f"empty_{number}"
    parts = urlsplit(scene.postgres_dsn)
    dsn = urlunsplit(parts._replace(path=f"/{name}"))
    services = scene.services.beside(scene.folder / name, {"BELLHOP_POSTGRES_DSN": dsn, "BELLHOP_TOPIC_PREFIX": name})
    both = services.of(service)
    await _tell(scene.postgres_dsn, f'CREATE DATABASE "{name}"')
    try:
        return await _come_and_go(services, both)
    finally:
        for one in both:
            await one.kill()
        await _tell(scene.postgres_dsn, f'DROP DATABASE "{name}" WITH (FORCE)')
        await _drop_topics(scene.kafka_bootstrap, name)


async def _come_and_go(services: Services, both: list[Replica]) -> list[str]:
    wrong: list[str] = []
    await asyncio.gather(*(services.run(one) for one in both))
    commands = (("migrate",), ("migrate",), ("topics", "apply"), ("topics", "apply"))
    for said in await asyncio.gather(*(_run(words, services.environment) for words in commands)):
        wrong.extend(said)
    try:
        await asyncio.gather(*(services.ready(one, WITHIN) for one in both))
    except NotReachable as error:
        wrong.append(str(error))
    statuses = await asyncio.gather(*(one.leave() for one in both))
    wrong.extend(f"{one.title} left with status {end}" for one, end in zip(both, statuses, strict=True) if end != 0)
    return wrong


async def _run(words: tuple[str, ...], environment: Mapping[str, str]) -> list[str]:
    command = Command((*PROGRAM, *words), signal.SIGTERM)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command.launched(), env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode == 0:
        return []
    return [f"bellhop {' '.join(words)} ended with status {process.returncode}: {said.decode()[-300:]}"]


async def _tell(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _drop_topics(bootstrap: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                await admin.delete_topics([one.name for one in wanted(CATALOGUE, prefix)])
    finally:
        await admin.close()
