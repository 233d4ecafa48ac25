"""Is an agent's program that asks for what can't be told why, with the truth, over HTTP and over Kafka?"""

from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx2
import pytest

from bellhop_common.events import topics
from support.router_stage import EXAMPLE, Body, Process, Stage
from support.waiting import until

ANA = b'{"kind": "agent", "id": "ana"}'


@dataclass(frozen=True)
class Offered:
    conversation: UUID
    item: str
    offer: str


async def offered_to_ana(stage: Stage, process: Process) -> Offered:
    conversation = uuid4()
    await process.come("ana")
    await stage.receive(conversation)
    queued, offered = await stage.until_said(conversation, "queued", "offered")
    assert offered["agent_id"] == "ana"
    return Offered(conversation, str(queued["work_item_id"]), str(offered["offer_id"]))


async def rejected(stage: Stage, key: str, command: str) -> Body:
    async def told() -> list[Body]:
        return [body for body in await stage.read(topics.WORK_REJECTED, key) if body["command_id"] == command]

    await until(told, within=20)
    return (await told())[0]


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def test_an_unknown_agent_is_named_over_http(stage: Stage, process: Process) -> None:
    work = await offered_to_ana(stage, process)
    presence = await process.post("/v1/agents/nobody/presence", {"presence": "available"})
    heartbeat = await process.http.post("/v1/agents/nobody/heartbeat")
    placed = await process.post(
        f"/v1/work-items/{work.item}/place",
        {"agent_id": "nobody", "actor": {"kind": "supervisor", "id": "eva"}},
    )
    assert [one.status_code for one in (presence, heartbeat, placed)] == [404, 404, 404]
    assert [one.json()["detail"] for one in (presence, heartbeat, placed)] == [
        "no agent nobody",
        "no agent nobody",
        "no agent nobody on this desk",
    ]


async def test_an_unknown_agent_is_named_over_kafka(stage: Stage, process: Process) -> None:
    await offered_to_ana(stage, process)
    command = await stage.agent_command("set-presence", "nobody", presence="available")
    told = await rejected(stage, "nobody", command)
    assert (told["code"], told["detail"]) == ("unknown-agent", "no agent nobody on this desk")


async def test_a_reply_that_no_event_could_carry_is_refused_and_the_next_is_taken(
    stage: Stage, process: Process
) -> None:
    work = await offered_to_ana(stage, process)
    await process.act(work.item, "accept", "ana", offer_id=work.offer)
    long = "я" * 450_000
    answer = await process.act(work.item, "reply", "ana", reply_id=str(uuid4()), text=long)
    command = await stage.command(work.conversation, "note", "ana", text=long)
    told = await rejected(stage, str(work.conversation), command)
    assert code(answer) == (413, "too-large")
    assert told["code"] == "too-large"
    assert str(told["detail"]).startswith("text: got 900")
    assert (await process.act(work.item, "note", "ana", text="shorter")).status_code == 200


async def test_a_reply_to_what_is_resolved_is_told_what_became_of_it(stage: Stage, process: Process) -> None:
    work = await offered_to_ana(stage, process)
    await process.act(work.item, "accept", "ana", offer_id=work.offer)
    await process.act(work.item, "resolve", "ana", resolution={"code": "answered"})
    late = await process.act(work.item, "reply", "ana", reply_id=str(uuid4()), text="One more thing")
    command = await stage.command(work.conversation, "reply", "ana", reply_id=str(uuid4()), text="One more thing")
    told = await rejected(stage, str(work.conversation), command)
    assert code(late) == (409, "not-open")
    assert late.json()["item"]["step"] == "ended"
    assert told["code"] == "not-open"
    assert "is resolved" in str(told["detail"])
    kinds = [body["type"] for body in await stage.said(work.conversation)]
    assert "work.replied" not in kinds


@pytest.mark.parametrize("thief", ["boris", "nobody"])
async def test_an_offer_of_somebody_else_stays_theirs(stage: Stage, process: Process, thief: str) -> None:
    work = await offered_to_ana(stage, process)
    over_http = await process.act(work.item, "accept", thief, offer_id=work.offer)
    command = await stage.command(work.conversation, "accept", thief, offer_id=work.offer)
    told = await rejected(stage, str(work.conversation), command)
    assert code(over_http) == (403, "not-yours")
    assert told["code"] == "not-yours"
    assert "is offered to ana until" in over_http.json()["detail"]
    own = await process.act(work.item, "accept", "ana", offer_id=work.offer)
    assert (own.status_code, own.json()["agent_id"]) == (200, "ana")


async def test_an_accept_after_expiry_gets_the_truth(stage: Stage, process: Process) -> None:
    text = EXAMPLE.read_text().replace(
        "email: {weight: 10, offer_timeout: 2m", "email: {weight: 10, offer_timeout: 10s"
    )
    assert text != EXAMPLE.read_text()
    assert (await process.apply(text, 1)).status_code == 200
    work = await offered_to_ana(stage, process)

    async def expired() -> bool:
        return "work.offer-expired" in [body["type"] for body in await stage.said(work.conversation)]

    await until(expired, within=60)
    over_http = await process.act(work.item, "accept", "ana", offer_id=work.offer)
    command = await stage.command(work.conversation, "accept", "ana", offer_id=work.offer)
    told = await rejected(stage, str(work.conversation), command)
    assert code(over_http) == (409, "offer-gone")
    assert over_http.json()["detail"].startswith(f"offer {work.offer} is over; work item {work.item} is ")
    assert told["code"] == "offer-gone"


async def sent(process: Process, item: object, verb: str, body: bytes) -> httpx2.Response:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    return await process.http.post(f"/v1/work-items/{item}/{verb}", content=body, headers=headers)


async def test_a_priority_that_is_no_number_between_0_and_100_is_told_so(stage: Stage, process: Process) -> None:
    work = await offered_to_ana(stage, process)
    for number in (b"NaN", b"1" + b"0" * 400, b"1e400", b"-1", b'"60"x'):
        answer = await sent(process, work.item, "set-priority", b'{"priority": ' + number + b"}")
        assert answer.status_code == 422, number
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["path"] in {"priority", "body.priority", "body.17"}, answer.text


async def test_a_size_that_no_event_can_hold_is_told_with_its_field(stage: Stage, process: Process) -> None:
    work = await offered_to_ana(stage, process)
    await process.act(work.item, "accept", "ana", offer_id=work.offer)
    file = b'{"ref": "r", "name": "n", "media_type": "text/plain", "sha256": "", "bytes": 1%b}' % (b"0" * 30)
    body = b'{"actor": %b, "reply_id": "%b", "text": "Hi", "attachments": [%b]}' % (ANA, str(uuid4()).encode(), file)
    answer = await sent(process, work.item, "reply", body)
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == ["attachments.0.bytes"]


@pytest.mark.parametrize(
    "path",
    ["agents/%00/heartbeat", "agents/%ff%fe/heartbeat", "work-items/no-id/accept", "agents/%F0%9F%92%A9/presence"],
)
async def test_a_name_that_nobody_can_have_is_told_so(process: Process, path: str) -> None:
    answer = await process.http.post(f"/v1/{path}", json={"presence": "away"}, headers={"Idempotency-Key": "n"})
    assert answer.status_code in {404, 422}
    assert answer.json()["title"]


async def test_a_text_that_can_not_be_stored_is_refused_and_the_work_goes_on(stage: Stage, process: Process) -> None:
    work = await offered_to_ana(stage, process)
    await process.act(work.item, "accept", "ana", offer_id=work.offer)
    for verb, field in (("note", b"text"), ("report-threat", b"kind")):
        for text in (b"a\\u0000b", b"\\ud800"):
            answer = await sent(process, work.item, verb, b'{"actor": %b, "%b": "%b"}' % (ANA, field, text))
            assert answer.status_code == 422, answer.text
            assert "Content-Type" not in answer.text
    good = await process.act(work.item, "note", "ana", text="fine")
    assert good.status_code == 200


async def test_a_body_without_end_is_refused_before_it_is_read(process: Process) -> None:
    path = f"/v1/work-items/{uuid4()}/note"
    for body in (b"[" * 3_000_000, b'{"text": "' + b"x" * 3_000_000 + b'"}'):
        answer = await process.http.post(path, content=body, headers={"Idempotency-Key": "n"})
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
