"""Why does a command have no effect? Codes that programs read, and the truth in words for people."""

from collections.abc import Iterable
from dataclasses import dataclass

from bellhop_router.domain.work import Assigned, Ended, Offered, Waiting, WorkItem, WrappingUp

ALREADY_DONE = "already-done"
OTHER_DESK = "other-desk"
TOO_LARGE = "too-large"
LONGEST_DETAIL = 1_000


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    detail: str


def already_done(detail: str) -> Refusal:
    """What was asked is so already; repeating it is no fault."""
    return Refusal(ALREADY_DONE, detail)


def of_another_desk(found: Iterable[tuple[str, str]]) -> Refusal:
    """Agents, each with the desk that it belongs to."""
    told = (f"agent {name} belongs to desk {other}; remove it there first" for name, other in found)
    return Refusal(OTHER_DESK, "; ".join(told))


def truth(item: WorkItem) -> str:
    """Where the item stands now, in words."""
    where = f"work item {item.id} is"
    match item.step:
        case Waiting():
            return f"{where} waiting in queue {item.queue}, tier {item.tier}"
        case Offered(agent_id=agent_id, expires_at=expires_at):
            return f"{where} offered to {agent_id} until {expires_at.isoformat()}"
        case Assigned(agent_id=agent_id, pended=None):
            return f"{where} assigned to {agent_id}"
        case Assigned(agent_id=agent_id):
            return f"{where} assigned to {agent_id} and pended"
        case WrappingUp(agent_id=agent_id):
            return f"{where} resolved, {agent_id} is wrapping up"
        case Ended(how=how):
            return f"{where} {how}"
