"""What does every provider take, give, and how does it fail? Failures differ by what may be done next."""

import ssl
from dataclasses import dataclass
from typing import Final, Protocol

from bellhop_notifier.domain.mail import Mail, Rendered
from bellhop_notifier.domain.outbound import Outbound

ELSEWHERE_SOON: Final = 1.0
FAILED_HANDSHAKES: Final = frozenset({ssl.SSLError, ssl.SSLCertVerificationError})


@dataclass(frozen=True, slots=True)
class Message:
    """`mail` is there for mail only; other channels take the plain text."""

    outbound: Outbound
    rendered: Rendered
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class ProviderResult:
    provider_message_id: str


class Provider(Protocol):
    """May take as long as its own time-out, which must be well below half of a call's lease."""

    name: str

    async def send(self, message: Message) -> ProviderResult:
        """Raises `Permanent`, `Temporary` or `Ambiguous`."""
        ...

    async def close(self) -> None:
        """What has not begun to be sent is given back, not left to be cut off and called in doubt."""
        ...


class SendFailure(Exception):
    """`error_class` is a bounded word, fit for a metric."""

    def __init__(self, error_class: str) -> None:
        super().__init__(error_class)
        self.error_class = error_class


class Permanent(SendFailure):
    """It will never go this way."""


class Temporary(SendFailure):
    """It certainly didn't go, and may later."""

    def __init__(self, error_class: str, retry_after: float | None = None) -> None:
        super().__init__(error_class)
        self.retry_after = retry_after


class Ambiguous(SendFailure):
    """Nobody knows whether it went."""


def unreachable(error: BaseException | None = None) -> Temporary:
    """Waiting mends no certificate, so a handshake that fails has a name of its own; one that only ends has not."""
    while error is not None:
        if type(error) in FAILED_HANDSHAKES:
            return Temporary("provider-tls")
        error = error.__cause__ or error.__context__
    return Temporary("provider-unreachable")


def stopping() -> Temporary:
    """Another process may take it at once."""
    return Temporary("stopping", ELSEWHERE_SOON)
