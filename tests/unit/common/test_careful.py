"""What does somebody hear over HTTP who asks for what no event could carry?"""

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from bellhop_common.http.careful import careful_router
from bellhop_common.http.problems import install_problems
from bellhop_common.postgres.outbox import EventTooLarge


class Asked(BaseModel):
    count: int = 0
    text: str = ""


@pytest.mark.parametrize(
    ("body", "path", "got", "expected"),
    [
        (b'{"count": 1%b}' % (b"0" * 30), "body.count", "1e+30", "a whole number of at most 64 bits"),
        (b'{"count": -1%b}' % (b"0" * 5_000), "body.count", "-inf", "a number of at most 64 bits"),
        (b'{"count": NaN}', "body.count", "nan", "a number of at most 64 bits"),
        (b'{"count": 1.5}', "body.count", "1.5", "a valid integer, got a number with a fractional part"),
        (b'{"text": "a\\ud800"}', "body.text", r"'a\ud800'", "text without half characters"),
        (b'{"text": ["a", {"b": "\\u0000"}]}', "body.text.1.b", r"'\x00'", "text without NUL"),
        (b'{"\\ud800": NaN}', "body", r"'\ud800'", "text without half characters"),
        (b'{"a\\u0000": 1}', "body", r"'a\x00'", "text without NUL"),
        (b'{"text": "\\u0000', "body", r"\u0000", "text without NUL"),
        (b'{"text": "a', "body.11", "no JSON", "JSON (unexpected end of data"),
        (b'{"text": %b1' % (b"[" * 5_000), "body.1033", "no JSON", "JSON (depth limit exceeded"),
    ],
    ids=[
        "30 digits",
        "5,000",
        "NaN",
        "fraction",
        "half a character",
        "NUL",
        "half a name",
        "NUL name",
        "NUL and half",
        "half",
        "deep",
    ],
)
def test_what_no_event_can_hold_is_told_where_it_stands(body: bytes, path: str, got: str, expected: str) -> None:
    app, routes = FastAPI(), careful_router("/v1")
    install_problems(app)

    @routes.post("/notes")
    async def notes(_: Asked) -> None:
        raise AssertionError("never reached")

    app.include_router(routes)
    answer = TestClient(app).post("/v1/notes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    error, *_ = orjson.loads(answer.content)["errors"]
    assert (error["path"], error["got"]) == (path, got)
    assert error["expected"].startswith(expected)


def test_a_request_whose_event_would_be_too_large_is_told_so() -> None:
    app, routes = FastAPI(), careful_router("/v1")
    install_problems(app)

    @routes.post("/notes")
    async def notes() -> None:
        raise EventTooLarge("work.noted", 960_000)

    app.include_router(routes)
    answer = TestClient(app, raise_server_exceptions=False).post("/v1/notes")
    assert answer.status_code == 413
    assert answer.json()["detail"] == "work.noted is 960000 bytes, at most 921600 can be published"
