"""How is an error told over HTTP? As problem details (RFC 9457), without a word of what was sent."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from bellhop_common.http.unholdable import HALF, SHOWN
from bellhop_common.kernel.turn import Unanswerable
from bellhop_common.kernel.unit import SubjectHeld
from bellhop_common.postgres.errors import TROUBLE, Outage, classify

PROBLEM: Final = "application/problem+json"
TRY_AGAIN_LATER: Final = 1013
OUR_FAULT: Final = 1011
NOT_NOW: Final = 503
RETRY_AFTER: Final = {"Retry-After": "1"}
UNREAD: Final = frozenset({"dict_type", "model_attributes_type", "list_type"})
"""What is said of a body that FastAPI handed on as bytes, since no header says that it is JSON."""
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


class _Told(JSONResponse):
    """What was sent may come back in an error, with half a character, which readers of JSON refuse even escaped."""

    media_type = PROBLEM

    def render(self, content: object) -> bytes:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return HALF.sub(lambda found: rf"\\u{ord(found[0]):x}", text).encode()


class _Nothing(Response):
    """For a socket, which must not be sent a response."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pass


class Problem(Exception):
    """`extra` members are added as they are, such as the state that a command found instead of the expected one."""

    def __init__(self, status: int, title: str, detail: str = "", **extra: object) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.extra = extra


def not_as_expected(found: Iterable[Mapping[str, Any]]) -> Problem:
    """What pydantic found wrong, told to whoever sent it: which field, what came, what would be right."""
    errors = [{"path": ".".join(map(str, one["loc"])), "got": _shown(one), "expected": _expected(one)} for one in found]
    return Problem(422, "Not as expected", errors=errors)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, **problem.extra}
    if problem.detail:
        body["detail"] = problem.detail
    return _Told(body, status_code=problem.status, headers=headers)


def install_problems(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(Outage, _outage)
    for trouble in TROUBLE:
        app.add_exception_handler(trouble, _trouble)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(SubjectHeld, _held)
    app.add_exception_handler(Unanswerable, _unknown)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _internal)


def _shown(found: Mapping[str, Any]) -> str:
    match found["type"], found["input"]:
        case "missing", _:
            return "nothing"
        case "json_invalid", _:
            return "no JSON"
        case _, bool() | int() | float() | str() | None as value:
            text = repr(value)
            return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        case _, dict():
            return "an object"
        case _, list() | tuple():
            return "a list"
        case _, other:
            return type(other).__name__


def _expected(found: Mapping[str, Any]) -> str:
    if isinstance(found["input"], bytes) and found["type"] in UNREAD:
        return "JSON, with the header Content-Type: application/json"
    if found["type"] == "extra_forbidden":
        return "no field of this name"
    if found["type"] == "missing":
        return "a value"
    if found["type"] == "int_parsing_size":
        return "a whole number of at most 64 bits"
    if found["type"] == "json_invalid":
        return f"JSON ({found['ctx']['error']})"
    return str(found["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")


async def _answer(connection: HTTPConnection, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """A socket hears a code and the title, which says nothing of what was sent; it may have been closed already."""
    if not isinstance(connection, WebSocket):
        return problem_response(problem, headers)
    with suppress(WebSocketDisconnect, WebSocketDisconnected):
        await connection.close(TRY_AGAIN_LATER if problem.status == NOT_NOW else OUR_FAULT, problem.title)
    return _Nothing()


async def _told(connection: HTTPConnection, error: Exception) -> Response:
    return await _answer(connection, error if isinstance(error, Problem) else Problem(500, "Internal error"))


async def _internal(_: Request, __: Exception) -> JSONResponse:
    """Our own fault: what went wrong is for the log alone, which the server writes."""
    return problem_response(Problem(500, "Internal error"))


async def _trouble(connection: HTTPConnection, error: Exception) -> Response:
    """A server that went away in the middle of a request is an outage like any other; the rest is our own fault."""
    failure = classify(error)
    if isinstance(failure, Outage):
        return await _outage(connection, failure)
    raise error


async def _gone(_: Request, __: Exception) -> Response:
    """Who hangs up before their body ends reads no answer, and is no error of ours."""
    return problem_response(Problem(400, "Not sent in full"))


async def _outage(connection: HTTPConnection, error: Exception) -> Response:
    return await _answer(connection, Problem(NOT_NOW, "Not now", str(error)), RETRY_AFTER)


async def _held(connection: HTTPConnection, error: Exception) -> Response:
    return await _answer(connection, Problem(NOT_NOW, "Held", str(error)), RETRY_AFTER)


async def _unknown(connection: HTTPConnection, error: Exception) -> Response:
    return await _answer(connection, Problem(404, "Not known", str(error)))


async def _http(connection: HTTPConnection, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _answer(connection, Problem(500, "Internal error"))
    title = _PHRASES.get(error.status_code, "Not possible")
    detail = "" if error.detail == title else str(error.detail)
    return await _answer(connection, Problem(error.status_code, title, detail), dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    return problem_response(not_as_expected(found))
