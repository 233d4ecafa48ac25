"""What do good records look like on the topics that others write to, and by which event is each answered?"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from bellhop_common.events.envelope import Envelope
from bellhop_common.events.wire import rfc3339
from bellhop_local.demo import contacts
from bellhop_local.demo.desk import DESK
from bellhop_local.fuzz.ears import Heard
from bellhop_local.fuzz.good_contacts import PROFILE, SUBMISSION
from bellhop_local.fuzz.good_work import BODIES
from bellhop_local.fuzz.topic_door import Record

DESKTOP = "agents.example"
AGENT = "ivo"
Answer = Callable[[Heard], bool]
Records = Callable[[], list[Record]]
Good = Callable[[], tuple[Record, Answer]]


def submission() -> tuple[Record, Answer]:
    named = str(uuid4())
    record = _record("k", contacts.SHOP_SOURCE, "contact.submitted", {**SUBMISSION, "submission_id": named})
    return record, lambda one: one.body.get("submission_id") == named


def profile() -> tuple[Record, Answer]:
    customer = str(uuid4())
    body = {**_command("system", "crm"), "customer_id": customer, "profile": {**PROFILE, "external_ids": []}}
    record = _record(customer, "crm", "customer.upsert", body)
    return record, lambda one: one.type == "customer.state" and one.body.get("customer_id") == customer


def pend(conversation: str) -> tuple[Record, Answer]:
    """Nobody has the work, so the answer is that it can't be done."""
    body = {**_command("agent", AGENT), "conversation_id": conversation, "waiting_for": "customer"}
    record = _record(conversation, DESKTOP, "work.pend", body)
    return record, lambda one: one.body.get("command_id") == body["command_id"]


def presence() -> tuple[Record, Answer]:
    reason = str(uuid4())
    record = _record(AGENT, DESKTOP, "agent.set-presence", {**_of_agent(), "presence": "away", "reason": reason})
    return record, lambda one: one.type == "agent.state" and one.body.get("reason") == reason


def work_commands(conversation: str) -> list[Record]:
    return [
        _record(
            conversation,
            DESKTOP,
            f"work.{verb}",
            {**_command("agent", AGENT), "conversation_id": conversation, **body},
        )
        for verb, body in BODIES.items()
    ]


def agent_commands() -> list[Record]:
    known = {"display_name": "Ivo", "tier": 2, "skills": {"billing": 5}, "channels": ["email"], "capacity": 100}
    return [
        presence()[0],
        _record(AGENT, DESKTOP, "agent.heartbeat", _of_agent()),
        _record(AGENT, DESKTOP, "agent.upsert", {**_of_agent(), "profile": known}),
    ]


def customer_commands() -> list[Record]:
    flag = {**_command("system", "crm"), "customer_id": str(uuid4()), "flag": "abusive", "on": True}
    handle = {"kind": "email", "value": "a@b.example", "state": "invalid"}
    mark = {**_command("system", "crm"), "external_id": {"system": "crm", "id": "7"}, "handle": handle}
    return [
        profile()[0],
        _record("k", "crm", "customer.flag", flag),
        _record("k", "crm", "customer.mark-address", mark),
    ]


def _of_agent() -> dict[str, object]:
    return {**_command("agent", AGENT), "desk": DESK, "agent_id": AGENT}


def _command(kind: str, name: str) -> dict[str, object]:
    now = datetime.now(UTC)  # noqa: TID251 - as any program outside reads its clock
    return {"command_id": str(uuid4()), "issued_at": rfc3339(now), "actor": {"kind": kind, "id": name}}


def _record(key: str, source: str, kind: str, body: dict[str, object]) -> Record:
    return Record(key, Envelope(str(uuid4()), source, kind, key).headers(), body)
