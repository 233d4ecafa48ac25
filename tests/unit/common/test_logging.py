"""What do we let libraries write into our log?"""

import json
import logging
from contextlib import suppress

import pytest
import structlog

from bellhop_common.observability.logging import OnceAMinute, Others, SaidOnce


def said(name: str, line: int = 1, error: BaseException | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord(
        name, logging.ERROR, "there.py", line, "Unable to reach node %s", ("ana@example.com",), info
    )


def test_a_clients_words_come_without_what_it_puts_into_them() -> None:
    assert json.loads(Others().format(said("aiokafka"))) == {
        "level": "error",
        "logger": "aiokafka",
        "words": "Unable to reach node %s",
    }


def test_of_others_only_the_name_and_where_their_error_was_raised_are_told() -> None:
    nobody: dict[str, str] = {}
    with pytest.raises(KeyError) as caught:
        nobody["ana@example.com"] = nobody["ana@example.com"]
    text = Others().format(said("asyncio", error=caught.value))
    told = json.loads(text)
    assert (told["level"], told["logger"], told["error_class"]) == ("error", "asyncio", "KeyError")
    assert "test_logging.py" in told["at"][0]
    assert "ana@example.com" not in text


def test_the_same_complaint_is_heard_once_a_minute() -> None:
    minute = OnceAMinute()
    assert [minute.filter(said("aiokafka", line)) for line in (1, 1, 2, 1)] == [True, False, True, False]


def test_what_waits_says_so_once_a_minute_and_the_rest_each_time() -> None:
    once = SaidOnce()
    assert once(None, "warning", {"event": "calls-wait"}) == {"event": "calls-wait", "tries": 1}
    with pytest.raises(structlog.DropEvent):
        once(None, "warning", {"event": "calls-wait"})
    assert [once(None, "info", {"event": "started"}) for _ in range(2)] == [{"event": "started"}] * 2


def test_after_a_minute_it_is_told_how_often_it_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    once, now = SaidOnce(), iter([100.0, 101.0, 102.0, 161.0, 162.0, 222.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    heard = []
    for _ in range(6):
        with suppress(structlog.DropEvent):
            heard.append(once(None, "warning", {"event": "timers-wait"})["tries"])
    assert heard == [1, 3, 2]
