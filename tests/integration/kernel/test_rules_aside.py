"""What becomes of what can't be handled: poison, failures, missing references, gaps, old records?"""

import asyncio
from datetime import UTC, datetime

import orjson
import pytest

from bellhop_common.events.envelope import Envelope
from bellhop_common.kernel.delivery import Delivery, RawRecord, Received, Report, SequencePlace
from bellhop_common.kernel.failing import record_failure
from bellhop_common.postgres.errors import HandlerError
from support.toy import domain
from support.toy import main as toy_main
from support.toy.contracts import TOY_ORDERED, TOY_STATE, ToyAdd, ToyExplode, ToyOpened
from support.toy_feed import dead_letters, headers_of, until_counted
from support.toy_looks import counted, empty, has, letters_of
from support.toy_stage import Stage
from support.waiting import until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUICK = {"failure_window": 0.4, "reference_patience": 1.0}


async def test_a_poisoned_batch_is_handled_but_for_its_poison(stage: Stage) -> None:
    feed = stage.feed
    good = headers_of(ToyAdd(number=1))
    sent = [
        await feed.poison("k1", b"{"),
        await feed.poison("k1", b"\xff"),
        await feed.poison("k1", None),
        await feed.poison("k1", b'{"number": "many"}'),
        await feed.send("k1", b"{}", [("ce_id", b"\xff\xfe")]),
        await feed.send("k1", b"{}", [*good[:3], ("ce_type", b"support.toy.unheard-of.v1")]),
        await feed.send("k1", b"{}", []),
    ]
    await feed.add("k1")
    async with stage.toy():
        letters = await letters_of(stage, len(sent))
        assert (await until_counted(stage.bootstrap, feed)).numbers("k1") == [1]
    assert [letters[place] for place in sent] == [
        "bad-json",
        "bad-json",
        "null-value",
        "bad-schema",
        "bad-headers",
        "unknown-type",
        "bad-headers",
    ]


async def test_a_dead_letter_is_the_record_unchanged_with_the_reason_added(stage: Stage) -> None:
    headers = [*headers_of(ToyAdd(number=1)), ("odd", b"\xff\x00\xfe")]
    place = await stage.feed.send("k1", b"\xff{", headers)
    async with stage.toy():
        await letters_of(stage, 1)
    record = (await dead_letters(stage.bootstrap, stage.prefix))[place]
    assert (record.key, record.value, record.partition) == (b"k1", b"\xff{", place[1])
    assert list(record.headers) == [
        *headers,
        ("dl_topic", place[0].encode()),
        ("dl_partition", str(place[1]).encode()),
        ("dl_offset", str(place[2]).encode()),
        ("dl_error_class", b"bad-json"),
        ("dl_attempts", b"1"),
    ]


async def test_a_null_value_on_a_compacted_topic_is_a_deletion(stage: Stage) -> None:
    await stage.feed.add("k1")
    async with stage.toy():
        await until_counted(stage.bootstrap, stage.feed)
        assert await stage.count("aggregates") == 1
        await stage.feed.send("k1", None, [], TOY_STATE.name)
        await until(lambda: empty(stage, "aggregates"))
        assert await dead_letters(stage.bootstrap, stage.prefix, TOY_STATE.name) == {}


async def test_a_record_older_than_ids_are_remembered_is_too_old(stage: Stage) -> None:
    number = await stage.feed.add("k1")
    await asyncio.sleep(6.5)
    async with stage.toy(identity_horizon=6):
        assert list((await letters_of(stage, 1)).values()) == ["too-old"]
        await stage.feed.add("k1")
        stage.feed.accepted["k1"].remove(number)
        assert (await until_counted(stage.bootstrap, stage.feed)).numbers("k1") == [2]


async def test_an_event_its_handler_fails_on_is_tried_three_times_and_holds_its_subject(stage: Stage) -> None:
    feed = stage.feed
    await feed.add("k1")
    bad = await feed.say("k1", ToyExplode())
    await feed.add("k1")
    await feed.add("k2")
    async with stage.toy(**QUICK):
        assert await letters_of(stage, 1) == {bad: "handler-error"}
        await feed.add("k1")
        await until(lambda: counted(stage, "k1", [1]))
        await until(lambda: counted(stage, "k2", [3]))
        record = (await dead_letters(stage.bootstrap, stage.prefix))[bad]
        assert dict(record.headers)["dl_attempts"] == b"3"
        assert await stage.count("held") == 1
        await until(lambda: has(stage, "parked", 2))


async def test_events_come_in_one_by_one_where_one_of_them_fails(stage: Stage) -> None:
    for number in range(10):
        await stage.feed.add(f"k{number}")
        if number == 5:
            await stage.feed.say("bad", ToyExplode())
    async with stage.toy(**QUICK):
        found = await until_counted(stage.bootstrap, stage.feed)
        assert [found.numbers(f"k{number}") for number in range(10)] == [[number + 1] for number in range(10)]


async def test_what_refers_to_something_that_comes_later_waits_for_it(stage: Stage) -> None:
    feed = stage.feed
    await feed.add("k1", refers_to="later")
    await feed.add("k1")
    async with stage.toy():
        await until(lambda: has(stage, "parked", 2))
        await feed.add("later")
        found = await until_counted(stage.bootstrap, feed)
        assert found.numbers("k1") == [1, 2]
        await until(lambda: empty(stage, "parked"))
        assert await dead_letters(stage.bootstrap, stage.prefix) == {}


async def test_a_desk_that_was_never_applied_is_waited_for_and_nothing_is_dead(stage: Stage) -> None:
    feed = stage.feed
    for number in range(30):
        await feed.add(f"k{number}", desk="x1")
    async with stage.toy(max_records=10) as toy:
        await until(lambda: says(toy.health.waiting, "no desk file applied yet: x1"))
        await feed.send("x1", b'{"desk": "x1"}', headers_of(ToyOpened()), TOY_STATE.name)
        found = await until_counted(stage.bootstrap, feed)
        assert [found.numbers(f"k{number}") for number in range(30)] == [[number + 1] for number in range(30)]
        assert await stage.letters() == []
        assert await stage.count("parked") == 0


async def says(waiting: dict[str, str], reason: str) -> bool:
    return waiting.get("consumer") == reason


async def test_a_desk_and_what_needs_it_may_come_in_one_batch(stage: Stage) -> None:
    await stage.feed.add("k1", desk="x1")
    await stage.feed.send("x1", b'{"desk": "x1"}', headers_of(ToyOpened()), TOY_STATE.name)
    async with stage.toy():
        assert (await until_counted(stage.bootstrap, stage.feed)).numbers("k1") == [1]


async def test_what_refers_to_something_that_never_comes_is_a_dead_letter_and_holds_nothing(stage: Stage) -> None:
    feed = stage.feed
    await feed.add("k1", refers_to="never")
    await feed.add("k1")
    async with stage.toy(**QUICK):
        assert list((await letters_of(stage, 1)).values()) == ["missing-reference"]
        feed.accepted["k1"].remove(1)
        assert (await until_counted(stage.bootstrap, feed)).numbers("k1") == [2]
        await until(lambda: empty(stage, "parked", "held"))


async def test_a_record_beyond_its_sequence_is_parked_until_the_gap_is_filled(stage: Stage) -> None:
    feed = stage.feed
    for sequence in (1, 3, 4):
        await feed.ordered("k1", sequence)
    async with stage.toy():
        await until(lambda: has(stage, "parked", 2))
        await until(lambda: counted(stage, "k1", [1000]))
        await feed.ordered("k1", 2)
        feed.accepted["k1"] = [1000, 2000, 3000, 4000]
        assert (await until_counted(stage.bootstrap, feed)).numbers("k1") == [1000, 2000, 3000, 4000]
        await until(lambda: empty(stage, "parked"))


async def test_a_late_repeat_on_a_sequenced_topic_is_dropped_and_a_higher_epoch_begins_anew(stage: Stage) -> None:
    feed = stage.feed
    for sequence, epoch in ((1, 1), (2, 1), (1, 1), (1, 2), (2, 1), (2, 2)):
        await feed.ordered("k1", sequence, epoch)
    await feed.ordered("end", 1)
    feed.accepted["end"] = [1000]
    async with stage.toy():
        found = await until_counted(stage.bootstrap, feed)
    assert found.numbers("k1") == [1000, 2000, 1000, 2000]
    assert await dead_letters(stage.bootstrap, stage.prefix, TOY_ORDERED.name) == {}


async def test_the_same_id_counts_once_wherever_it_comes_again(stage: Stage) -> None:
    event = Envelope("the-same", "tests", "toy.add").headers()
    for key in ("k1", "k1", "k1"):
        await stage.feed.send(key, b'{"number": 7}', event)
    async with stage.toy():
        await stage.feed.add("k1")
        await until_counted(stage.bootstrap, stage.feed)
    async with stage.toy():
        await stage.feed.send("k1", b'{"number": 7}', event)
        await stage.feed.add("k1")
        found = await until_counted(stage.bootstrap, stage.feed)
    assert found.numbers("k1") == [7, 1, 2]


async def test_a_record_that_fails_ahead_of_its_turn_waits_for_what_is_before_it(stage: Stage) -> None:
    """As when the state it would change can't even be opened."""
    topic = TOY_ORDERED.full(stage.prefix)
    raw = RawRecord(topic, 0, 4, b"k1", orjson.dumps({"number": 5, "epoch": 1, "sequence": 5}), (), NOW)
    place = SequencePlace(topic, "k1", 1, 5)
    given = Delivery(domain.Add("a", "k1", 5, None), raw, domain.subject("k1"), sequenced=place)
    async with stage.toy() as toy:
        report = await record_failure(toy.wiring, "a", given, HandlerError(RuntimeError("planted")))
        assert report == Report(parked=1)
        assert [row["reason"] for row in await stage.fetch("SELECT reason FROM parked")] == ["gap"]


async def test_a_record_on_which_reading_itself_fails_is_set_aside_and_its_partition_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def translate(received: Received) -> domain.Input | None:
        if isinstance(received.body, ToyExplode):
            raise TypeError("planted")
        return plain(received)

    plain = toy_main.translate
    monkeypatch.setattr(toy_main, "translate", translate)
    place = await stage.feed.say("k1", ToyExplode())
    await stage.feed.add("k1")
    async with stage.toy() as toy:
        letters = await letters_of(stage, 1)
        assert (await until_counted(stage.bootstrap, stage.feed)).numbers("k1") == [1]
        assert toy.health.failed is None
    assert letters[place] == "handler-error"
