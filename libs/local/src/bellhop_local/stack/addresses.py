"""Where the two servers are reached, be they ours or servers that already run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bellhop_common.addresses import kafka_bootstrap, postgres_dsn
from bellhop_common.errors import Misuse, NotReachable
from bellhop_local.stack import kafka
from bellhop_local.stack.ports import known_ports

POSTGRES_DSN = "BELLHOP_POSTGRES_DSN"
KAFKA_BOOTSTRAP = "BELLHOP_KAFKA_BOOTSTRAP"
OLDEST_POSTGRES = 17


@dataclass(frozen=True, slots=True)
class StackAddresses:
    postgres_dsn: str
    kafka_bootstrap: str


@dataclass(frozen=True, slots=True)
class RunningServers:
    """Servers somebody else runs; the stack then starts nothing of that kind."""

    postgres_dsn: str | None = None
    kafka_bootstrap: str | None = None

    @classmethod
    def named_in(cls, environ: Mapping[str, str]) -> "RunningServers":
        return cls(environ.get(POSTGRES_DSN) or None, environ.get(KAFKA_BOOTSTRAP) or None)

    def without_own(self, ports: Path) -> "RunningServers":
        """An address that `stack up` once printed for this folder names our server, nobody else's."""
        known = known_ports(ports)
        dsn, bootstrap = self.postgres_dsn, self.kafka_bootstrap
        return RunningServers(
            None if dsn is not None and f"@127.0.0.1:{known.get('postgres')}/" in dsn else dsn,
            None if bootstrap == f"127.0.0.1:{known.get('kafka')}" else bootstrap,
        )

    async def check(self) -> None:
        """Raises `Misuse` for what is no address, `NotReachable` where nobody answers."""
        _refuse(postgres_dsn, POSTGRES_DSN, self.postgres_dsn)
        _refuse(kafka_bootstrap, KAFKA_BOOTSTRAP, self.kafka_bootstrap)
        if self.postgres_dsn is not None:
            await _check_postgres(self.postgres_dsn)
        if self.kafka_bootstrap is not None and not await kafka.answers(self.kafka_bootstrap):
            raise NotReachable("Kafka", self.kafka_bootstrap, "no broker answers")


def _refuse(check: Callable[[str], str], variable: str, value: str | None) -> None:
    if value is None:
        return
    try:
        check(value)
    except ValueError as error:
        raise Misuse(f"{variable}: {error}") from error


class TooOld(Misuse):
    def __init__(self, address: str, version: str) -> None:
        super().__init__(
            f"PostgreSQL at {address} is version {version}; Bellhop needs {OLDEST_POSTGRES} or "
            f"newer (it relies on transaction_timeout). Point {POSTGRES_DSN} at a newer server, "
            "or unset it and the stack starts its own."
        )


def without_password(dsn: str) -> str:
    """The part of a DSN that may be shown: everything but the credentials."""
    scheme, _, rest = dsn.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else dsn


async def _check_postgres(dsn: str) -> None:
    address = without_password(dsn)
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as error:
        raise NotReachable("PostgreSQL", address, str(error) or type(error).__name__) from error
    except asyncpg.InterfaceError as error:
        raise Misuse(f"{POSTGRES_DSN} is not usable: {error}") from error
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    refuse_if_too_old(address, version.major, version.minor)


def refuse_if_too_old(address: str, major: int, minor: int) -> None:
    if major < OLDEST_POSTGRES:
        raise TooOld(address, f"{major}.{minor}")
