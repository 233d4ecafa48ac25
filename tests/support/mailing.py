"""How does a test hand in mail over LMTP and see each recipient's answer?"""

import asyncio
import smtplib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LmtpAnswer:
    code: int
    text: str


async def deliver(port: int, raw: bytes, *recipients: str, sender: str = "ana@example.org") -> list[LmtpAnswer]:
    """One answer per recipient, whether it was refused at RCPT or after DATA."""
    return await asyncio.to_thread(_deliver, port, raw, recipients, sender)


def _deliver(port: int, raw: bytes, recipients: tuple[str, ...], sender: str) -> list[LmtpAnswer]:
    with smtplib.LMTP("127.0.0.1", port, timeout=15) as client:
        client.ehlo()
        client.mail(sender)
        answers = {address: client.rcpt(address) for address in recipients}
        taken = [address for address, (code, _) in answers.items() if code < 300]
        if taken:
            answers[taken[0]] = client.data(b"\r\n".join(raw.splitlines()) + b"\r\n")
            for address in taken[1:]:
                answers[address] = client.getreply()
    return [LmtpAnswer(code, text.decode("utf-8", "replace")) for code, text in answers.values()]


def letter(subject: str, text: str, *, message_id: str, headers: str = "", sender: str = "ana@example.org") -> bytes:
    """`headers` are whole lines, each with its line end."""
    head = f"From: Ana Petrova <{sender}>\nTo: help@example.com\nSubject: {subject}\nMessage-ID: {message_id}\n"
    date = "Date: Mon, 02 Mar 2026 10:00:00 +0000\n"
    return f"{head}{date}{headers}\n{text}\n".replace("\n", "\r\n").encode()
