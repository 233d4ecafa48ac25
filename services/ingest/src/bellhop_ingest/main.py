"""How is ingest wired? The kernel's part, the front desk and its doors, on one screen."""

import secrets as randomness
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeAlias
from uuid import UUID

from fastapi import APIRouter
from itsdangerous import URLSafeSerializer
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from bellhop_common.events import topics
from bellhop_common.events.chats import ChatMessage
from bellhop_common.events.envelope import Stamp
from bellhop_common.http.auth import Tokens
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import Service
from bellhop_common.messaging.follower import follow
from bellhop_common.postgres.outbox import Outgoing
from bellhop_common.settings import load_settings
from bellhop_ingest.adapters.doors.chat import ChatDoor, chat_routes
from bellhop_ingest.adapters.doors.counter import Counter, Rules
from bellhop_ingest.adapters.doors.customers import customer_routes
from bellhop_ingest.adapters.doors.forms import form_routes, walk_in_routes
from bellhop_ingest.adapters.doors.lmtp import listen
from bellhop_ingest.adapters.doors.mail import MailRoom
from bellhop_ingest.adapters.doors.sockets import Sockets
from bellhop_ingest.adapters.doors.submissions import submission_routes
from bellhop_ingest.adapters.doors.webhooks import webhook_routes
from bellhop_ingest.adapters.housekeeping import housekeeping
from bellhop_ingest.adapters.inputs import subject_of, translate
from bellhop_ingest.adapters.metrics import IngestMetrics
from bellhop_ingest.adapters.objects import ObjectFolder
from bellhop_ingest.adapters.outsize import refusing_outsize
from bellhop_ingest.adapters.parser_process import ParserPool
from bellhop_ingest.adapters.refusals import answer_poison
from bellhop_ingest.adapters.secrets import Secrets
from bellhop_ingest.adapters.store import IngestStore
from bellhop_ingest.adapters.wire import Wire
from bellhop_ingest.application.chats import VisitorChats
from bellhop_ingest.application.front_desk import FrontDesk, FrontDeskParts
from bellhop_ingest.application.group_commit import GroupCommit
from bellhop_ingest.application.intake import Intake
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.chats import Said
from bellhop_ingest.domain.decide import IngestState, decide
from bellhop_ingest.domain.events import IngestEvent
from bellhop_ingest.domain.inputs import CustomerUpserted, IngestInput
from bellhop_ingest.domain.places import Places
from bellhop_ingest.settings import IngestSettings

IngestRuntime: TypeAlias = Runtime[IngestState, IngestInput, IngestEvent]
IngestService: TypeAlias = Service[IngestState, IngestInput, IngestEvent]


def service(settings: IngestSettings | None = None) -> IngestService:
    """Describes the service; nothing connects until the server starts it."""
    house = House(settings or IngestSettings(), Wire(load_settings("ingest").topic_prefix))
    return Service(
        name="ingest",
        reads=(topics.CONTACT_INBOUND, topics.CUSTOMER_COMMAND, topics.DESK, topics.WORK, topics.CHAT_OUTBOUND),
        writes=(topics.CONTACT, topics.CONTACT_RESULT, topics.CUSTOMER_STATE, topics.DELIVERY),
        store=house.store,
        translate=translate,
        decide=refusing_outsize(decide, house.wire.encode),
        encode=house.encode,
        subject_of=subject_of,
        answer_poison=answer_poison,
        routes=house.routes,
        background=(house.open_doors,),
    )


class House:
    """What the doors share within one process."""

    def __init__(self, settings: IngestSettings, wire: Wire) -> None:
        self.settings = settings
        self.wire = wire
        self.metrics = IngestMetrics(CollectorRegistry())
        keys = [key.get_secret_value().encode() for key in settings.token_keys] or [randomness.token_bytes(32)]
        self.store = IngestStore(keys)
        self.signer = URLSafeSerializer(keys[0], salt="chat-session")
        self.sockets = Sockets()
        self.objects = ObjectFolder(settings.objects_dir)

    def encode(self, event: IngestEvent) -> Outgoing:
        self.metrics.said(event)
        return self.wire.encode(event)

    def routes(self, runtime: IngestRuntime) -> APIRouter:
        self.metrics = IngestMetrics(runtime.registry)
        self.sockets.count = self.metrics.sockets.set
        intake = Intake(runtime.database, self.store, runtime.outbox, runtime.publisher, self.encode)
        self.commits: GroupCommit[Applicant, Admitted] = GroupCommit(
            self.metrics.sized(intake.commit), closed=_closed(runtime), broken=runtime.fatal
        )
        parts = FrontDeskParts(
            self.commits, lambda: self._look_up(runtime), self.objects.keep, runtime.clock, self.metrics.answered
        )
        self.counter = Counter(FrontDesk(parts), Secrets(self.settings.secrets_dir), self._rules())
        tokens = Tokens.read(runtime.settings.tokens_file)
        routes = APIRouter()
        routes.include_router(submission_routes(self.counter, tokens))
        routes.include_router(form_routes(self.counter))
        routes.include_router(walk_in_routes(self.counter, tokens))
        routes.include_router(webhook_routes(self.counter))
        routes.include_router(customer_routes(_customer_change(runtime), tokens))
        routes.include_router(chat_routes(ChatDoor(self.counter, self._chats(runtime), self.sockets, self.signer)))
        return routes

    @asynccontextmanager
    async def open_doors(self, runtime: IngestRuntime) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            parsers = await stack.enter_async_context(ParserPool(self.settings.parsers))
            await stack.enter_async_context(self.commits)
            topic = topics.CHAT_OUTBOUND.full(runtime.settings.topic_prefix)
            following = follow(runtime.settings.kafka_bootstrap, [topic], self._said, runtime.fatal)
            await stack.enter_async_context(following)
            await stack.enter_async_context(self._mailbox(runtime, parsers))
            await stack.enter_async_context(housekeeping(runtime.database, runtime.log, self.objects.tidy))
            yield

    def _mailbox(self, runtime: IngestRuntime, parsers: ParserPool) -> AbstractAsyncContextManager[object]:
        def refused(error: BaseException) -> None:
            runtime.log.error("mail-failed", error=type(error).__name__)

        room = MailRoom(self.counter, parsers.parse, refused)
        settings = self.settings
        return listen(settings.lmtp_host, settings.lmtp_port, room.doors(), settings.max_mail_bytes)

    async def _look_up(self, runtime: IngestRuntime) -> Places:
        async with runtime.database.acquire() as connection:
            return await self.store.places(connection)

    def _chats(self, runtime: IngestRuntime) -> VisitorChats:
        async def execute(one: IngestInput, command_id: UUID) -> object:
            return await runtime.execute("", one, command_id)

        return VisitorChats(lambda subjects: self.store.look(runtime.database, subjects), execute)

    async def _said(self, value: bytes) -> None:
        """What can't be read is set aside where the topic is read with its group."""
        try:
            message, stamp = ChatMessage.model_validate_json(value), Stamp.model_validate_json(value)
        except ValidationError:
            return
        if stamp.at is not None:
            said = Said(message.notice_id, message.author, message.text, stamp.at)
            await self.sockets.say(message.conversation_id, said)

    def _rules(self) -> Rules:
        settings = self.settings
        return Rules(
            max_body_bytes=settings.max_body_bytes,
            max_mail_bytes=settings.max_mail_bytes,
            own_domains=settings.own_domains,
            trusted_servers=settings.trusted_mail_servers,
            region=settings.region,
            public_url=settings.public_url,
        )


def _closed(runtime: IngestRuntime) -> Callable[[], str | None]:
    return lambda: "the outbox is full" if runtime.publisher.overloaded else None


def _customer_change(runtime: IngestRuntime) -> Callable[[CustomerUpserted, UUID], Awaitable[bool]]:
    async def execute(change: CustomerUpserted, command_id: UUID) -> bool:
        return not (await runtime.execute("", change, command_id)).repeated

    return execute
