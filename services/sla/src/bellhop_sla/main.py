"""How is sla wired? What it reads and writes, how it decides, and what it serves."""

from typing import TypeAlias

from fastapi import APIRouter

from bellhop_common.events.topics import CONTACT, DESK, SLA, WORK
from bellhop_common.kernel.delivery import Received
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import Service
from bellhop_common.observability.logging import Log, logger
from bellhop_common.postgres.outbox import Outgoing
from bellhop_common.settings import KernelSettings, load_settings
from bellhop_sla.adapters import wire
from bellhop_sla.adapters.documents import SlaDocuments
from bellhop_sla.adapters.http import sla_routes
from bellhop_sla.adapters.metrics import SlaMetrics
from bellhop_sla.adapters.places import places_of
from bellhop_sla.adapters.translate import translate
from bellhop_sla.domain.decide import State, decide
from bellhop_sla.domain.desk_file import check
from bellhop_sla.domain.events import ClockEvent
from bellhop_sla.domain.hours import BadCalendar
from bellhop_sla.domain.inputs import DeskFileApplied, Input, desk_of, subject_of
from bellhop_sla.domain.policy import BadPolicy

NAME = "sla"
SlaService: TypeAlias = Service[State, Input, ClockEvent]
SlaRuntime: TypeAlias = Runtime[State, Input, ClockEvent]


def service(settings: KernelSettings | None = None) -> SlaService:
    """Describes the service; nothing connects until the server starts it."""
    prefix = (settings or load_settings(NAME)).topic_prefix
    metrics, documents, log = SlaMetrics(), SlaDocuments(), logger(NAME)

    def encode(event: ClockEvent) -> Outgoing:
        metrics.note(event)
        return wire.encode(event, prefix)

    def read(received: Received) -> Input | None:
        given = translate(received)
        if isinstance(given, DeskFileApplied):
            _warn_of(given, log)
        return given

    def routes(runtime: SlaRuntime) -> APIRouter:
        metrics.register(runtime.registry)
        return sla_routes(runtime.database, documents, runtime.settings.tokens_file)

    return Service(
        name=NAME,
        reads=(WORK, CONTACT, DESK),
        writes=(SLA,),
        store=documents,
        translate=read,
        decide=decide,
        encode=encode,
        desk_of=desk_of,
        subject_of=subject_of,
        timer_inputs=places_of(prefix),
        routes=routes,
    )


def _warn_of(given: DeskFileApplied, log: Log) -> None:
    try:
        check(given.version, given.calendars)
    except (BadCalendar, BadPolicy) as error:
        log.warning("desk-file-unreadable", desk=given.desk, version=given.version.version, reason=str(error))
