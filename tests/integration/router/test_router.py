"""Does the router on a real broker and database route, explain, and keep every promise of its history?"""

import asyncio
import os
import subprocess
import sys
from datetime import datetime
from uuid import UUID, uuid4

import orjson

from bellhop_common.events import topics
from support.listening import Heard, Listener, listening
from support.router_stage import EXAMPLE, Process, Stage
from support.waiting import until


def item_of(body: dict[str, object]) -> str:
    return str(body["work_item_id"])


async def test_a_contact_is_offered_accepted_answered_and_resolved(stage: Stage, process: Process) -> None:
    conversation = uuid4()
    await process.come("ana")
    await stage.receive(conversation)
    queued, offered = await stage.until_said(conversation, "queued", "offered")
    assert (offered["agent_id"], offered["waited_seconds"]) == ("ana", 0.0)
    assert offered["agent"] == {"id": "ana", "used_before": 0, "used_after": 10, "capacity": 100}
    item = item_of(queued)
    accepted = await process.act(item, "accept", "ana", offer_id=offered["offer_id"])
    assert (accepted.status_code, accepted.json()["step"]) == (200, "assigned")
    await stage.command(conversation, "reply", "ana", reply_id=str(uuid4()), text="Hello", work_item_id=item)
    await stage.until_said(conversation, "queued", "offered", "offer-accepted", "assigned", "replied")
    resolved = await process.act(item, "resolve", "ana", resolution={"code": "answered"})
    assert (resolved.status_code, resolved.json()["step"]) == (200, "ended")
    told = (await process.http.get(f"/v1/work-items/{item}/explanation")).json()
    assert told["decisions"][0]["winner"]["agent_id"] == "ana"
    assert "ana was chosen by longest_idle" in told["words"]


async def test_a_message_after_the_end_is_the_next_cycle(stage: Stage, process: Process) -> None:
    conversation = uuid4()
    await process.come("ana")
    await stage.receive(conversation)
    queued, offered = await stage.until_said(conversation, "queued", "offered")
    await process.act(item_of(queued), "accept", "ana", offer_id=offered["offer_id"])
    await process.act(item_of(queued), "resolve", "ana", resolution={"code": "answered"})
    await stage.receive(conversation)
    kinds = ("queued", "offered", "offer-accepted", "assigned", "resolved", "assignment-ended", "reopened", "queued")
    said = await stage.until_said(conversation, *kinds, "offered")
    assert (said[-1]["cycle"], said[-1]["agent_id"]) == (2, "ana")
    assert said[-3]["previous_work_item_id"] == item_of(queued)


async def test_a_late_accept_gets_409_with_the_truth(stage: Stage, process: Process) -> None:
    conversation = uuid4()
    await process.come("ana")
    await stage.receive(conversation)
    queued, offered = await stage.until_said(conversation, "queued", "offered")
    declined = await process.act(
        item_of(queued), "decline", "ana", offer_id=offered["offer_id"], reason="at the dentist"
    )
    assert declined.status_code == 200
    late = await process.act(item_of(queued), "accept", "ana", offer_id=offered["offer_id"])
    assert late.status_code == 409
    assert (late.json()["code"], late.json()["item"]["step"]) == ("offer-gone", "waiting")
    waiting = (await process.http.get(f"/v1/work-items/{item_of(queued)}/explanation")).json()
    assert (waiting["position"], "asked recently without success" in waiting["words"]) == (1, True)


async def test_the_same_key_is_the_same_command(stage: Stage, process: Process) -> None:
    conversation = uuid4()
    await process.come("ana")
    await stage.receive(conversation)
    queued, offered = await stage.until_said(conversation, "queued", "offered")
    body = {"offer_id": offered["offer_id"], "actor": {"kind": "agent", "id": "ana"}}
    answers = [await process.post(f"/v1/work-items/{item_of(queued)}/accept", body, "one-key") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    await stage.until_said(conversation, "queued", "offered", "offer-accepted", "assigned")


async def test_a_desk_file_is_refused_with_its_lines_and_versions_are_fenced(process: Process) -> None:
    wrong = await process.apply(EXAMPLE.read_text().replace("queue: front, tier: 1}", "queue: frnt, tier: 1}"), 1)
    assert wrong.status_code == 422
    assert "default[0].queue: got 'frnt'" in wrong.json()["errors"][0]["told"]
    text = EXAMPLE.read_text().replace("misses_to_away: 3", "misses_to_away: 4")
    assert (await process.apply(text)).status_code == 428
    second = await process.apply(text, 1)
    assert (second.status_code, second.json()["version"], second.headers["etag"]) == (200, 2, '"2"')
    assert (await process.apply(text, 1)).status_code == 412
    shown = await process.http.get("/v1/desks/support")
    assert shown.json()["life"]["misses_to_away"] == 4


async def test_agents_and_entry_points_belong_to_one_desk(process: Process) -> None:
    text = EXAMPLE.read_text().replace("desk: support\n", "desk: sales\n")
    answer = await process.apply(text, desk="sales")
    assert answer.status_code == 409
    assert "agent ana belongs to desk support" in answer.json()["detail"]
    assert "entry point hotline belongs to desk support" in answer.json()["detail"]


async def test_an_offer_lapses_after_its_time_and_the_next_agent_is_asked(stage: Stage, process: Process) -> None:
    text = EXAMPLE.read_text().replace("cap: 3, offer_timeout: 30s", "cap: 3, offer_timeout: 2s")
    assert (await process.apply(text, 1)).status_code == 200
    await process.come("ana")
    await process.come("boris")
    # Topics that were never written to are slow at first, and what lapses meanwhile would be nobody's miss.
    warm, conversation = uuid4(), uuid4()
    await stage.receive(warm)
    await stage.until_said(warm, "queued", "offered")
    await stage.receive(conversation, "chat")

    async def story() -> list[dict[str, object]]:
        """An offer, its expiry, and the next offer; one that was taken back for our own delay is nobody's miss."""
        said = [
            body for body in await stage.said(conversation) if body["type"] in ("work.offered", "work.offer-expired")
        ]
        found = [n for n, body in enumerate(said[:-1]) if body["type"] == "work.offer-expired"]
        return said[found[0] - 1 : found[0] + 2] if found else []

    await until(story, within=40)
    offer, expiry, following = await story()
    lasted = datetime.fromisoformat(str(expiry["at"])) - datetime.fromisoformat(str(offer["at"]))
    assert (expiry["offer_id"], expiry["agent_id"]) == (offer["offer_id"], offer["agent_id"])
    assert 2.0 <= lasted.total_seconds() < 6.0
    assert following["type"] == "work.offered"
    assert following["agent_id"] != offer["agent_id"]


async def test_a_heartbeat_keeps_the_lease_without_a_word(stage: Stage, process: Process) -> None:
    text = EXAMPLE.read_text().replace("lease: 60s", "lease: 6s")
    assert (await process.apply(text, 1)).status_code == 200
    await process.come("ana")
    for _ in range(4):
        await asyncio.sleep(2)
        answer = await process.http.post("/v1/agents/ana/heartbeat")
        assert answer.status_code == 200, answer.text

    async def lost() -> bool:
        said = await stage.read(topics.AGENT, "ana")
        return bool(said) and said[-1]["reason"] == "lease-lost"

    await until(lost, within=30)
    states = [(body["presence"], body["reason"]) for body in await stage.read(topics.AGENT, "ana")]
    assert states == [("offline", None), ("available", None), ("away", "lease-lost")]
    assert (await process.http.post("/v1/agents/ana/heartbeat")).status_code == 409


async def test_a_command_that_cannot_apply_is_rejected_to_whoever_asked(stage: Stage, process: Process) -> None:
    conversation = uuid4()
    await process.come("ana")
    await stage.receive(conversation)
    await stage.until_said(conversation, "queued", "offered")
    command = await stage.command(conversation, "pend", "ana", waiting_for="customer")

    async def told() -> list[dict[str, object]]:
        return await stage.read(topics.WORK_REJECTED, str(conversation))

    await until(told)
    assert [(body["command_id"], body["code"]) for body in await told()] == [(command, "not-assigned")]


async def test_what_came_before_any_desk_file_waits_for_it(stage: Stage) -> None:
    conversation = uuid4()
    async with stage.router() as process:
        await stage.receive(conversation)
        await asyncio.sleep(2)
        assert await stage.said(conversation) == []
        assert (await process.apply(EXAMPLE.read_text())).status_code == 200
        await process.come("ana")
        await stage.until_said(conversation, "queued", "offered")


async def test_a_restarted_router_knows_everything(stage: Stage) -> None:
    conversation = uuid4()
    async with stage.router() as process:
        assert (await process.apply(EXAMPLE.read_text())).status_code == 200
        await process.come("ana")
        await stage.receive(conversation)
        queued, offered = await stage.until_said(conversation, "queued", "offered")
    async with stage.router() as process:
        item = item_of(queued)
        answer = await process.act(item, "accept", "ana", offer_id=offered["offer_id"])
        assert (answer.status_code, answer.json()["agent_id"]) == (200, "ana")
        people = (await process.http.get("/v1/agents", params={"desk": "support"})).json()["agents"]
        assert [agent["used"] for agent in people if agent["agent_id"] == "ana"] == [10]


async def test_two_replicas_route_one_desk_as_one_and_the_history_holds(stage: Stage) -> None:
    conversations = [uuid4() for _ in range(30)]
    async with stage.router() as one, stage.router() as two:
        assert (await one.apply(EXAMPLE.read_text())).status_code == 200
        for agent in ("ana", "boris", "diana", "hristo"):
            await one.come(agent)
        await asyncio.gather(*(stage.receive(each, "chat") for each in conversations))
        async with listening(stage.bootstrap, stage.prefix, [topics.WORK.name]) as heard:
            await asyncio.gather(*(_worked(heard, (one, two)[n % 2], each) for n, each in enumerate(conversations)))
        board = (await two.http.get("/v1/queues", params={"desk": "support"})).json()
        assert sum(queue["waiting"] for queue in board["queues"]) == 0
        people = (await one.http.get("/v1/agents", params={"desk": "support"})).json()["agents"]
        assert [agent["used"] for agent in people] == [0] * 12
    done = await asyncio.to_thread(_check_history, stage)
    verdicts = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in verdicts if one["status"] == "violation"] == [], done.stdout + done.stderr


async def _worked(heard: Listener, process: Process, conversation: UUID) -> None:
    """Accepts when it is offered, and resolves."""

    def said() -> list[Heard]:
        return [one for one in heard.events if one.key == str(conversation)]

    async def offered() -> bool:
        return [one.type for one in said()][-1:] == ["work.offered"]

    await until(offered, within=120)
    offer = said()[-1].body
    item, agent = item_of(offer), str(offer["agent_id"])
    answer = await process.act(item, "accept", agent, offer_id=offer["offer_id"])
    assert answer.status_code == 200, answer.text
    answer = await process.act(item, "resolve", agent, resolution={"code": "answered"})
    assert answer.status_code == 200, answer.text


def _check_history(stage: Stage) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bellhop_common", "check-history", "--json"]
    where = ["--bootstrap", stage.bootstrap, "--prefix", stage.prefix]
    return subprocess.run([*command, *where], capture_output=True, text=True, timeout=90, check=False, env=os.environ)  # noqa: S603 our own
