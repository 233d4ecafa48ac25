"""What becomes of mails when the server takes connections, and then says nothing, or nonsense?"""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bellhop_notifier.adapters.providers import smtp_connections
from bellhop_notifier.adapters.providers.port import Message, SendFailure, Temporary
from bellhop_notifier.adapters.providers.smtp import SmtpProvider
from bellhop_notifier.adapters.providers.smtp_connections import SmtpSettings
from bellhop_notifier.domain.mail import Mail, Rendered
from support.notifier_messages import BY_MAIL
from support.waiting import until

CALLS = 16
PLACES = 2
# To the greeting, EHLO, MAIL, RCPT, DATA and the content.
ANSWERS = (b"220 hello", b"250 stand-in", b"250 OK", b"250 OK", b"354 go on", b"250 OK")
RSET = b"250 OK"


@dataclass
class Server:
    """Answers each command with the next of `answers`, and then says nothing more; `deaf`: nor reads any content."""

    answers: Sequence[bytes]
    deaf: bool = False
    port: int = 0
    taken: int = 0
    connections: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        answers, end = iter(self.answers), b"\r\n"
        try:
            for answer in answers:
                writer.write(answer + b"\r\n")
                end = b"\r\n.\r\n" if answer.startswith(b"354") else b"\r\n"
                if self.deaf and end != b"\r\n":
                    return
                await reader.readuntil(end)
                self.taken += end != b"\r\n"
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def is_full(self) -> bool:
        return self.connections == PLACES

    def settings(self, begin_within: float = 20.0, timeout: float = 0.3) -> SmtpSettings:
        return SmtpSettings(
            port=self.port, start_tls=False, connections=PLACES, timeout=timeout, begin_within=begin_within
        )


@asynccontextmanager
async def server_that_says(answers: Sequence[bytes], *, deaf: bool = False) -> AsyncIterator[Server]:
    server = Server(answers, deaf)
    # A small window, so that a content can be bigger than what the network takes without a reader.
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    serving = await asyncio.start_server(server.serve, sock=listening)
    server.port = int(listening.getsockname()[1])
    try:
        yield server
    finally:
        for writer in server.writers:
            writer.transport.abort()
        serving.close()
        await serving.wait_closed()


def provider(settings: SmtpSettings) -> SmtpProvider:
    return SmtpProvider(settings, lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))


def mail(text: str = "On its way.") -> Message:
    written = Mail(
        envelope_from="reply@shop.example",
        from_address="help@shop.example",
        from_name="Shop",
        to="maria@example.org",
        cc=(),
        reply_to="reply@shop.example",
        subject="Your order",
        message_id="<1@shop.example>",
        headers=(),
        text=text,
        html="",
    )
    return Message(BY_MAIL, Rendered("", text, ""), written)


async def outcome(ours: SmtpProvider, message: Message) -> str:
    """Cut off, as the kernel would do it, is the one thing that a call mustn't be."""
    try:
        await asyncio.wait_for(ours.send(message), 3.0)
    except SendFailure as error:
        return f"{type(error).__name__} {error.error_class}"
    except TimeoutError:
        return "cut off"
    return "sent"


async def test_more_calls_than_places_are_all_for_later_and_none_in_doubt() -> None:
    async with server_that_says(()) as server:
        ours = provider(server.settings(begin_within=1.0, timeout=0.5))
        outcomes = await asyncio.gather(*(outcome(ours, mail()) for _ in range(CALLS)))
    assert outcomes == ["Temporary provider-unreachable"] * CALLS
    assert server.connections >= PLACES


@pytest.mark.parametrize("heard", range(5))
async def test_silence_before_the_content_is_no_doubt(heard: int) -> None:
    async with server_that_says(ANSWERS[:heard]) as server:
        ours = provider(server.settings())
        assert await outcome(ours, mail()) == "Temporary provider-unreachable"
    assert server.taken == 0


async def test_silence_after_the_content_is_doubt() -> None:
    async with server_that_says(ANSWERS[:5]) as server:
        assert await outcome(provider(server.settings()), mail()) == "Ambiguous no-answer"
        assert server.taken == 1


async def test_a_content_whose_end_never_left_is_no_doubt() -> None:
    async with server_that_says(ANSWERS[:5], deaf=True) as server:
        long = mail("What a long story this is.\n" * 300_000)
        assert await outcome(provider(server.settings(timeout=0.5)), long) == "Temporary provider-unreachable"
        assert server.taken == 0


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (b"251 will forward", "sent"),
        (b"451 not now", "Temporary content-refused-for-now"),
        (b"554 never", "Permanent content-refused"),
        (b"354 more", "Ambiguous unreadable-answer"),
        (b"\xff\xfe", "Ambiguous no-answer"),
        (b"250-half an answer", "Ambiguous no-answer"),
    ],
)
async def test_what_a_server_says_of_a_content_is_taken_at_its_word(answer: bytes, means: str) -> None:
    async with server_that_says((*ANSWERS[:5], answer)) as server:
        assert await outcome(provider(server.settings()), mail()) == means


async def test_a_bound_for_all_commands_holds_although_each_is_answered_in_time() -> None:
    async with server_that_says(ANSWERS[:4]) as server:
        ours = provider(server.settings(begin_within=0.3, timeout=30.0))
        assert await outcome(ours, mail()) == "Temporary provider-unreachable"


async def test_one_kept_connection_that_went_silent_is_replaced_by_a_new_one() -> None:
    async with server_that_says(ANSWERS) as server:
        ours = provider(server.settings())
        assert [await outcome(ours, mail()) for _ in range(2)] == ["sent", "sent"]
        assert (server.connections, server.taken) == (2, 2)
        await ours.close()


async def test_a_stop_leaves_all_silent_connections_at_once() -> None:
    async with server_that_says(ANSWERS) as server:
        settings = SmtpSettings(port=server.port, start_tls=False, connections=8, timeout=10.0)
        ours = provider(settings)
        assert await asyncio.gather(*(outcome(ours, mail()) for _ in range(8))) == ["sent"] * 8
        began = time.monotonic()
        await ours.close()
        assert time.monotonic() - began < 4.0


async def test_a_stop_gives_back_what_has_not_begun_to_be_sent() -> None:
    async with server_that_says(()) as server:
        ours = provider(server.settings(timeout=30.0))
        waiting = [asyncio.create_task(outcome(ours, mail())) for _ in range(CALLS)]
        await until(server.is_full)
        await ours.close()
        assert await asyncio.gather(*waiting) == ["Temporary stopping"] * CALLS
        with pytest.raises(Temporary, match="stopping"):
            await ours.send(mail())


@pytest.mark.parametrize(("answers", "reason"), [((), "provider-unreachable"), ((b"220 hello",), "provider-tls")])
async def test_a_failed_handshake_is_for_later(answers: Sequence[bytes], reason: str) -> None:
    async with server_that_says(answers) as server:
        settings = SmtpSettings(port=server.port, use_tls=True, timeout=0.5)
        assert await outcome(provider(settings), mail()) == f"Temporary {reason}"


async def test_a_handshake_that_fails_after_the_greeting_is_for_later() -> None:
    async with server_that_says((b"220 hello", b"250-stand-in\r\n250 STARTTLS", b"220 go on", b"nonsense")) as server:
        settings = SmtpSettings(port=server.port, start_tls=True, timeout=0.5)
        assert await outcome(provider(settings), mail()) in {"Temporary provider-unreachable", "Temporary provider-tls"}


async def test_our_own_name_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(smtp_connections, "NAMED_WITHIN", 0.1)
    monkeypatch.setattr(socket, "getfqdn", lambda: str(answered.wait(10.0)))
    async with server_that_says(ANSWERS) as server:
        ours = provider(server.settings(begin_within=2.0))
        assert await outcome(ours, mail()) == "sent"
        answered.set()
        await ours.close()
