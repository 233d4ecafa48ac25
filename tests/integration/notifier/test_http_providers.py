"""Do texts reach WhatsApp and a gateway of one's own over real HTTP, signed, and never into our own network?"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from bellhop_notifier.adapters.providers.port import Ambiguous, Permanent, SendFailure, Temporary
from bellhop_notifier.adapters.providers.webhook import WebhookProvider, WebhookSettings
from bellhop_notifier.adapters.providers.whatsapp import WhatsAppProvider, WhatsAppSettings
from bellhop_notifier.domain.mail import Rendered
from support.notifier_messages import MESSAGE, OUTBOUND, SECRET
from support.notifier_stand_ins import WebServer


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a verifier rejects what is older than five minutes


@pytest_asyncio.fixture
async def whatsapp(web: WebServer) -> AsyncIterator[WhatsAppProvider]:
    url = f"http://127.0.0.1:{web.port}/v23.0"
    provider = WhatsAppProvider(WhatsAppSettings(url, "a-token", phone_number_id="1", timeout=15.0))
    yield provider
    await provider.close()


@pytest_asyncio.fixture
async def webhook(web: WebServer) -> AsyncIterator[WebhookProvider]:
    settings = WebhookSettings(f"http://localhost:{web.port}/notices?x=1", SECRET, allow_private=True, timeout=15.0)
    provider = WebhookProvider(settings, now)
    yield provider
    await provider.close()


async def test_a_text_goes_to_metas_cloud(web: WebServer, whatsapp: WhatsAppProvider) -> None:
    assert (await whatsapp.send(MESSAGE)).provider_message_id == "wamid.1"
    request = web.requests[0]
    assert request.line == "POST /v23.0/106540352242922/messages HTTP/1.1"
    assert request.headers["authorization"] == "Bearer a-token"
    assert orjson.loads(request.body) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "359881234567",
        "type": "text",
        "text": {"body": "It is on its way.", "preview_url": False},
        "biz_opaque_callback_data": "3f0f8c1a-52de-5e0b-9a6b-0d2b7f1f4f11",
    }


async def test_an_entry_point_without_a_phone_number_uses_the_configured_one(
    web: WebServer, whatsapp: WhatsAppProvider
) -> None:
    await whatsapp.send(replace(MESSAGE, outbound=replace(OUTBOUND, sender="@shop")))
    assert web.requests[0].line == "POST /v23.0/1/messages HTTP/1.1"


@pytest.mark.parametrize(
    ("answer", "failure", "error_class"),
    [
        ((400, b'{"error":{"code":131047}}'), Permanent, "reply-window"),
        ((400, b'{"error":{"code":131026}}'), Permanent, "recipient-unknown"),
        ((400, b'{"error":{"code":100}}'), Permanent, "http-400"),
        ((400, b'{"error":{"code":130429}}'), Temporary, "rate-limited"),
        ((401, b'{"error":{"code":190}}'), Temporary, "http-401"),
        ((429, b"slow down"), Temporary, "http-429"),
        ((503, b""), Temporary, "http-503"),
        ((504, b""), Ambiguous, "http-504"),
        ((200, b"<html>"), Ambiguous, "unreadable-answer"),
        (None, Ambiguous, "no-answer"),
    ],
)
async def test_each_refusal_is_told_apart(
    web: WebServer,
    whatsapp: WhatsAppProvider,
    answer: tuple[int, bytes] | None,
    failure: type[SendFailure],
    error_class: str,
) -> None:
    web.answers = [answer]
    with pytest.raises(failure) as raised:
        await whatsapp.send(MESSAGE)
    assert raised.value.error_class == error_class


async def test_a_text_that_is_too_long_for_whatsapp_is_not_cut(web: WebServer, whatsapp: WhatsAppProvider) -> None:
    with pytest.raises(Permanent, match="too-long"):
        await whatsapp.send(replace(MESSAGE, rendered=Rendered("", "x" * 4097, "")))
    assert web.requests == []


async def test_a_webhook_is_signed_so_that_anybody_can_check_it(web: WebServer, webhook: WebhookProvider) -> None:
    result = await webhook.send(MESSAGE)
    request = web.requests[0]
    verified = Webhook(SECRET).verify(request.body, request.headers)
    assert request.line == "POST /notices?x=1 HTTP/1.1"
    assert request.headers["host"] == f"localhost:{web.port}"
    assert request.headers["webhook-id"] == result.provider_message_id == OUTBOUND.notice_id
    assert verified["data"]["text"] == "It is on its way."


async def test_a_gateway_says_when_to_come_back(web: WebServer, webhook: WebhookProvider) -> None:
    web.answers, web.headers = [(429, b"")], "retry-after: 17\r\n"
    with pytest.raises(Temporary) as raised:
        await webhook.send(MESSAGE)
    assert raised.value.retry_after == 17.0


async def test_a_redirect_is_not_followed(web: WebServer, webhook: WebhookProvider) -> None:
    web.answers, web.headers = [(302, b"")], "location: http://127.0.0.1:1/\r\n"
    with pytest.raises(Permanent, match="http-302"):
        await webhook.send(MESSAGE)
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1:8443/hook",
        "http://example.org/hook",
        "https://127.0.0.1:9092/hook",
    ],
)
async def test_no_webhook_leads_into_our_own_network(url: str) -> None:
    provider = WebhookProvider(WebhookSettings(url, SECRET), now)
    with pytest.raises(Permanent, match="unsafe-address"):
        await provider.send(MESSAGE)
    await provider.close()
