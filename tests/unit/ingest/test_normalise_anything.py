"""Does every input get an answer? All messages at hand, damaged ones, and random bytes."""

import random

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bellhop_ingest.adapters.normalise import CHANNELS, normalise
from bellhop_ingest.adapters.offline import overall, reason
from bellhop_ingest.adapters.offline_events import cloud_event
from bellhop_ingest.domain.outcomes import Outcome
from support.ingest_messages import DESK_DOOR, all_messages

MESSAGES = all_messages()
EVERY_CHANNEL = (*sorted(CHANNELS), "email")
BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judge(channel: str, raw: bytes) -> tuple[Outcome, ...]:
    outcomes = normalise(channel, raw, DESK_DOOR)
    assert outcomes
    assert overall(outcomes)
    for outcome in outcomes:
        cloud_event(outcome, DESK_DOOR)
    return outcomes


@pytest.mark.parametrize(("channel", "name", "raw"), MESSAGES, ids=[name for _, name, _ in MESSAGES])
def test_every_message_has_one_verdict_the_same_each_time(channel: str, name: str, raw: bytes) -> None:
    del name
    assert judge(channel, raw) == judge(channel, raw)


@pytest.mark.parametrize("channel", EVERY_CHANNEL)
def test_what_is_ignored_parked_or_refused_says_why(channel: str) -> None:
    for kind, _, raw in MESSAGES:
        if kind == channel:
            outcomes = judge(channel, raw)
            which = overall(outcomes)
            assert reason(outcomes, which) or which in {"received", "updated", "abandoned"}


@BOUNDED
@given(channel=st.sampled_from(EVERY_CHANNEL), raw=st.binary(max_size=400))
def test_random_bytes_get_an_answer(channel: str, raw: bytes) -> None:
    judge(channel, raw)


@BOUNDED
@given(seed=st.integers(0, 2**32), which=st.integers(0, len(MESSAGES) - 1))
def test_damaged_messages_get_an_answer(seed: int, which: int) -> None:
    channel, _, raw = MESSAGES[which]
    chance, damaged = random.Random(seed), bytearray(raw)
    for _ in range(chance.randint(1, 20)):
        place = chance.randrange(max(1, len(damaged)))
        damaged[place : place + chance.randint(0, 8)] = chance.randbytes(chance.randint(0, 8))
    judge(channel, bytes(damaged))


@BOUNDED
@given(text=st.text(max_size=300))
def test_any_text_survives_as_a_json_value(text: str) -> None:
    event = cloud_event(normalise("chat", _chat(text), DESK_DOOR)[0], DESK_DOOR)
    assert "\x00" not in str(event)


def _chat(text: str) -> bytes:
    return orjson.dumps({"session": "s", "id": "1", "text": text.encode("utf-8", "ignore").decode()})
