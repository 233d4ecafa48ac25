"""What does every provider take, give, and how does it fail? Failures differ by what may be done next."""

from dataclasses import dataclass
from typing import Protocol

from bellhop_notifier.domain.mail import Mail, Rendered
from bellhop_notifier.domain.outbound import Outbound


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

    async def close(self) -> None: ...


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
