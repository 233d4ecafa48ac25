"""How is the router wired? What it reads and writes, how it decides, and what it serves."""

from pathlib import Path
from typing import TypeAlias

from fastapi import APIRouter

from bellhop_common.events.topics import (
    AGENT,
    AGENT_COMMAND,
    CONTACT,
    DESK,
    NOTICE,
    QUEUE,
    SLA,
    WORK,
    WORK_COMMAND,
    WORK_REJECTED,
)
from bellhop_common.http.auth import Tokens
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import Service
from bellhop_common.postgres.outbox import Outgoing
from bellhop_common.settings import KernelSettings, load_settings
from bellhop_router.adapters import events_wire
from bellhop_router.adapters.http_desks import agent_routes, desk_routes
from bellhop_router.adapters.http_work import work_routes
from bellhop_router.adapters.inputs_wire import translate
from bellhop_router.adapters.locating import locate, subject_of, timer_inputs
from bellhop_router.adapters.metrics import RouterMetrics
from bellhop_router.adapters.reading import Reading
from bellhop_router.adapters.store import RouterStore
from bellhop_router.domain.decide import decide
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import RouterEvent
from bellhop_router.domain.inputs import RouterInput

NAME = "router"
RouterService: TypeAlias = Service[Desk, RouterInput, RouterEvent]
RouterRuntime: TypeAlias = Runtime[Desk, RouterInput, RouterEvent]


def service(settings: KernelSettings | None = None) -> RouterService:
    """Describes the service; nothing connects until the server starts it."""
    prefix = (settings or load_settings(NAME)).topic_prefix
    metrics, store = RouterMetrics(), RouterStore()

    def encode(event: RouterEvent) -> Outgoing:
        metrics.note(event)
        return events_wire.encode(event, prefix)

    def routes(runtime: RouterRuntime) -> APIRouter:
        metrics.register(runtime.registry)
        return _routes(runtime, store)

    return Service(
        name=NAME,
        reads=(CONTACT, WORK_COMMAND, AGENT_COMMAND, SLA, NOTICE),
        writes=(WORK, WORK_REJECTED, AGENT, QUEUE, DESK),
        store=store,
        translate=translate,
        decide=decide,
        encode=encode,
        locate=locate,
        subject_of=subject_of,
        timer_inputs=timer_inputs(prefix),
        migrations=Path(__file__).with_name("migrations"),
        routes=routes,
    )


def _routes(runtime: RouterRuntime, store: RouterStore) -> APIRouter:
    tokens, reading = Tokens.read(runtime.settings.tokens_file), Reading(runtime.database, store)
    routes = APIRouter()
    for part in (work_routes, desk_routes, agent_routes):
        routes.include_router(part(runtime, reading, tokens))
    return routes
