"""What do we let libraries write into our log?"""

import json
import logging

import pytest
import structlog

from bellhop_common.observability.logging import OnceAMinute, Others, SaidOnce


def said(name: str, line: int = 1, error: BaseException | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, None)
    return logging.LogRecord(
        name, logging.ERROR, "there.py", line, "Unable to reach node %s", ("ana@example.com",), info
    )


def test_a_clients_words_come_without_what_it_puts_into_them() -> None:
    assert json.loads(Others().format(said("aiokafka"))) == {
        "level": "error",
        "logger": "aiokafka",
        "words": "Unable to reach node %s",
    }


def test_of_others_only_the_name_and_the_error_are_told() -> None:
    first, *_ = Others().format(said("asyncio", error=KeyError("k"))).splitlines()
    assert json.loads(first) == {"level": "error", "logger": "asyncio", "error_class": "KeyError"}


def test_the_same_complaint_is_heard_once_a_minute() -> None:
    minute = OnceAMinute()
    assert [minute.filter(said("aiokafka", line)) for line in (1, 1, 2, 1)] == [True, False, True, False]


def test_what_waits_says_so_once_a_minute_and_the_rest_each_time() -> None:
    once = SaidOnce()
    assert once(None, "warning", {"event": "calls-wait"}) == {"event": "calls-wait"}
    with pytest.raises(structlog.DropEvent):
        once(None, "warning", {"event": "calls-wait"})
    assert [once(None, "info", {"event": "started"}) for _ in range(2)] == [{"event": "started"}] * 2
