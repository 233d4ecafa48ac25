"""What must stand before the day begins? Both servers, tables, topics, four services, sinks, and an applied desk."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx2
import orjson
from rich.console import Console

from bellhop_common.errors import Wrong
from bellhop_local.demo.desk import DESK, desk_file
from bellhop_local.demo.preparation import prepare
from bellhop_local.demo.processes import Services
from bellhop_local.sink.mail import MailSink
from bellhop_local.sink.whatsapp import WhatsAppSink
from bellhop_local.stack import LocalStack, RunningServers, StackOptions
from bellhop_local.stack.progress import OnStderr

SECRET: Final = b"demo-secret-of-this-machine"
TOKEN_KEY: Final = "demo-token-key-of-this-machine-only"  # noqa: S105 - of a demo that nobody else can reach
PREFIX: Final = "support"
SESSION_SECONDS: Final = "1.5"

Say = Callable[[str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class House:
    """`replicas` of each service; `breakable`: the servers are killed on purpose, so they must be ours."""

    replicas: int = 1
    breakable: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    folder: Path
    stack: LocalStack
    services: Services
    sink: MailSink
    whatsapp: WhatsAppSink
    topic_prefix: str = PREFIX

    @property
    def kafka_bootstrap(self) -> str:
        return self.stack.kafka_bootstrap

    @property
    def postgres_dsn(self) -> str:
        return self.stack.postgres_dsn

    def url(self, service: str) -> str:
        return self.services.url(service)


@asynccontextmanager
async def scene(folder: Path, say: Say, clock: Clock, house: House | None = None) -> AsyncIterator[Scene]:
    """A stack that runs already is used as it is, unless it shall be broken."""
    house = house or House()
    running = RunningServers() if house.breakable else RunningServers.named_in(os.environ)
    async with (
        LocalStack(folder / "stack", StackOptions(running=running, reporter=OnStderr())) as stack,
        MailSink(clock).listening() as sink,
        WhatsAppSink().listening() as whatsapp,
    ):
        say("PostgreSQL and Kafka are up.")
        await prepare(stack.postgres_dsn, stack.kafka_bootstrap, PREFIX)
        say("Tables and topics are made.")
        services = Services(folder, _environment(folder, stack, sink, whatsapp), house.replicas)
        try:
            await services.start()
            say("Ingest, router, sla and notifier are ready.")
            await _apply_desk(services.url("router"))
            say("The desk is applied: twelve agents, four queues, three tiers.")
            yield Scene(folder, stack, services, sink, whatsapp)
        finally:
            await services.stop()


def _environment(folder: Path, stack: LocalStack, sink: MailSink, whatsapp: WhatsAppSink) -> dict[str, str]:
    keys = orjson.dumps([TOKEN_KEY]).decode()
    return {
        "BELLHOP_KAFKA_BOOTSTRAP": stack.kafka_bootstrap,
        "BELLHOP_POSTGRES_DSN": stack.postgres_dsn,
        "BELLHOP_TOPIC_PREFIX": PREFIX,
        "BELLHOP_SESSION_TIMEOUT": SESSION_SECONDS,
        "BELLHOP_SECRET_DEMO": SECRET.decode(),
        "BELLHOP_INGEST_TOKEN_KEYS": keys,
        "BELLHOP_INGEST_OBJECTS_DIR": str(folder / "objects"),
        "BELLHOP_NOTIFIER_TOKEN_KEYS": keys,
        "BELLHOP_NOTIFIER_SMTP_PORT": str(sink.port),
        "BELLHOP_NOTIFIER_WHATSAPP_BASE_URL": f"http://127.0.0.1:{whatsapp.port}/v23.0",
        "BELLHOP_NOTIFIER_WHATSAPP_ACCESS_TOKEN": "demo",
        "BELLHOP_NOTIFIER_WHATSAPP_PHONE_NUMBER_ID": "100200300",
        "BELLHOP_NOTIFIER_SENDS_PER_SECOND": "200",
    }


async def _apply_desk(router: str) -> None:
    async with httpx2.AsyncClient(base_url=router, timeout=20) as client:
        headers = {"Content-Type": "application/yaml", "Idempotency-Key": "demo-desk"}
        answer = await client.put(f"/v1/desks/{DESK}", content=desk_file(), headers=headers)
    if answer.is_error:
        raise Wrong(f"the desk file was not taken: {answer.status_code} {answer.text[:500]}")


async def stay(scene: Scene, console: Console) -> None:
    """Until somebody presses Ctrl-C."""
    console.print("\nEverything stays up until Ctrl-C:")
    for one in scene.services.replicas:
        console.print(f"  {one.title:11} {one.url}   log {one.log}", soft_wrap=True, highlight=False)
    console.print(f"  LMTP      127.0.0.1:{scene.services.ports['lmtp']}")
    console.print(f"  Kafka     {scene.kafka_bootstrap}")
    console.print(f"  Postgres  {scene.postgres_dsn}", soft_wrap=True, highlight=False)
    await asyncio.Event().wait()
