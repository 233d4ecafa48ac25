"""Can a person see why a clock says what it says, and ask before they promise?"""

import pytest

from bellhop_common.errors import Misuse, NotReachable
from bellhop_sla.adapters.client import get
from bellhop_sla.adapters.preview import PreviewRequest
from bellhop_sla.adapters.timeline import Answer, lines
from bellhop_sla.application.explain import Told, explain, preview
from bellhop_sla.domain.facts import FactKind
from bellhop_sla.domain.hours import BadCalendar
from support.sla_story import Story, at, desk_version

HISTORY = [
    {"kind": "queued", "at": "2026-03-04T15:30:00Z", "queue": "general", "priority": 90},
    {"kind": "pended", "at": "2026-03-04T15:40:00Z", "waiting_for": "customer"},
    {"kind": "resumed", "at": "2026-03-04T15:50:00Z"},
]
ASKED = {
    "policies": [
        {
            "name": "fast",
            "when": "priority > 80",
            "calendar": "office",
            "targets": [{"metric": "first_response_time", "within": "1h", "pause_on": ["customer"]}],
        }
    ],
    "calendars": [{"name": "office", "time_zone": "Europe/Berlin", "hours": "Mo-Fr 09:00-17:00"}],
    "history": HISTORY,
    "at": "2026-03-04T15:55:00Z",
}


def told() -> tuple[Told, ...]:
    story = Story().desk(desk_version()).queued(at("10:00")).run_until(at("10:30")).pended(at("10:40"))
    story.fact(FactKind.RESUMED, at("10:50")).replied(at("11:20"))
    return explain(story.conversation, story.file, at("11:30"))


def first_response(clocks: tuple[Told, ...]) -> Told:
    return next(one for one in clocks if one.metric == "first_response_time")


def test_a_clock_shows_its_stretches_and_what_was_said() -> None:
    clock = first_response(told())
    assert (clock.state, clock.breached, clock.elapsed_seconds, clock.paused_seconds) == ("met", True, 4200.0, 600.0)
    assert [(one.state, one.because) for one in clock.stretches] == [
        ("running", ""),
        ("paused", "waiting for customer"),
        ("running", ""),
    ]
    assert [(one.threshold, one.said) for one in clock.thresholds] == [(50, True), (80, True), (95, True), (100, True)]


def test_the_line_of_time_shows_running_pause_warnings_breach_and_end() -> None:
    drawn = [line.plain for line in lines(Answer(at=at("11:30"), clocks=[first_response(told())]))]
    assert drawn[0].startswith("first_response_time   met, late")
    assert drawn[1].count("▲") == 3
    assert [drawn[1].count(sign) for sign in "✗●"] == [1, 1]
    assert "┄" in drawn[1]
    assert drawn[2] == "    2026-03-04 10:40:00.0Z paused: waiting for customer"


def test_a_preview_gives_deadlines_for_work_that_does_not_exist() -> None:
    asked = PreviewRequest.model_validate(ASKED)
    (clock,) = preview(asked.question(), at("15:55"))
    # Half an hour is left of the day in Berlin, ten minutes of it paused.
    assert clock.due_at == at("08:40", at("00:00").replace(day=5))
    assert (clock.state, clock.policy) == ("running", "fast")


def test_a_preview_with_a_calendar_that_cannot_be_read_says_so() -> None:
    calendars = [{"name": "office", "time_zone": "Mars/Olympus"}]
    with pytest.raises(BadCalendar, match="Mars/Olympus"):
        preview(PreviewRequest.model_validate({**ASKED, "calendars": calendars}).question(), at("15:55"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "not a url"])
def test_a_service_that_does_not_answer_is_named(url: str) -> None:
    with pytest.raises((NotReachable, Misuse)):
        get(url, "/v1/conversations", {}, None)
