"""How does a refusal look over HTTP? Mostly 409 with the truth, or 200 where what was asked is so already."""

from collections.abc import Iterable

from bellhop_common.http.problems import Problem
from bellhop_router.domain.events import Rejected, RouterEvent
from bellhop_router.domain.refusals import ALREADY_DONE, TOO_LARGE

NOT_ALLOWED = frozenset({"not-allowed", "not-yours"})
NOT_THERE = frozenset({"unknown-item", "unknown-agent", "unknown-queue"})


def refusal(events: Iterable[RouterEvent]) -> Rejected | None:
    """What was asked and is so already is no refusal."""
    rejected = next((event for event in events if isinstance(event, Rejected)), None)
    return None if rejected is None or rejected.code == ALREADY_DONE else rejected


def problem_of(rejected: Rejected, **truth: object) -> Problem:
    return Problem(
        _status(rejected.code), "Refused", rejected.detail, code=rejected.code, command_id=rejected.command_id, **truth
    )


def _status(code: str) -> int:
    if code == TOO_LARGE:
        return 413
    return 403 if code in NOT_ALLOWED else 404 if code in NOT_THERE else 409
