"""Which desk does an input belong to, and which partitions may hold news of a timer's subject?"""

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never
from uuid import UUID

from aiokafka.partitioner import murmur2

from bellhop_common.decision import Subject
from bellhop_common.events.topics import AGENT_COMMAND, CONTACT, SLA, WORK_COMMAND, Topic
from bellhop_common.kernel.delivery import Place
from bellhop_common.postgres.database import Connection
from bellhop_router.adapters import registry
from bellhop_router.domain import inputs as i

OfConversation = i.WorkCommand | i.ClockFired | i.NoticeLost
OF_CONVERSATION = (CONTACT, WORK_COMMAND, SLA)


async def locate(connection: Connection, inputs: Sequence[i.RouterInput]) -> list[str | None]:
    """By what it says itself, else by where the conversation's last item is."""
    unsaid = {each.conversation_id for each in inputs if isinstance(each, OfConversation) and not each.desk}
    known = await registry.desks(connection, unsaid) if unsaid else {}
    return [_desk(each, known) for each in inputs]


def _desk(given: i.RouterInput, known: Mapping[UUID, str]) -> str | None:
    if given.desk or not isinstance(given, OfConversation):
        return given.desk or ""
    # A clock or notice of a conversation that never had work here concerns nobody; a command may be early.
    return known.get(given.conversation_id, None if isinstance(given, i.WorkCommand) else "")


def subject_of(given: i.RouterInput) -> Subject:
    """What is held when an input of it fails."""
    match given:
        case i.AgentCommand(agent_id=agent_id):
            return Subject("agent", agent_id)
        case i.ApplyDesk(desk=desk):
            return Subject("desk", desk)
        case i.Ignored(key=key):
            return Subject("conversation", key)
        case i.ContactReceived() | i.ContactAbandoned() | i.WorkCommand() | i.ClockFired() | i.NoticeLost():
            return Subject("conversation", str(given.conversation_id))
        case _:
            assert_never(given)


def timer_inputs(prefix: str) -> Callable[[str, Subject], Sequence[Place]]:
    def inputs(_kind: str, subject: Subject) -> Sequence[Place]:
        match subject.kind:
            case "agent":
                return [place(AGENT_COMMAND, prefix, subject.id)]
            case "conversation" | "assignment":
                conversation = subject.id.partition("/")[0]
                return [place(topic, prefix, conversation) for topic in OF_CONVERSATION]
            case _:
                return ()

    return inputs


def place(topic: Topic, prefix: str, key: str) -> Place:
    hashed = int(murmur2(key.encode())) & 0x7FFFFFFF
    return topic.full(prefix), hashed % topic.partitions
