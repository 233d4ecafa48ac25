"""What can a person do about a dead letter? Give it back, or give it up; what waits behind it follows in order."""

import asyncio
import json
from typing import cast

import orjson
import pytest

from bellhop_common.commands import dead_letters as commands
from bellhop_common.commands import held_timers, open_gaps
from bellhop_common.errors import Misuse
from bellhop_common.events.wire import Message
from bellhop_common.kernel.maintenance import tidy
from bellhop_common.postgres.migrations import migrate
from support.topics import create_topics
from support.toy import domain
from support.toy.contracts import TOY_INPUT, TOY_ORDERED, ToyAdd, ToyExplode, ToyRemind
from support.toy_feed import Place, dead_letters, headers_of
from support.toy_looks import counted, empty, has, letters_of
from support.toy_stage import Stage, ToyRuntime
from support.waiting import until

MEASURES = ("records", "age_seconds")
QUICK = {"failure_window": 0.4, "reference_patience": 0.5}


@pytest.fixture
def configured(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The command finds its way by the environment."""
    for name, value in stage.settings.items():
        monkeypatch.setenv(f"BELLHOP_{name.upper()}", value)
    return stage


async def letter_id(stage: Stage, place: Place) -> str:
    record = (await dead_letters(stage.bootstrap, stage.prefix))[place]
    return f"{record.topic}:{record.partition}:{record.offset}"


async def test_a_replayed_event_is_handled_before_all_that_waited_for_it(
    configured: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, feed = configured, configured.feed
    bad = await feed.say("k1", ToyExplode())
    async with stage.toy(**QUICK):
        await letters_of(stage, 1)
        await feed.add("k1")
        await feed.add("k1")
        await until(lambda: has(stage, "parked", 2))
        # What failed is repaired by a new version of the handler.
        monkeypatch.setattr(domain.Explode, "repaired", True)
        await asyncio.to_thread(commands.replay, [await letter_id(stage, bad)])
        await until(lambda: empty(stage, "held", "parked"))
        await until(lambda: counted(stage, "k1", [666, 1, 2]))
        assert await stage.count("settled") == 1


async def test_a_replayed_event_that_fails_again_is_set_aside_again(configured: Stage) -> None:
    stage = configured
    bad = await stage.feed.say("k1", ToyExplode())
    async with stage.toy(**QUICK):
        await letters_of(stage, 1)
        await asyncio.to_thread(commands.replay, [await letter_id(stage, bad)])
        await stage.feed.add("k1")
        await until(lambda: has(stage, "parked", 1))
        await until(lambda: second_letter(stage))
        assert await stage.count("held") == 1
        assert await counted(stage, "k1", [])


async def test_a_record_of_a_sequence_that_nobody_could_read_closes_its_gap_when_it_is_replayed(
    configured: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a new type is published before its readers know it."""
    stage, feed = configured, configured.feed
    await feed.ordered("k1", 1)
    unread = await unreadable(stage, 2)
    await feed.ordered("k1", 3)
    async with stage.toy(**QUICK):
        await until(lambda: has(stage, "parked", 1))
        monkeypatch.setitem(cast(dict[str, type[Message]], TOY_ORDERED.types), "toy.added", ToyAdd)
        await asyncio.to_thread(commands.replay, [unread])
        await until(lambda: empty(stage, "parked"))
        await until(lambda: counted(stage, "k1", [1000, 2000, 3000]))


async def unreadable(stage: Stage, sequence: int, value: bytes | None = None, nth: int = 0) -> str:
    """A record of k1's sequence whose type nobody knows; the id that its dead letter will have, the nth of them."""
    body = orjson.dumps({"desk": "a", "number": sequence * 1000, "epoch": 1, "sequence": sequence})
    unknown = [*headers_of(ToyAdd(number=0))[:3], ("ce_type", b"support.toy.added.v1")]
    topic, partition, _ = await stage.feed.send("k1", value or body, unknown, TOY_ORDERED.name)
    return f"{topic}.toy.dead-letter:{partition}:{nth}"


@pytest.mark.parametrize("value", [None, b'{"sequence": 2'])
async def test_a_discarded_record_of_a_sequence_closes_the_gap_that_it_left(
    configured: Stage, value: bytes | None
) -> None:
    stage, feed = configured, configured.feed
    await feed.ordered("k1", 1)
    unread = await unreadable(stage, 2, value)
    await feed.ordered("k1", 3)
    await feed.ordered("k1", 4)
    async with stage.toy(**QUICK) as toy:
        await until(lambda: shows_gaps(toy, 2.0))
        await asyncio.to_thread(commands.discard, [unread])
        await until(lambda: counted(stage, "k1", [1000, 3000, 4000]))
        await until(lambda: empty(stage, "parked"))
        await until(lambda: shows_gaps(toy, 0.0))
        await tidy(toy.database)
        assert await stage.count("skipped") == 0


async def test_records_of_a_sequence_may_be_discarded_in_any_order(configured: Stage) -> None:
    stage, feed = configured, configured.feed
    await feed.ordered("k1", 1)
    first, second = await unreadable(stage, 2), await unreadable(stage, 3, nth=1)
    await feed.ordered("k1", 4)
    async with stage.toy(**QUICK):
        await until(lambda: has(stage, "parked", 1))
        await asyncio.to_thread(commands.discard, [second])
        await asyncio.sleep(1.5)
        assert await stage.count("parked") == 1
        await asyncio.to_thread(commands.discard, [first])
        await until(lambda: counted(stage, "k1", [1000, 4000]))


async def test_a_gap_that_no_dead_letter_explains_can_be_discarded_itself(
    configured: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_gaps, "OLD_ENOUGH", "0 seconds")
    stage, feed = configured, configured.feed
    for sequence in (1, 5, 4):
        await feed.ordered("k1", sequence)
    async with stage.toy(**QUICK):
        await until(lambda: has(stage, "parked", 2))
        (gap,) = await open_gaps.opened(["toy"])
        assert (gap.topic, gap.key, gap.waiting) == (TOY_ORDERED.full(stage.prefix), "k1", 2)
        with pytest.raises(Misuse, match="only be discarded"):
            await asyncio.to_thread(commands.replay, [gap.id])
        await asyncio.to_thread(commands.discard, [gap.id])
        await until(lambda: counted(stage, "k1", [1000, 4000, 5000]))
        await until(lambda: empty(stage, "parked"))
        with pytest.raises(Misuse, match="nothing waits"):
            await asyncio.to_thread(commands.discard, [gap.id])


async def test_what_follows_a_discarded_record_later_waits_for_nothing(configured: Stage) -> None:
    stage, feed = configured, configured.feed
    unread = await unreadable(stage, 1)
    async with stage.toy(**QUICK):
        await letters_of(stage, 1, TOY_ORDERED.name)
        await asyncio.to_thread(commands.discard, [unread])
        await feed.ordered("k1", 2)
        await until(lambda: counted(stage, "k1", [2000]))


async def shows_gaps(toy: ToyRuntime, count: float) -> bool:
    """The alarm is set on the age of the oldest."""
    shown = [toy.registry.get_sample_value(f"support_toy_parked_{what}", {"reason": "gap"}) for what in MEASURES]
    return shown[0] == count and (shown[1] or 0.0) >= 0.0 and bool(shown[1]) == bool(count)


async def second_letter(stage: Stage) -> bool:
    records = await stage.letters()
    return [dict(record.headers)["dl_topic"] for record in records] == [TOY_INPUT.full(stage.prefix).encode()] * 2


async def test_a_discarded_event_lets_go_what_waited_for_it(configured: Stage) -> None:
    stage, feed = configured, configured.feed
    bad = await feed.say("k1", ToyExplode())
    async with stage.toy(**QUICK):
        await letters_of(stage, 1)
        await feed.add("k1")
        await feed.add("k1")
        await until(lambda: has(stage, "parked", 2))
        await asyncio.to_thread(commands.discard, [await letter_id(stage, bad)])
        await until(lambda: counted(stage, "k1", [1, 2]))
        await until(lambda: empty(stage, "held", "parked"))


async def test_a_dead_letter_without_its_reference_can_be_replayed_once_that_is_there(configured: Stage) -> None:
    stage, feed = configured, configured.feed
    await feed.add("k1", refers_to="late")
    async with stage.toy(**QUICK):
        (bad,) = await letters_of(stage, 1)
        await feed.add("k1")
        await feed.add("late")
        await until(lambda: counted(stage, "k1", [2]))
        await asyncio.to_thread(commands.replay, [await letter_id(stage, bad)])
        await until(lambda: counted(stage, "k1", [2, 1]))


async def test_what_is_given_back_while_something_else_holds_its_subject_is_tried_ever_more_seldom(
    configured: Stage,
) -> None:
    stage, feed = configured, configured.feed
    await feed.add("k1", refers_to="late")
    async with stage.toy(**QUICK):
        (lost,) = await letters_of(stage, 1)
        bad = await feed.say("k1", ToyExplode())
        await letters_of(stage, 2)
        await feed.add("late")
        await asyncio.to_thread(commands.replay, [await letter_id(stage, lost)])
        await until(lambda: rests(stage))
        await asyncio.to_thread(commands.discard, [await letter_id(stage, bad)])
        await until(lambda: counted(stage, "k1", [1]), within=30)
        await until(lambda: empty(stage, "held", "parked"))


async def rests(stage: Stage) -> bool:
    later = "SELECT FROM parked WHERE topic LIKE '%.retry' AND retry_at > first_at + interval '2 seconds'"
    return bool(await stage.fetch(later))


async def test_a_timer_its_handler_fails_on_holds_its_subject_until_it_is_discarded(
    configured: Stage,
) -> None:
    stage, feed = configured, configured.feed
    async with stage.toy(**QUICK):
        await feed.say("bad", ToyRemind(after_ms=10))
        await until(lambda: has(stage, "held", 1))
        await feed.add("bad")
        await feed.add("k1")
        await until(lambda: counted(stage, "k1", [2]))
        await until(lambda: has(stage, "parked", 1))
        (timer,) = await held_timers.held(["toy"])
        assert (timer.kind, timer.subject) == ("remind", "conversation bad")
        await asyncio.to_thread(commands.discard, [timer.id])
        await until(lambda: counted(stage, "bad", [1]))
        await until(lambda: empty(stage, "timers", "held", "parked"))


async def test_the_list_leaves_out_what_is_settled(configured: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    topic = f"{configured.prefix}.work.v1.sla.dead-letter"
    await create_topics(configured.bootstrap, {topic: 1, f"{configured.prefix}.work.v1.sla.retry": 1})
    await migrate(configured.dsn, "bellhop_sla")
    origin = [("dl_topic", b"support.work.v1"), ("dl_partition", b"3"), ("dl_offset", b"17")]
    for error_class in (b"bad-json", b"handler-error"):
        headers = [*origin, ("dl_error_class", error_class), ("dl_attempts", b"1")]
        await configured.feed.send("k1", b"{}", headers, "work.v1.sla.dead-letter")
    await asyncio.to_thread(commands.discard, [f"{topic}:0:0"], as_json=True)
    capsys.readouterr()
    await asyncio.to_thread(commands.list_letters, as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    listed = json.loads(line)
    assert (listed["id"], listed["error_class"], listed["offset"]) == (f"{topic}:0:1", "handler-error", 17)
