"""Does a timer fire once, in time, and never ahead of its inputs? And what of calls that nobody finished?"""

import asyncio
from collections import Counter
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from bellhop_common.decision import Call
from bellhop_common.kernel.caller import Perform
from bellhop_common.kernel.service import CallResult
from support.replicas import toys
from support.toy import main as toy_main
from support.toy.contracts import ToyCall, ToyRemind
from support.toy_feed import published
from support.toy_looks import has
from support.toy_stage import SCHEMA, Stage, ToyRuntime
from support.waiting import until

KEYS = ("k1", "k2", "k3", "k4", "k5")


async def said(stage: Stage, key: str, field: str, count: int = 1) -> bool:
    return len((await published(stage.bootstrap, stage.prefix)).of(key, field)) == count


async def test_a_timer_fires_once_and_in_time(stage: Stage) -> None:
    async with stage.toy(), stage.toy():
        await asyncio.sleep(1)
        for key in KEYS:
            await stage.feed.say(key, ToyRemind(after_ms=700))
            await asyncio.sleep(0.5)
        for key in KEYS:
            await until(partial(said, stage, key, "late_ms"))
        await asyncio.sleep(0.5)
        found = await published(stage.bootstrap, stage.prefix)
        late = sorted(int(str(one["late_ms"])) for key in KEYS for one in found.of(key, "late_ms"))
    assert len(late) == len(KEYS)
    assert late[0] >= 0
    assert late[len(late) // 2] < 1500


async def test_a_timer_waits_while_its_inputs_are_not_read_to_their_end(stage: Stage) -> None:
    async with stage.toy():
        await stage.feed.add("k1")
        await until(lambda: has(stage, "aggregates", 1))
        await stage.feed.say("k2", ToyRemind(after_ms=4000))
        await until(lambda: has(stage, "timers", 1))
        connection = await asyncpg.connect(stage.dsn, server_settings={"search_path": SCHEMA})
        async with connection.transaction():
            await connection.execute("SELECT FROM aggregates WHERE id = 'k1' FOR UPDATE")
            await stage.feed.add("k1")
            await asyncio.sleep(6)
            assert await stage.count("timers") == 1
        await connection.close()
        await until(lambda: said(stage, "k2", "late_ms"))
        (reminded,) = (await published(stage.bootstrap, stage.prefix)).of("k2", "late_ms")
        assert isinstance(reminded["late_ms"], int)
        assert reminded["late_ms"] > 1500


async def test_a_call_is_made_and_its_outcome_decided_on(stage: Stage) -> None:
    async with stage.toy():
        await stage.feed.say("k1", ToyCall(text="hello"))
        await stage.feed.say("k2", ToyCall(text="refuse"))
        await until(lambda: said(stage, "k1", "outcome"))
        await until(lambda: said(stage, "k2", "outcome"))
    found = await published(stage.bootstrap, stage.prefix)
    outcomes = [(body["outcome"], body["in_doubt"]) for key in ("k1", "k2") for body in found.of(key, "outcome")]
    assert outcomes == [("done", False), ("failed", False)]
    assert await stage.count("calls") == 0


async def test_a_call_whose_lease_ran_out_is_made_again_in_doubt(stage: Stage, tmp_path: Path) -> None:
    with toys(tmp_path, stage.settings) as running:
        replica = running.start(slow_calls="1")
        await stage.feed.say("k1", ToyCall(text="slow"))
        await until(lambda: claimed(stage), within=40)
        replica.kill()
        running.start()
        await until(lambda: said(stage, "k1", "outcome"), within=40)
    (answered,) = (await published(stage.bootstrap, stage.prefix)).of("k1", "outcome")
    assert (answered["outcome"], answered["in_doubt"]) == ("done", True)


async def test_a_call_whose_outcome_nobody_can_decide_on_is_never_made_again(stage: Stage) -> None:
    async with stage.toy():
        await stage.feed.say("bad", ToyCall(text="hello"))
        await until(lambda: shelved(stage))
        await stage.feed.say("k1", ToyCall(text="hello"))
        await until(lambda: said(stage, "k1", "outcome"))
        (attempt,) = await stage.fetch("SELECT attempt FROM calls")
        assert attempt["attempt"] == 1


async def test_a_timer_waits_for_news_of_its_subject_that_is_parked_beyond_a_gap(stage: Stage) -> None:
    async with stage.toy():
        await stage.feed.ordered("k1", 1)
        await stage.feed.ordered("k1", 3)
        await until(lambda: has(stage, "parked", 1))
        await stage.feed.say("k1", ToyRemind(after_ms=10))
        await stage.feed.say("k2", ToyRemind(after_ms=500))
        await until(lambda: said(stage, "k2", "late_ms"))
        await asyncio.sleep(0.5)
        assert await stage.count("timers") == 1
        await stage.feed.ordered("k1", 2)
        await until(lambda: said(stage, "k1", "late_ms"))
    (*counted, reminded) = (await published(stage.bootstrap, stage.prefix)).by_key["k1"]
    assert [body["number"] for body in counted] == [1000, 2000, 3000]
    assert "late_ms" in reminded


async def test_timers_their_handler_fails_on_are_a_bad_deploy_too_and_each_counts_once(stage: Stage) -> None:
    async with stage.toy(failure_window=0.6) as toy:
        for number in range(5):
            await stage.feed.say(f"bad{number}", ToyRemind(after_ms=10))
        await until(lambda: has(stage, "held", 5))
        assert toy.health.failed is None
        for number in range(5, 11):
            await stage.feed.say(f"bad{number}", ToyRemind(after_ms=2000))
        await until(lambda: failed(toy))
        assert toy.exit_status == 1


async def failed(toy: ToyRuntime) -> bool:
    return "BreakerOpen" in (toy.health.failed or "")


async def raises(_: Call) -> CallResult:
    raise RuntimeError("planted")


async def never_answers(_: Call) -> CallResult:
    await asyncio.Event().wait()
    return CallResult()


@pytest.mark.parametrize("perform", [raises, never_answers])
async def test_a_call_that_never_has_an_answer_is_told_as_failed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, perform: Perform
) -> None:
    tries = Counter[str]()

    async def counting(call: Call) -> CallResult:
        tries[str(call.body["text"])] += 1
        return await perform(call)

    monkeypatch.setattr(toy_main, "perform", counting)
    async with stage.toy() as toy:
        await stage.feed.say("k1", ToyCall(text="soon"))
        await until(lambda: said(stage, "k1", "outcome"), within=60)
        await until(lambda: has(stage, "calls", 0))
        (family,) = [one for one in toy.registry.collect() if one.name == "support_toy_calls_given_up"]
    (answered,) = (await published(stage.bootstrap, stage.prefix)).of("k1", "outcome")
    assert (answered["outcome"], answered["in_doubt"]) == ("failed", True)
    assert 1 < tries["soon"] <= 5
    assert sum(sample.value for sample in family.samples if sample.name.endswith("_total")) == 1


async def shelved(stage: Stage) -> bool:
    return bool(await stage.fetch("SELECT 1 FROM calls WHERE not_before = 'infinity'"))


async def claimed(stage: Stage) -> bool:
    return bool(await stage.fetch("SELECT 1 FROM calls WHERE token IS NOT NULL"))
