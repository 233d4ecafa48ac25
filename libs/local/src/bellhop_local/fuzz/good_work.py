"""What do good requests look like at the router, sla and notifier? Commands, desk files, calendars, links."""

from dataclasses import replace
from uuid import UUID, uuid4

from bellhop_local.demo.desk import DESK, desk_file
from bellhop_local.demo.setting import TOKEN_KEY
from bellhop_local.fuzz import desk
from bellhop_local.fuzz.http_door import Request
from bellhop_notifier.adapters.unsubscribing import Refusal, link_token

AGENT = "ana"
ACTOR = {"kind": "agent", "id": AGENT}
BODIES: dict[str, dict[str, object]] = {
    "note": {"text": "A note"},
    "accept": {"offer_id": str(UUID(int=1))},
    "decline": {"offer_id": str(UUID(int=1)), "reason": "busy"},
    "claim": {"agent_id": AGENT},
    "place": {"agent_id": AGENT},
    "reply": {"reply_id": str(UUID(int=2)), "text": "Hello", "format": "text", "language": "en", "cc": ["a@b.example"]},
    "pend": {"waiting_for": "customer", "until": "2027-03-02T10:00:00Z"},
    "transfer": {"queue": "billing", "reason": "an invoice"},
    "escalate": {"reason": "out_of_depth"},
    "promise": {"promise_id": str(UUID(int=3)), "by_at": "2027-03-02T10:00:00Z", "text": "A call"},
    "flag": {"flag": "difficult", "on": True},
    "set-priority": {"priority": 60},
    "report-threat": {"kind": "legal"},
    "finish-wrap-up": {"assignment_id": str(UUID(int=4))},
}
FACTS: list[dict[str, object]] = [
    {"kind": "queued", "at": "2026-03-02T10:00:00Z", "queue": "front", "tier": 1, "since_at": "2026-03-02T10:00:00Z"},
    {"kind": "replied", "at": "2026-03-02T11:00:00Z", "ref": "r1"},
]
PREVIEW: dict[str, object] = {
    "policies": [
        {
            "name": "standard",
            "calendar": "office",
            "targets": [{"metric": "first_response_time", "tier": 1, "within": "4h", "warnings": [50], "pause_on": []}],
        }
    ],
    "calendars": [{"name": "office", "time_zone": "Europe/Sofia", "hours": "Mo-Fr 09:00-18:00", "holidays": "BG"}],
    "queues": [{"name": "front", "sla": "standard", "calendar": "office"}],
    "history": FACTS,
    "at": "2026-03-02T12:00:00Z",
}


def commands(item: str) -> list[Request]:
    path = ("v1", "work-items", item)
    return [
        Request("GET", path),
        *(Request("POST", (*path, verb), body={**body, "actor": ACTOR}) for verb, body in BODIES.items()),
        Request("GET", (*path, "explanation")),
    ]


def agents() -> list[Request]:
    path = ("v1", "agents", AGENT)
    return [
        Request("POST", (*path, "presence"), body={"presence": "away", "reason": "lunch"}),
        Request("POST", (*path, "heartbeat"), body={}),
        Request("GET", ("v1", "agents"), query={"desk": DESK}),
        Request("GET", ("v1", "queues"), query={"desk": DESK}),
    ]


def desk_files() -> list[Request]:
    """The first is only read. The demo's own is told to be stale, or the doors of others would change under them."""
    path = ("v1", "desks", desk.CHANGING)
    text = desk.file_of(desk.CHANGING)
    return [
        Request("GET", ("v1", "desks", DESK)),
        Request("PUT", ("v1", "desks", DESK), body=desk_file().decode()),
        Request("PUT", path, body=text),
        *(Request("PUT", path, headers={"if-match": f'"{version}"'}, body=text) for version in range(1, 6)),
    ]


def clocks() -> list[Request]:
    span = {"start": "2026-03-02T10:00:00Z", "duration": "4h", "desk": DESK}
    return [
        Request("POST", ("v1", "clocks", "preview"), body=PREVIEW),
        Request("GET", ("v1", "calendars", "always", "add"), query=span),
        Request("GET", ("v1", "calendars", "always"), query={"desk": DESK, "year": "2027"}),
        Request("GET", ("v1", "conversations", str(UUID(int=5)), "clocks")),
    ]


def notices() -> list[Request]:
    token = link_token(TOKEN_KEY.encode(), Refusal(UUID(int=6), "marketing"))
    return [
        Request("GET", ("v1", "unsubscribe", token)),
        Request("POST", ("v1", "unsubscribe", token), form=True, body={"List-Unsubscribe": "One-Click"}),
        Request("GET", ("v1", "conversations", str(UUID(int=5)), "notices")),
        Request("GET", ("v1", "notices", str(UUID(int=5)))),
    ]


def keyed(request: Request) -> Request:
    """Each command is a new one."""
    return replace(request, headers={"idempotency-key": str(uuid4()), **request.headers})
