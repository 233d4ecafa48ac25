"""How is a provider spared? A rate limit, a few quick tries, and a break when it keeps failing."""

from dataclasses import dataclass

import stamina
from aiolimiter import AsyncLimiter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from bellhop_notifier.adapters.providers.port import Message, Permanent, Provider, ProviderResult, Temporary


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_second` is this process's share. `quick_tries` end well within half a lease; times are seconds."""

    per_second: float = 20.0
    quick_tries: int = 3
    within: float = 8.0
    failures: int = 5
    break_for: float = 30.0


class Guarded:
    """A provider like the one inside, but gentler."""

    def __init__(self, provider: Provider, limits: Limits) -> None:
        self.name = provider.name
        self._provider = provider
        self._limits = limits
        self._limiter = AsyncLimiter(max(1.0, limits.per_second), 1.0)
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=limits.failures, default_ttl=limits.break_for, exclude=[Permanent]
        )

    async def send(self, message: Message) -> ProviderResult:
        breaker = await self._breakers.get_breaker(self.name)
        try:
            async with breaker:
                return await self._try_quickly(message)
        except OpenedState as error:
            raise Temporary("circuit-open", self._limits.break_for) from error

    async def close(self) -> None:
        await self._provider.close()

    async def _try_quickly(self, message: Message) -> ProviderResult:
        """Only what certainly wasn't sent, and where the provider didn't name a time itself."""
        tries = stamina.retry_context(on=_may_pass_soon, attempts=self._limits.quick_tries, timeout=self._limits.within)
        async for attempt in tries:
            with attempt:
                async with self._limiter:
                    return await self._provider.send(message)
        raise Temporary("provider-unreachable")


def _may_pass_soon(error: Exception) -> bool:
    return isinstance(error, Temporary) and error.retry_after is None
