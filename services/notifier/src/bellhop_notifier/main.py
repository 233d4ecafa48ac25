"""How is the notifier wired? The core, its documents, its providers and its doors, on one screen."""

import asyncio
import secrets as randomness
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from fastapi import APIRouter

from bellhop_common.beside import beside
from bellhop_common.decision import Call, Decision, MissingReference, Subject
from bellhop_common.events import topics
from bellhop_common.http.auth import Tokens
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.documents import Documents
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import CallResult, Service
from bellhop_common.observability.logging import logger
from bellhop_common.postgres.outbox import Outgoing
from bellhop_common.settings import load_settings
from bellhop_notifier.adapters.deliver import Deliverer, Identity
from bellhop_notifier.adapters.http import notice_routes, unsubscribe_routes
from bellhop_notifier.adapters.metrics import NotifierMetrics
from bellhop_notifier.adapters.news import desk_of, translate
from bellhop_notifier.adapters.notice_book import NoticeBook
from bellhop_notifier.adapters.providers.guard import Guarded, Limits
from bellhop_notifier.adapters.providers.port import Provider
from bellhop_notifier.adapters.providers.smtp import SmtpProvider
from bellhop_notifier.adapters.providers.smtp_connections import SmtpSettings
from bellhop_notifier.adapters.providers.webhook import WebhookProvider, WebhookSettings
from bellhop_notifier.adapters.providers.whatsapp import WhatsAppProvider, WhatsAppSettings
from bellhop_notifier.adapters.templates import Templates
from bellhop_notifier.adapters.timer_inputs import TimerInputs
from bellhop_notifier.adapters.unsubscribing import Refusal
from bellhop_notifier.adapters.wire import Wire
from bellhop_notifier.domain import inputs
from bellhop_notifier.domain.conversations import Conversation
from bellhop_notifier.domain.customers import Customer
from bellhop_notifier.domain.decide import decide
from bellhop_notifier.domain.desks import DeskFiles
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.inputs import Input, News
from bellhop_notifier.domain.notice import Notice
from bellhop_notifier.domain.receipts import SentMessage
from bellhop_notifier.domain.routes import CHAT, EMAIL
from bellhop_notifier.domain.scene import Means, State
from bellhop_notifier.domain.subjects import DESK_FILES, reads, subjects
from bellhop_notifier.settings import NotifierSettings

NotifierRuntime: TypeAlias = Runtime[State, News, Event]
NotifierService: TypeAlias = Service[State, News, Event]

CODECS: Mapping[str, Codec] = {
    "conversation": Codec(Conversation),
    "customer": Codec(Customer),
    "notice": Codec(Notice),
    "sent": Codec(SentMessage),
    DESK_FILES.kind: Codec(DeskFiles),
}
READS = (
    topics.CONTACT,
    topics.WORK,
    topics.SLA,
    topics.CUSTOMER_STATE,
    topics.DESK,
    topics.DELIVERY,
    topics.NOTICE_COMMAND,
)
WRITES = (topics.NOTICE, topics.CHAT_OUTBOUND, topics.CUSTOMER_COMMAND)
FORGET_EVERY = 3_600.0

log = logger("notifier")


def service(settings: NotifierSettings | None = None) -> NotifierService:
    """Describes the service; nothing connects until the server starts it."""
    house = House(settings or NotifierSettings())
    prefix = load_settings("notifier").topic_prefix
    wire = Wire(prefix)

    def encode(event: Event) -> Outgoing:
        house.metrics.note(event)
        return wire.encode(event)

    return Service(
        name="notifier",
        reads=READS,
        writes=WRITES,
        store=Documents[Input](CODECS, subjects, reads),
        translate=translate,
        decide=house.decide,
        encode=encode,
        desk_of=desk_of,
        subject_of=held_as,
        timer_inputs=TimerInputs(prefix).of,
        perform=house.perform,
        migrations=Path(__file__).with_name("migrations"),
        routes=house.routes,
        background=(house.keep,),
    )


def held_as(news: News) -> Subject:
    """What waits while one event of it can't be handled: the first document that it touches."""
    touched = Subject("conversation", news.key) if isinstance(news, inputs.Ignored) else None
    return touched or next(iter(subjects(news)))


def clock() -> datetime:
    """For rough ages and the marks on mail; what is due, the database's clock decides."""
    return datetime.fromtimestamp(time.time(), UTC)


class House:
    """What lives as long as the process."""

    def __init__(self, settings: NotifierSettings) -> None:
        self.settings = settings
        given = [key.get_secret_value().encode() for key in settings.token_keys]
        self.metrics = NotifierMetrics()
        self.key = given[0] if given else randomness.token_bytes(32)
        self.providers = providers(settings)
        self.means = Means(
            channels=frozenset({*self.providers, CHAT}),
            address_key=self.key,
            acknowledgement_patience=timedelta(seconds=settings.acknowledgement_patience),
            give_up_after=timedelta(hours=settings.give_up_hours),
            leap_day=settings.leap_day,
        )
        folders = () if settings.templates_dir is None else (settings.templates_dir,)
        identity = Identity(self.key, settings.public_url)
        self.deliverer = Deliverer(self.providers, Templates(folders), identity, clock)

    def decide(self, state: State, happened: Input, now: datetime) -> Decision[State, Event] | MissingReference:
        return decide(state, happened, now, self.means)

    async def perform(self, call: Call) -> CallResult:
        began, result = time.monotonic(), None
        try:
            result = await self.deliverer.perform(call)
            if result.retry_after_seconds is not None:
                log.warning("notices-wait", reason=result.error_class, seconds=result.retry_after_seconds)
        finally:
            self.metrics.took(str(call.body.get("channel")), result, time.monotonic() - began)
        return result

    def routes(self, runtime: NotifierRuntime) -> APIRouter:
        self.metrics.register(runtime.registry)

        async def refuse(refusal: Refusal) -> None:
            news = inputs.Unsubscribed(refusal.customer_id, refusal.notice_class)
            await runtime.execute("", news, uuid4())

        router = APIRouter()
        router.include_router(notice_routes(NoticeBook(runtime.database), Tokens.read(runtime.settings.tokens_file)))
        router.include_router(unsubscribe_routes(self.key, refuse))
        return router

    @asynccontextmanager
    async def keep(self, runtime: NotifierRuntime) -> AsyncIterator[None]:
        """Connections are kept until the end, ended notices for as long as the settings say."""
        try:
            async with beside(self._forget(runtime), "forget-notices", runtime.fatal):
                yield
        finally:
            await self.deliverer.close()

    async def _forget(self, runtime: NotifierRuntime) -> None:
        book, age = NoticeBook(runtime.database), timedelta(days=self.settings.keep_days)
        while True:
            forgotten = await attempt(book.forget(age))
            if not isinstance(forgotten, int):
                runtime.log.warning("forget-notices-failed", reason=forgotten.reason)
            await asyncio.sleep(0.0 if forgotten and isinstance(forgotten, int) else FORGET_EVERY)


def providers(settings: NotifierSettings) -> dict[str, Provider]:
    """One per channel that is configured."""
    limits = Limits(per_second=settings.sends_per_second, quick_tries=settings.quick_tries)
    found: dict[str, Provider] = {EMAIL: Guarded(SmtpProvider(_smtp(settings), clock), limits)}
    if settings.whatsapp_access_token is not None:
        whatsapp = WhatsAppSettings(
            base_url=settings.whatsapp_base_url,
            access_token=settings.whatsapp_access_token.get_secret_value(),
            phone_number_id=settings.whatsapp_phone_number_id,
        )
        found["whatsapp"] = Guarded(WhatsAppProvider(whatsapp), limits)
    if settings.webhook_url is not None and settings.webhook_secret is not None:
        secret = settings.webhook_secret.get_secret_value()
        gateway = WebhookSettings(settings.webhook_url, secret, allow_private=settings.webhook_allow_private)
        webhook = Guarded(WebhookProvider(gateway, clock), limits)
        found.update(dict.fromkeys(settings.webhook_channels, webhook))
    return found


def _smtp(settings: NotifierSettings) -> SmtpSettings:
    password = settings.smtp_password
    return SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=None if password is None else password.get_secret_value(),
        use_tls=settings.smtp_tls,
        start_tls=settings.smtp_start_tls,
        connections=settings.smtp_connections,
    )
