"""Desk files, queues and agents over HTTP."""

import asyncio
import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel

from bellhop_common.events.commands import Presence as WirePresence
from bellhop_common.events.wire import Instant, ShortText
from bellhop_common.http.auth import Caller, Tokens, require
from bellhop_common.http.careful import careful_router
from bellhop_common.http.problems import Problem
from bellhop_router.adapters.callers import actor_of, command_id
from bellhop_router.adapters.desk_file import Checked, parse
from bellhop_router.adapters.http_problems import problem_of, refusal
from bellhop_router.adapters.policies import policy_of, roster_of
from bellhop_router.adapters.reading import Reading, Running
from bellhop_router.adapters.shown import Agents, Applied, Queues, agent_shown, agents_shown, queues_shown
from bellhop_router.adapters.sizes import file_too_large
from bellhop_router.domain.agents import Presence
from bellhop_router.domain.inputs import AgentCommand, ApplyDesk, SetPresence
from bellhop_router.domain.names import Actor, AgentId
from bellhop_router.domain.refusals import OTHER_DESK

_VERSION: Final = re.compile(r"[0-9]{1,9}")
EVERYBODY: Final = ("agent", "supervisor", "operator", "admin", "viewer")
Key = Annotated[str | None, Header(alias="Idempotency-Key")]
IfMatch = Annotated[str | None, Header(alias="If-Match")]


class PresenceAsked(BaseModel, extra="forbid"):
    presence: WirePresence
    reason: ShortText | None = None


class Leased(BaseModel):
    lease_until: Instant


def desk_routes(runtime: Running, reading: Reading, tokens: Tokens) -> APIRouter:
    routes = careful_router("/v1", "desks")
    known = Depends(require(tokens, *EVERYBODY))
    may_apply = require(tokens, "operator", "admin")

    @routes.get("/desks/{desk}", dependencies=[known])
    async def show(desk: str) -> Response:
        version, source = await reading.desk_file(desk)
        return Response(source, media_type="application/json", headers={"ETag": f'"{version}"'})

    @routes.put("/desks/{desk}")
    async def apply(
        desk: str,
        request: Request,
        response: Response,
        caller: Annotated[Caller, Depends(may_apply)],
        if_match: IfMatch = None,
        key: Key = None,
    ) -> Applied:
        # A large file takes seconds, and offers must not wait for it.
        checked = await asyncio.to_thread(parse, await request.body())
        asked = _input(desk, checked, caller, (if_match, key))
        await _refuse_what_others_have(reading, asked, checked)
        version = await _apply(runtime, reading, asked, caller, key)
        response.headers["ETag"] = f'"{version}"'
        return Applied(desk=desk, version=version)

    @routes.get("/queues", dependencies=[known])
    async def queues(desk: str) -> Queues:
        return queues_shown(await reading.desk(desk))

    @routes.get("/agents", dependencies=[known])
    async def agents(desk: str) -> Agents:
        return agents_shown(await reading.desk(desk))

    return routes


def agent_routes(runtime: Running, reading: Reading, tokens: Tokens) -> APIRouter:
    routes = careful_router("/v1/agents", "agents")
    known = require(tokens, "agent", "supervisor", "operator", "admin")

    @routes.post("/{agent_id}/presence")
    async def presence(
        agent_id: str, asked: PresenceAsked, caller: Annotated[Caller, Depends(known)], key: Key = None
    ) -> dict[str, object]:
        name, desk = command_id(caller, key), await reading.desk_of_agent(AgentId(agent_id))
        ask = SetPresence(Presence(asked.presence.value), asked.reason)
        command = AgentCommand(desk, str(name), AgentId(agent_id), _self_or(caller, agent_id), ask)
        done = await runtime.execute(desk, command, name)
        rejected = refusal(done.events)
        if rejected is not None:
            raise problem_of(rejected)
        return agent_shown(done.state, done.state.agents[AgentId(agent_id)])

    @routes.post("/{agent_id}/heartbeat")
    async def heartbeat(agent_id: str, caller: Annotated[Caller, Depends(known)]) -> Leased:
        actor = _self_or(caller, agent_id)
        if actor.speaks_for_itself and actor.id != agent_id:
            raise Problem(403, "Not allowed", f"{actor.id} may not act for {agent_id}")
        return Leased(lease_until=await reading.renew_lease(AgentId(agent_id)))

    return routes


def _self_or(caller: Caller, agent_id: str) -> Actor:
    """An agent's own token acts as that agent; others with the right act for this one."""
    return actor_of(caller, None if caller.agent_id is not None else Actor("agent", agent_id))


def _input(desk: str, checked: Checked, caller: Caller, which: tuple[str | None, str | None]) -> ApplyDesk:
    if_match, key = which
    if checked.file is None:
        errors = [{"line": each.line, "column": each.column, "told": each.told(desk)} for each in checked.errors]
        raise Problem(
            422, "Not a desk file", f"{len(errors)} {'mistake' if len(errors) == 1 else 'mistakes'}", errors=errors
        )
    if checked.file.desk != desk:
        raise Problem(422, "Not this desk", f"the file is of desk {checked.file.desk}")
    oversized = file_too_large(checked.file)
    if oversized is not None:
        raise Problem(413, "Too large", oversized)
    policy = policy_of(checked.file, 0)
    return ApplyDesk(desk, str(command_id(caller, key)), policy, roster_of(checked.file), _expected(if_match))


async def _refuse_what_others_have(reading: Reading, asked: ApplyDesk, checked: Checked) -> None:
    doors = [] if checked.file is None else [door.name for door in checked.file.entry_points]
    taken = await reading.claimed_elsewhere(asked.desk, [profile.id for profile in asked.roster], doors)
    if taken:
        raise Problem(409, "Another desk has it", "; ".join(taken))


def _expected(if_match: str | None) -> int:
    """Without If-Match only a desk that doesn't exist yet may be applied."""
    if if_match is None:
        return 0
    name = if_match.strip().strip('"')
    if not _VERSION.fullmatch(name):
        raise Problem(400, "If-Match isn't a version", 'send the ETag of the desk, such as "3"')
    return int(name)


async def _apply(runtime: Running, reading: Reading, asked: ApplyDesk, caller: Caller, key: str | None) -> int:
    done = await runtime.execute(asked.desk, asked, command_id(caller, key))
    rejected = refusal(done.events)
    if rejected is not None:
        if rejected.code == OTHER_DESK:
            raise Problem(409, "Another desk has it", rejected.detail, code=rejected.code)
        version, _ = await reading.desk_file(asked.desk)
        status, title = (428, "If-Match is missing") if asked.expected == 0 else (412, "Changed meanwhile")
        raise Problem(status, title, rejected.detail, version=version)
    return 0 if done.state.policy is None else done.state.policy.version
