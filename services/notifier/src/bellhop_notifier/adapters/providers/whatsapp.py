"""How does a text reach somebody on WhatsApp? Through Meta's Cloud API, or a stand-in for it under another address."""

from dataclasses import dataclass, field
from typing import Final

import httpx2
from pydantic import BaseModel, ValidationError

from bellhop_notifier.adapters.providers.asking import WITHIN_SECONDS, Answer, Asker
from bellhop_notifier.adapters.providers.port import (
    Ambiguous,
    Message,
    Permanent,
    ProviderResult,
    SendFailure,
    Temporary,
)
from bellhop_notifier.domain.outbound import Outbound

MAX_TEXT: Final = 4_096
MOST_READ: Final = 65_536
WINDOW_CLOSED: Final = 131047
NOT_REACHABLE: Final = frozenset({131026, 131030, 131051})
SLOW_DOWN: Final = frozenset({4, 80007, 130429, 131048, 131056, 133016})


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """`phone_number_id` is for entry points whose own address isn't one."""

    base_url: str = "https://graph.facebook.com/v23.0"
    access_token: str = field(default="", repr=False)
    phone_number_id: str = ""
    timeout: float = 10.0
    within: float = WITHIN_SECONDS


class _Sent(BaseModel):
    id: str


class _Accepted(BaseModel):
    messages: tuple[_Sent, ...]


class _Error(BaseModel):
    code: int = 0


class _Refused(BaseModel):
    error: _Error = _Error()


class WhatsAppProvider:
    name = "whatsapp"

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._settings = settings
        self._client = httpx2.AsyncClient(timeout=settings.timeout)
        self._asker = Asker(self._client, settings.within)

    async def send(self, message: Message) -> ProviderResult:
        if len(message.rendered.text) > MAX_TEXT:
            raise Permanent("too-long")
        sender = _sender(message.outbound) or self._settings.phone_number_id
        request = self._client.build_request(
            "POST",
            f"{self._settings.base_url.rstrip('/')}/{sender}/messages",
            json=_body(message),
            headers={"authorization": f"Bearer {self._settings.access_token}", "accept-encoding": "identity"},
        )
        answer = await self._asker.ask(request, MOST_READ)
        if not answer.is_success:
            raise _failure(answer)
        return _accepted(answer)

    async def close(self) -> None:
        await self._asker.close()


def _sender(outbound: Outbound) -> str | None:
    address = (outbound.sender or "").strip()
    return address if address.isdecimal() else None


def _body(message: Message) -> dict[str, object]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.outbound.address.lstrip("+"),
        "type": "text",
        "text": {"body": message.rendered.text, "preview_url": False},
        "biz_opaque_callback_data": message.outbound.notice_id,
    }


def _accepted(answer: Answer) -> ProviderResult:
    try:
        accepted = _Accepted.model_validate_json(answer.body)
        return ProviderResult(accepted.messages[0].id)
    except (ValidationError, IndexError) as error:
        raise Ambiguous("unreadable-answer") from error


def _failure(answer: Answer) -> SendFailure:
    """Meta's own code says more than the status."""
    try:
        code = _Refused.model_validate_json(answer.body).error.code
    except ValidationError:
        code = 0
    if code == WINDOW_CLOSED:
        return Permanent("reply-window")
    if code in NOT_REACHABLE:
        return Permanent("recipient-unknown")
    if code in SLOW_DOWN:
        return Temporary("rate-limited")
    return answer.failure()
