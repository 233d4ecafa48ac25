"""Where does a baseline find its servers and topics? In the same variables as the service that it stands against."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg

SCHEMA: Final = "bellhop_router"
SESSION: Final = {
    "search_path": SCHEMA,
    "idle_in_transaction_session_timeout": "5s",
    "transaction_timeout": "30s",
    "lock_timeout": "5s",
    "jit": "off",
}
PARTITIONS: Final = 12


@dataclass(frozen=True, slots=True)
class Place:
    bootstrap: str
    dsn: str
    prefix: str

    @classmethod
    def named_in(cls, environment: Mapping[str, str]) -> "Place":
        names = ("BELLHOP_KAFKA_BOOTSTRAP", "BELLHOP_POSTGRES_DSN", "BELLHOP_TOPIC_PREFIX")
        return cls(*(environment[name] for name in names))

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    async def connect(self, **session: str) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(self.dsn, server_settings={**SESSION, **session})


def here() -> Place:
    return Place.named_in(os.environ)
