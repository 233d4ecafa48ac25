"""How does a desk survive its process? Documents behind a fenced cache, and one row per work item ever opened.

Ended items leave the desk: they would grow without bound. The last one of a conversation is read when an input
names that conversation and no item of it is open, which costs one indexed read and only for returning customers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import immutables

from bellhop_common.decision import Subject
from bellhop_common.events.desks import DeskFile
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.desk_cache import DeskCache, DeskShape, Document
from bellhop_common.kernel.state import Written
from bellhop_common.postgres.database import Connection
from bellhop_router.adapters import registry
from bellhop_router.adapters.policies import policy_of
from bellhop_router.domain import desk as desks
from bellhop_router.domain.agents import Agent
from bellhop_router.domain.desk import Board, Desk
from bellhop_router.domain.inputs import (
    AgentCommand,
    ApplyDesk,
    ClockFired,
    ContactReceived,
    Happening,
    Upsert,
    WorkCommand,
)
from bellhop_router.domain.names import AgentId, ConversationId, QueueName, WorkItemId
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.work import Ended, WorkItem


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """The desk file of one version, as JSON text."""

    desk: str
    version: int
    source: str


POLICY: Final = "desk-file"
CODECS: Final = {POLICY: Codec(StoredPolicy), "item": registry.ITEM, "agent": Codec(Agent), "queue": Codec(Board)}


class RouterStore:
    """What every decision is made on, locked by the desk's row."""

    def __init__(self) -> None:
        self._cache: DeskCache[Desk, Happening] = DeskCache(DeskShape(CODECS, assemble, changes))

    async def open(self, conn: Connection, desk: str, inputs: Sequence[Happening]) -> Desk:
        state = await self._cache.open(conn, desk, inputs)
        wanted = {each for each in map(_conversation, inputs) if each is not None and each not in state.open}
        past = await registry.latest(conn, wanted)
        newcomers = {name for each in inputs for name in _taken_in(each) if name not in state.agents}
        elsewhere = await registry.claim(conn, desk, newcomers) if newcomers else {}
        return replace(_fresh(state, desk, past), elsewhere=immutables.Map(elsewhere))

    async def write(self, conn: Connection, desk: str, before: Desk, after: Desk) -> Written:
        written = await self._cache.write(conn, desk, before, after)
        await registry.save(conn, desk, list(_registered(before, after)))
        return written

    def committed(self, desk: str, after: Desk, written: Written) -> None:
        self._cache.committed(desk, after, written)

    def dropped(self, desk: str) -> None:
        self._cache.dropped(desk)

    def peek(self, desk: str) -> Desk | None:
        return self._cache.peek(desk)

    async def look(self, conn: Connection, desk: str) -> Desk:
        """As last committed by anybody, for readers that decide nothing."""
        return _fresh(await self._cache.look(conn, desk), desk, {})


def assemble(previous: Desk | None, changed: Sequence[Document]) -> Desk:
    """Everything anew on a cold start or under a new desk file, else only what changed."""
    desk = previous or Desk("")
    policy = next((_policy(each.value) for each in changed if each.subject.kind == POLICY), desk.policy)
    if policy is None:
        return desk
    desk = replace(desk, boards=_boards(desk, changed))
    if previous is None or policy is not desk.policy:
        return _anew(desk, policy, changed)
    for document in changed:
        desk = _with(desk, policy, document)
    return desk


def changes(before: Desk, after: Desk) -> Iterator[Document]:
    del before
    for kind, name in after.touched:
        yield Document(Subject(kind if kind != "desk" else POLICY, name), _value(after, kind, name))


def _fresh(state: Desk, desk: str, found: Mapping[ConversationId, WorkItem | WorkItemId]) -> Desk:
    items = {key: state.items.get(each) if not isinstance(each, WorkItem) else each for key, each in found.items()}
    past = immutables.Map({key: item for key, item in items.items() if item is not None})
    none: immutables.Map[AgentId, str] = immutables.Map()
    return replace(state, id=desk, past=past, elsewhere=none, touched=immutables.Map(), ended=immutables.Map())


def _conversation(happening: Happening) -> ConversationId | None:
    match happening:
        case ContactReceived() | WorkCommand() | ClockFired():
            return happening.conversation_id
        case _:
            return None


def _taken_in(happening: Happening) -> Iterable[AgentId]:
    match happening:
        case AgentCommand(ask=Upsert()):
            return (happening.agent_id,)
        case ApplyDesk():
            return (profile.id for profile in happening.roster)
        case _:
            return ()


def _registered(before: Desk, after: Desk) -> Iterator[WorkItem]:
    """Items that came or went in this transaction."""
    for kind, name in after.touched:
        if kind == "item":
            item_id = WorkItemId(UUID(name))
            item = after.ended.get(item_id) or after.items.get(item_id)
            if item is not None and (isinstance(item.step, Ended) or item_id not in before.items):
                yield item


def _policy(value: object) -> DeskPolicy | None:
    if not isinstance(value, StoredPolicy):
        return None
    return policy_of(DeskFile.model_validate_json(value.source), value.version)


def _boards(desk: Desk, changed: Sequence[Document]) -> immutables.Map[QueueName, Board]:
    boards = desk.boards
    for document in changed:
        if isinstance(document.value, Board):
            boards = boards.set(QueueName(document.subject.id.partition("/")[2]), document.value)
    return boards


def _anew(desk: Desk, policy: DeskPolicy, changed: Sequence[Document]) -> Desk:
    items: dict[WorkItemId, WorkItem] = dict(desk.items)
    agents: dict[AgentId, Agent] = dict(desk.agents)
    for document in changed:
        match document.subject.kind, document.value:
            case "item", WorkItem() as item:
                items[item.id] = item
            case "agent", Agent() as agent:
                agents[agent.id] = agent
            case "item", None:
                items.pop(WorkItemId(UUID(document.subject.id)), None)
            case "agent", None:
                agents.pop(AgentId(document.subject.id), None)
            case _:
                pass
    return desks.rebuilt(desk, policy, items.values(), agents.values())


def _with(desk: Desk, policy: DeskPolicy, document: Document) -> Desk:
    match document.subject.kind, document.value:
        case "item", WorkItem() as item:
            return desks.with_item(desk, policy, item)
        case "agent", Agent() as agent:
            return desks.with_agent(desk, policy, agent)
        case "item", None:
            return desks.without_item(desk, policy, WorkItemId(UUID(document.subject.id)))
        case "agent", None:
            return desks.without_agent(desk, policy, AgentId(document.subject.id))
        case _:
            return desk


def _value(desk: Desk, kind: str, name: str) -> object | None:
    match kind:
        case "item":
            return desk.items.get(WorkItemId(UUID(name)))
        case "agent":
            return desk.agents.get(AgentId(name))
        case "queue":
            return desk.boards.get(QueueName(name.partition("/")[2]))
        case _:
            return None if desk.policy is None else StoredPolicy(desk.id, desk.policy.version, desk.policy.source)
