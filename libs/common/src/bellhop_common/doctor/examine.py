"""In which order is everything looked at? Settings first, then servers, and only then what depends on them."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from bellhop_common.commands import services
from bellhop_common.doctor.findings import Finding
from bellhop_common.doctor.kafka import look_at_kafka
from bellhop_common.doctor.postgres import Clock, look_at_postgres, look_at_tables
from bellhop_common.doctor.services import look_at_service
from bellhop_common.errors import Misuse
from bellhop_common.settings import KernelSettings, load_settings


async def examine(names: Sequence[str], clock: Clock) -> AsyncIterator[Finding]:
    usable: list[KernelSettings] = []
    for name in names:
        try:
            usable.append(load_settings(name))
        except Misuse as error:
            yield Finding("settings", name, str(error), "correct the variable")
    for bootstrap, prefix in sorted({(one.kafka_bootstrap, one.topic_prefix) for one in usable}):
        for finding in await look_at_kafka(bootstrap, prefix):
            yield finding
    for dsn in sorted({_dsn(one) for one in usable}):
        for finding in await _databases(dsn, [one for one in usable if _dsn(one) == dsn], clock):
            yield finding
    for finding in await asyncio.gather(*(look_at_service(one.service, one.host, one.port) for one in usable)):
        yield finding


async def _databases(dsn: str, users: Sequence[KernelSettings], clock: Clock) -> list[Finding]:
    found = await look_at_postgres(dsn, clock)
    if any(finding.unreachable for finding in found):
        return found
    return found + [await _tables(one, dsn) for one in users]


async def _tables(settings: KernelSettings, dsn: str) -> Finding:
    return await look_at_tables(settings.service, dsn, settings.schema_name, services.load(settings.service).migrations)


def _dsn(settings: KernelSettings) -> str:
    return settings.postgres_dsn.get_secret_value()
