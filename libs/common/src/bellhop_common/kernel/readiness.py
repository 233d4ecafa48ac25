"""What must be there before a service consumes? Its topics and its tables; it waits for them and says so."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bellhop_common.errors import BellhopError
from bellhop_common.events.topics import CONTACT_INBOUND, Topic
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.service import Service
from bellhop_common.messaging import topic_admin
from bellhop_common.messaging.dead_letters import dead_letter_topic, retry_topic
from bellhop_common.observability.health import Health
from bellhop_common.postgres import migrations
from bellhop_common.postgres.errors import TROUBLE, Outage
from bellhop_common.settings import KernelSettings

AGAIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Needs:
    """Topics by full name: `reads` with the retry topics, `partitions` of all that are read or written."""

    bootstrap: str
    dsn: str
    schema: str
    migrations: Path | None
    reads: Mapping[str, Topic]
    partitions: Mapping[str, int]
    structured: frozenset[str]

    @classmethod
    def of(cls, service: Service[Any, Any, Any], settings: KernelSettings) -> "Needs":
        prefix = settings.topic_prefix
        direct = {topic.full(prefix): topic for topic in service.reads}
        again = {retry_topic(name, service.name): topic for name, topic in direct.items()}
        dead = {dead_letter_topic(name, service.name): topic for name, topic in direct.items()}
        written = {topic.full(prefix): topic for topic in service.writes}
        every = {**direct, **again, **dead, **written}
        return cls(
            bootstrap=settings.kafka_bootstrap,
            dsn=settings.postgres_dsn.get_secret_value(),
            schema=settings.schema_name,
            migrations=service.migrations,
            reads={**direct, **again},
            partitions={name: topic.partitions for name, topic in every.items()},
            structured=frozenset(name for name, topic in direct.items() if topic.name == CONTACT_INBOUND.name),
        )


async def wait_for(needs: Needs, health: Health) -> None:
    """Until both are there; readiness says what is missing."""
    await _until(health, "topics", lambda: _topics_missing(needs))
    await _until(health, "tables", lambda: _tables_missing(needs))


async def insist(health: Health, who: str, step: Callable[[], Awaitable[None]]) -> None:
    """Takes the step again for as long as what it needs is away. Raises what no waiting mends."""
    while isinstance(failure := await attempt(step()), Outage):
        health.wait(who, failure.reason)
        await asyncio.sleep(AGAIN)
    if failure is not None:
        raise failure
    health.go_on(who)


async def _until(health: Health, who: str, missing: Callable[[], Awaitable[str | None]]) -> None:
    while (reason := await missing()) is not None:
        health.wait(who, reason)
        await asyncio.sleep(AGAIN)
    health.go_on(who)


async def _topics_missing(needs: Needs) -> str | None:
    try:
        there = await topic_admin.partitions(needs.bootstrap, sorted(needs.partitions))
    except BellhopError as error:
        return str(error)
    missing = sorted(set(needs.partitions) - set(there))
    if missing:
        return f"{len(missing)} topics are missing, the first is {missing[0]}: run `bellhop topics apply`"
    wrong = sorted(name for name, count in needs.partitions.items() if there[name] != count)
    if wrong:
        return f"{wrong[0]} has {there[wrong[0]]} partitions, expected {needs.partitions[wrong[0]]}"
    return None


async def _tables_missing(needs: Needs) -> str | None:
    try:
        pending = await migrations.pending(needs.dsn, needs.schema, needs.migrations)
    except TROUBLE as error:
        return f"PostgreSQL does not answer: {type(error).__name__}"
    if pending:
        return f"{len(pending)} migrations are missing in {needs.schema}: run `bellhop migrate`"
    return None
