"""What becomes of texts when a provider's web server is silent, talks without end, or talks nonsense?"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime

import pytest

from bellhop_notifier.adapters.providers import webhook
from bellhop_notifier.adapters.providers.port import Provider, SendFailure, Temporary
from bellhop_notifier.adapters.providers.webhook import WebhookProvider, WebhookSettings
from bellhop_notifier.adapters.providers.whatsapp import WhatsAppProvider, WhatsAppSettings
from support.notifier_messages import MESSAGE, OUTBOUND, SECRET
from support.notifier_stand_ins import WebServer

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n"


@asynccontextmanager
async def server_that(answers: Answer) -> AsyncIterator[int]:
    writers = list[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await answers(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return

    serving = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(serving.sockets[0].getsockname()[1])
    finally:
        for writer in writers:
            writer.transport.abort()
        serving.close()
        await serving.wait_closed()


def whatsapp(port: int, scheme: str = "http") -> Provider:
    url = f"{scheme}://127.0.0.1:{port}/v23.0"
    return WhatsAppProvider(WhatsAppSettings(url, "a-token", phone_number_id="1", timeout=0.5, within=1.0))


def gateway(port: int, scheme: str = "http") -> Provider:
    url = f"{scheme}://localhost:{port}/notices"
    settings = WebhookSettings(url, SECRET, allow_private=True, timeout=0.5, within=1.0)
    return WebhookProvider(settings, lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))


both = pytest.mark.parametrize("provider_at", [whatsapp, gateway])
ProviderAt = Callable[..., Provider]


async def outcome(ours: Provider) -> str:
    """Cut off, as the kernel would do it, is the one thing that a call mustn't be."""
    try:
        result = await asyncio.wait_for(ours.send(MESSAGE), 5.0)
    except SendFailure as error:
        return f"{type(error).__name__} {error.error_class}"
    except TimeoutError:
        return "cut off"
    finally:
        await ours.close()
    return result.provider_message_id


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def a_byte_now_and_then(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx-filler: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"\x00\xffSSH-2.0-hello\r\n\r\n")
    await writer.drain()
    await reader.read()


async def goodbye(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def half_a_body(status: int, body: bytes) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD % status + body)
        await reader.read()

    return answer


@both
@pytest.mark.parametrize("answer", [silence, a_byte_now_and_then, nonsense])
async def test_whoever_took_a_request_and_gives_no_answer_leaves_it_in_doubt(
    provider_at: ProviderAt, answer: Answer
) -> None:
    async with server_that(answer) as port:
        assert await outcome(provider_at(port)) == "Ambiguous no-answer"


@both
@pytest.mark.parametrize(
    ("answer", "reason"),
    [(silence, "provider-unreachable"), (nonsense, "provider-tls"), (goodbye, "provider-unreachable")],
)
async def test_without_a_safe_connection_nothing_was_sent(provider_at: ProviderAt, answer: Answer, reason: str) -> None:
    async with server_that(answer) as port:
        assert await outcome(provider_at(port, "https")) == f"Temporary {reason}"


@contextmanager
def full_queue() -> Iterator[int]:
    """Whoever connects there waits, since nobody is let in."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0.0)
            waiting.connect_ex(listening.getsockname())
        yield int(listening.getsockname()[1])


async def test_whoever_lets_nobody_in_was_sent_nothing() -> None:
    with full_queue() as port:
        assert await outcome(whatsapp(port)) == "Temporary provider-unreachable"


async def test_a_stop_gives_back_what_has_not_begun_to_be_sent() -> None:
    with full_queue() as port:
        ours = WhatsAppProvider(WhatsAppSettings(f"http://127.0.0.1:{port}", "a-token", timeout=60.0, within=60.0))
        asking = asyncio.create_task(outcome(ours))
        await asyncio.sleep(0.2)
        await ours.close()
        assert await asking == "Temporary stopping"
        assert await outcome(ours) == "Temporary stopping"


@pytest.mark.parametrize(
    ("status", "body", "means"),
    [
        (200, b'{"messages":[{"id":"wam', "Ambiguous unreadable-answer"),
        (400, b'{"error":{"code":1310', "Permanent http-400"),
        (429, b'{"error":', "Temporary http-429"),
        (503, b"", "Temporary http-503"),
    ],
)
async def test_of_half_an_answer_the_half_that_came_counts(status: int, body: bytes, means: str) -> None:
    async with server_that(half_a_body(status, body)) as port:
        assert await outcome(whatsapp(port)) == means


async def test_a_gateways_body_is_not_waited_for() -> None:
    async with server_that(half_a_body(200, b"thank")) as port:
        assert await outcome(gateway(port)) == OUTBOUND.notice_id


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    said = 0

    async def without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal said
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 65_536)
            await writer.drain()
            said += 65_536

    async with server_that(without_end) as port:
        assert await outcome(whatsapp(port)) == "Ambiguous unreadable-answer"
    assert said < 64_000_000


@pytest.mark.parametrize(
    ("wish", "granted"),
    [
        ("0", 0.0),
        ("86400", 3_600.0),
        ("9" * 400, 3_600.0),
        ("-5", None),
        ("1e9", None),
        ("nan", None),
        ("soon", None),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
    ],
)
async def test_a_wish_to_be_left_alone_is_granted_for_an_hour_at_most(
    web: WebServer, wish: str, granted: float | None
) -> None:
    web.answers, web.headers = [(429, b"")], f"retry-after: {wish}\r\n"
    ours = gateway(web.port)
    with pytest.raises(Temporary) as raised:
        await ours.send(MESSAGE)
    await ours.close()
    assert raised.value.retry_after == granted


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (201, "wamid.1"),
        (302, "Permanent http-302"),
        (425, "Temporary http-425"),
        (501, "Permanent http-501"),
        (522, "Temporary http-522"),
        (524, "Ambiguous http-524"),
    ],
)
async def test_rare_answers_mean_what_they_say(web: WebServer, status: int, means: str) -> None:
    web.answers, web.headers = [(status, web.usual)], "location: http://127.0.0.1:1/\r\n"
    assert await outcome(whatsapp(web.port)) == means
    assert len(web.requests) == 1


async def test_a_name_that_is_looked_up_without_end_is_looked_up_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_host: str, _port: int, *, allow_private: bool) -> str:
        await asyncio.Event().wait()
        return f"{allow_private}"

    monkeypatch.setattr(webhook, "resolve", never)
    monkeypatch.setattr(webhook, "LOOK_UP_WITHIN", 0.1)
    assert await outcome(gateway(443, "https")) == "Temporary provider-unreachable"


async def test_a_name_that_can_be_none_is_never_asked() -> None:
    settings = WebhookSettings(f"https://{'x' * 64}.example/hook", SECRET)
    assert await outcome(WebhookProvider(settings, lambda: datetime(2026, 3, 10, tzinfo=UTC))) == (
        "Permanent unsafe-address"
    )
