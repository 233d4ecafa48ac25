"""How does a notice reach a gateway of the operator's own? As a signed webhook, never to an address inside."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx2
import orjson
from standardwebhooks import Webhook

from bellhop_notifier.adapters.providers.addresses import PrivateAddress, resolve
from bellhop_notifier.adapters.providers.asking import WITHIN_SECONDS, Asker
from bellhop_notifier.adapters.providers.port import Message, Permanent, ProviderResult, unreachable

PORTS: Final = frozenset({443, 8443})
LOOK_UP_WITHIN: Final = 5.0


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """`allow_private`: plain HTTP and addresses inside our own network too, for tests and demos."""

    url: str
    secret: str = field(repr=False)
    allow_private: bool = False
    timeout: float = 10.0
    within: float = WITHIN_SECONDS


class WebhookProvider:
    """Standard Webhooks; the id is the notice's, so that a second delivery is known for what it is."""

    name = "webhook"

    def __init__(self, settings: WebhookSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._signer = Webhook(settings.secret)
        self._client = httpx2.AsyncClient(timeout=settings.timeout, follow_redirects=False, trust_env=False)
        self._asker = Asker(self._client, settings.within)

    async def send(self, message: Message) -> ProviderResult:
        body = orjson.dumps(_body(message)).decode()
        request = await self._request(body, self._headers(message.outbound.notice_id, body))
        answer = await self._asker.ask(request)
        if answer.is_success:
            return ProviderResult(message.outbound.notice_id)
        raise answer.failure()

    async def close(self) -> None:
        await self._asker.close()

    def _headers(self, notice_id: str, body: str) -> dict[str, str]:
        now = self._clock()
        return {
            "content-type": "application/json",
            "webhook-id": notice_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(notice_id, now, body),
        }

    async def _request(self, body: str, headers: dict[str, str]) -> httpx2.Request:
        """To the very address that was looked at, so that a second look-up can't lead elsewhere."""
        url = urlsplit(self._settings.url)
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        if not self._settings.allow_private and (url.scheme != "https" or port not in PORTS):
            raise Permanent("unsafe-address")
        address = await self._address(host, port)
        netloc = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        return self._client.build_request(
            "POST",
            urlunsplit((url.scheme, netloc, url.path or "/", url.query, "")),
            content=body,
            headers={**headers, "host": url.netloc.rpartition("@")[2]},
            extensions={"sni_hostname": host},
        )

    async def _address(self, host: str, port: int) -> str:
        """A time-out is an OSError too; a ValueError is a name that can't be one."""
        try:
            async with asyncio.timeout(LOOK_UP_WITHIN):
                return await resolve(host, port, allow_private=self._settings.allow_private)
        except (PrivateAddress, ValueError) as error:
            raise Permanent("unsafe-address") from error
        except OSError as error:
            raise unreachable() from error


def _body(message: Message) -> dict[str, object]:
    outbound = message.outbound
    return {
        "type": f"notice.{outbound.kind}",
        "data": {
            "notice_id": outbound.notice_id,
            "channel": outbound.channel,
            "to": outbound.address,
            "entry_point": outbound.entry_point,
            "thread_id": outbound.provider_thread_id,
            "conversation_id": outbound.conversation_id,
            "locale": outbound.locale,
            "text": message.rendered.text,
        },
    }
