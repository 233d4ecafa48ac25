"""How is one call to the outside made? Words, headers, provider, and what its answer means for the notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from jinja2 import TemplateNotFound
from pydantic import TypeAdapter

from bellhop_common.decision import Call, CallOutcome
from bellhop_common.kernel.service import CallResult
from bellhop_common.tokens import conversation_token
from bellhop_notifier.adapters.providers.port import Ambiguous, Message, Permanent, Provider, Temporary
from bellhop_notifier.adapters.templates import BadTemplate, Templates
from bellhop_notifier.adapters.unsubscribing import Refusal, link_token
from bellhop_notifier.domain.mail import Mail, Postmark, Rendered, UnsafeHeader, compose, thread_subject
from bellhop_notifier.domain.outbound import Outbound

FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 1_800.0
DOUBTFUL_TRIES: Final = 3
EMAIL: Final = "email"
_outbound: TypeAdapter[Outbound] = TypeAdapter(Outbound)


@dataclass(frozen=True, slots=True)
class Identity:
    """`token_key` is shared with whoever reads the answers; `public_url` is where links lead, if anywhere."""

    token_key: bytes
    public_url: str | None = None


class Deliverer:
    """Pauses double: after a minute of waiting comes another one."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        templates: Templates,
        identity: Identity,
        clock: Callable[[], datetime],
    ) -> None:
        self._providers = providers
        self._templates = templates
        self._identity = identity
        self._clock = clock
        self._doubts: dict[UUID, int] = {}

    async def perform(self, call: Call) -> CallResult:
        outbound = _outbound.validate_python(call.body)
        try:
            result = await self._send(outbound)
        except Permanent as error:
            result = CallResult(CallOutcome.FAILED, error.error_class)
        except Temporary as error:
            return self._later(outbound, error)
        except Ambiguous as error:
            return self._in_doubt(call, error)
        self._doubts.pop(call.call_id, None)
        return result

    async def close(self) -> None:
        for provider in set(self._providers.values()):
            await provider.close()

    async def _send(self, outbound: Outbound) -> CallResult:
        if outbound.give_up <= self._clock():
            raise Permanent("gave-up")
        provider = self._providers.get(outbound.channel)
        if provider is None:
            raise Permanent("no-provider")
        result = await provider.send(self._message(outbound))
        detail = {"provider": provider.name, "provider_message_id": result.provider_message_id}
        return CallResult(CallOutcome.DONE, detail=detail)

    def _message(self, outbound: Outbound) -> Message:
        if outbound.channel != EMAIL:
            return Message(outbound, self._words(outbound, short=True))
        rendered = self._words(outbound, short=False)
        return Message(outbound, rendered, self._mail(outbound, rendered))

    def _words(self, outbound: Outbound, *, short: bool) -> Rendered:
        given = {"subject": thread_subject(outbound.thread_subject) or "", **outbound.variables}
        render = self._templates.short if short else self._templates.mail
        try:
            return render(outbound.template, outbound.locale, given, outbound.time_zone)
        except (BadTemplate, TemplateNotFound) as error:
            raise Permanent("template") from error

    def _mail(self, outbound: Outbound, rendered: Rendered) -> Mail:
        # A greeting belongs to no conversation; an answer to it starts one.
        thread = UUID(outbound.conversation_id or outbound.notice_id)
        postmark = Postmark(
            token=conversation_token(self._identity.token_key, thread),
            reply_domain=outbound.reply_domain or "",
            unsubscribe=self._unsubscribe(outbound),
        )
        mail = compose(outbound, rendered, postmark)
        if isinstance(mail, UnsafeHeader):
            raise Permanent("unsafe-header")
        return mail

    def _unsubscribe(self, outbound: Outbound) -> str | None:
        if outbound.notice_class != "relationship" or not outbound.customer_id or not self._identity.public_url:
            return None
        refusal = Refusal(UUID(outbound.customer_id), outbound.notice_class)
        return f"{self._identity.public_url.rstrip('/')}/v1/unsubscribe/{link_token(self._identity.token_key, refusal)}"

    def _later(self, outbound: Outbound, error: Temporary) -> CallResult:
        now = self._clock()
        waited = (now - outbound.planned).total_seconds()
        pause = error.retry_after or min(max(waited, FIRST_PAUSE), LONGEST_PAUSE)
        left = (outbound.give_up - now).total_seconds()
        if left <= 0:
            return CallResult(CallOutcome.FAILED, error.error_class)
        return CallResult(CallOutcome.FAILED, error.error_class, retry_after_seconds=min(pause, left))

    def _in_doubt(self, call: Call, error: Ambiguous) -> CallResult:
        """Left without an outcome, the call's lease runs out, and it is made again as one in doubt."""
        doubts = self._doubts.get(call.call_id, 0) + 1
        if not call.repeat_in_doubt or doubts >= DOUBTFUL_TRIES:
            self._doubts.pop(call.call_id, None)
            return CallResult(CallOutcome.IN_DOUBT, error.error_class)
        self._doubts[call.call_id] = doubts
        raise error
