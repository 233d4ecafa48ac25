"""Who is it that calls, and what may they do? From the caller's token to the actor of a command."""

from typing import Final
from uuid import UUID

from bellhop_common.http.auth import Caller
from bellhop_common.http.problems import Problem
from bellhop_common.ids import natural_id
from bellhop_router.domain.names import Actor

ACTING_FOR_OTHERS: Final = ("supervisor", "operator", "admin")


def actor_of(caller: Caller, wanted: Actor | None) -> Actor:
    """A token tied to an agent acts as that agent; supervisors and above may act for others, by name."""
    if caller.agent_id is not None:
        own = Actor("agent", caller.agent_id)
        if wanted not in {None, own}:
            raise Problem(403, "Not allowed", f"this token acts as agent {caller.agent_id} only")
        return own
    allowed = caller.roles.intersection(ACTING_FOR_OTHERS)
    if wanted is not None and not allowed:
        raise Problem(403, "Not allowed", "only supervisors, operators and admins act for others")
    if wanted is not None:
        return wanted
    return Actor("supervisor" if "supervisor" in caller.roles else "operator", caller.name)


def command_id(caller: Caller, idempotency_key: str | None) -> UUID:
    """The same key of the same caller is the same command."""
    if not idempotency_key:
        raise Problem(400, "Idempotency-Key is missing", "send a key that is new for each command")
    return natural_id("http", caller.name, idempotency_key)
