"""How is a provider spared? A rate limit, a few quick tries, and a break when it keeps failing."""

import asyncio
from dataclasses import dataclass
from typing import Final

import stamina
from aiolimiter import AsyncLimiter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from bellhop_notifier.adapters.providers.port import Message, Permanent, Provider, ProviderResult, Temporary

LONGEST_BREATH: Final = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_second` is this process's share; times are seconds.

    The last of the `quick_tries` begins `within` these seconds and a breath: a provider's own time-out after that must
    end before half of the call's lease does.
    """

    per_second: float = 20.0
    quick_tries: int = 3
    within: float = 6.0
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
        begin_by = asyncio.get_running_loop().time() + self._limits.within
        # Our own limit is no failure of the provider's, so the breaker isn't told of it.
        await self._turn(begin_by)
        breaker = await self._breakers.get_breaker(self.name)
        try:
            async with breaker:
                return await self._try_quickly(message, begin_by)
        except OpenedState as error:
            raise Temporary("circuit-open", self._limits.break_for) from error

    async def close(self) -> None:
        await self._provider.close()

    async def _turn(self, begin_by: float) -> None:
        try:
            async with asyncio.timeout_at(begin_by):
                await self._limiter.acquire()
        except TimeoutError as error:
            raise Temporary("rate-limited") from error

    async def _try_quickly(self, message: Message, begin_by: float) -> ProviderResult:
        """Only what certainly wasn't sent, and where the provider didn't name a time itself."""
        limits = self._limits
        tries = stamina.retry_context(
            on=_may_pass_soon, attempts=limits.quick_tries, timeout=limits.within, wait_max=LONGEST_BREATH
        )
        async for attempt in tries:
            with attempt:
                if attempt.num > 1:
                    await self._turn(begin_by)
                return await self._provider.send(message)
        raise Temporary("provider-unreachable")


def _may_pass_soon(error: Exception) -> bool:
    return isinstance(error, Temporary) and error.retry_after is None
