"""What changes when a desk file is applied? Rules and roster at once; running offers and clocks go on."""

from dataclasses import replace

from bellhop_router.domain import desk as desks
from bellhop_router.domain import presence
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import DeskApplied
from bellhop_router.domain.inputs import ApplyDesk
from bellhop_router.domain.turn import Turn


def begin(desk: Desk, apply: ApplyDesk) -> Desk:
    """The desk under its new rules, every order rebuilt."""
    version = 1 if desk.policy is None else desk.policy.version + 1
    policy = replace(apply.policy, version=version)
    rebuilt = desks.rebuilt(desk, policy, desk.items.values(), desk.agents.values())
    return replace(rebuilt, touched=desk.touched.set(("desk", desk.id), None))


def finish(turn: Turn, apply: ApplyDesk) -> None:
    turn.say(DeskApplied(turn.desk.id, turn.policy.version, turn.policy.source))
    if turn.policy.roster_in_file:
        _apply_roster(turn, apply)
    turn.hungry.update(turn.desk.agents)


def is_current(desk: Desk, apply: ApplyDesk) -> bool:
    """Whether its author saw the version that is in force."""
    return apply.expected is None or apply.expected == version_of(desk)


def version_of(desk: Desk) -> int:
    return 0 if desk.policy is None else desk.policy.version


def _apply_roster(turn: Turn, apply: ApplyDesk) -> None:
    wanted = {profile.id: profile for profile in apply.roster}
    for agent_id in sorted(set(turn.desk.agents) - set(wanted)):
        presence.remove(turn, agent_id)
    for agent_id in sorted(wanted):
        known = turn.desk.agents.get(agent_id)
        if known is None or known.profile != wanted[agent_id]:
            presence.upsert(turn, wanted[agent_id])
