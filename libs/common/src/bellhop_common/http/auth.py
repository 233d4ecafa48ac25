"""Who may call? Bearer tokens with roles from a file; without one, only this machine."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from fastapi import Request
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bellhop_common.errors import Misuse
from bellhop_common.http.problems import Problem

SCHEME = "bearer "


class TokenEntry(BaseModel):
    """`agent_id` ties a token to one agent, who then acts only for themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str
    roles: frozenset[str]
    agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    name: str
    roles: frozenset[str]
    agent_id: str | None = None


EVERY_ROLE = frozenset({"agent", "supervisor", "operator", "publisher", "admin"})
THIS_MACHINE = Caller("local", EVERY_ROLE)
_entries: TypeAdapter[dict[str, TokenEntry]] = TypeAdapter(dict[str, TokenEntry])


class Tokens:
    """`{token: {name, roles, agent_id?}}` as JSON; None lets only loopback addresses in."""

    def __init__(self, entries: Mapping[str, TokenEntry] | None) -> None:
        self._entries = None if entries is None else {token.encode(): entry for token, entry in entries.items()}

    @classmethod
    def read(cls, path: Path | None) -> "Tokens":
        if path is None:
            return cls(None)
        try:
            return cls(_entries.validate_python(orjson.loads(path.read_bytes())))
        except (OSError, ValueError, ValidationError) as error:
            raise Misuse(f"the token file {path} can't be read: {type(error).__name__}") from error

    def caller(self, authorization: str | None, host: str | None) -> Caller | None:
        """Compares every token in constant time."""
        if self._entries is None:
            return THIS_MACHINE if _is_loopback(host) else None
        if authorization is None or not authorization.lower().startswith(SCHEME):
            return None
        given = authorization[len(SCHEME) :].strip().encode()
        matching = [entry for token, entry in self._entries.items() if hmac.compare_digest(token, given)]
        return next((Caller(entry.name, entry.roles, entry.agent_id) for entry in matching), None)


def require(tokens: Tokens, *roles: str) -> Callable[[Request], Awaitable[Caller]]:
    """A FastAPI dependency: any one of these roles."""

    async def check(request: Request) -> Caller:
        host = None if request.client is None else request.client.host
        caller = tokens.caller(request.headers.get("authorization"), host)
        if caller is None:
            raise Problem(401, "Who are you?", "a bearer token is needed")
        if roles and not caller.roles & set(roles):
            raise Problem(403, "Not allowed", f"needs one of the roles {', '.join(roles)}")
        return caller

    return check


def _is_loopback(host: str | None) -> bool:
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
