"""What do bad requests look like, and how must each be answered? With success, or with problem details that say why."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final
from urllib.parse import quote, urlencode

import httpx2
import orjson

from bellhop_local.fuzz.doors import Wrong, shown
from bellhop_local.fuzz.mutations import damaged, noise, odd_text, spoilt, written

PROBLEM: Final = "application/problem+json"
UNPROCESSABLE: Final = 422
TOO_MUCH: Final = 40 * 1024 * 1024
_UNSENDABLE: Final = re.compile(rb"[\x00-\x1f\x7f]")

Sign = Callable[["Request"], Mapping[str, str]]


def unsigned(_: "Request") -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Request:
    """A good one, before it is spoilt. `body` is a tree to be written as JSON or as form fields, or text as it is.

    `sign` gives the headers that prove where it comes from, over whatever the body has become.
    """

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    form: bool = False
    sign: Sign = unsigned
    raw: bytes = b""

    @property
    def target(self) -> str:
        path = "/".join(_quoted(one) for one in self.path)
        return f"/{path}" + (f"?{_encoded(self.query)}" if self.query else "")


@dataclass(frozen=True, slots=True)
class HttpDoor:
    """Any of `requests` is spoilt; the first of them is the good message at the end."""

    name: str
    client: httpx2.AsyncClient
    requests: Sequence[Request]
    fresh: Callable[[Request], Request] = lambda request: request

    async def attack(self, chance: Random) -> Wrong | None:
        request = _spoilt(self.fresh(chance.choice(self.requests)), chance)
        answer = await self._send(request)
        what = wrong_with(answer)
        return None if what is None else Wrong(what, shown((request.method, request.target, request.raw)))

    async def prove(self) -> Sequence[Wrong]:
        request = self.fresh(self.requests[0])
        answer = await self._send(replace(request, raw=_raw(request)))
        if answer.is_success:
            return ()
        return (Wrong(f"a good request got {answer.status_code}: {answer.text[:300]}", shown(request.target)),)

    async def _send(self, request: Request) -> httpx2.Response:
        kind = {"content-type": "application/x-www-form-urlencoded" if request.form else "application/json"}
        headers = {**kind, **request.headers, **request.sign(request)}
        sendable = {
            name.encode(): _UNSENDABLE.sub(b"", value.encode("utf-8", "replace")).strip()
            for name, value in headers.items()
        }
        content = request.raw if request.method in {"POST", "PUT"} else None
        return await self.client.request(request.method, request.target, content=content, headers=sendable)


def wrong_with(answer: httpx2.Response) -> str | None:
    """None for what may be answered to anything at all."""
    if answer.is_success or answer.is_redirect:
        return None
    if not answer.is_client_error and "retry-after" not in answer.headers:
        return f"{answer.status_code} without Retry-After: {answer.text[:200]}"
    if answer.headers.get("content-type", "").partition(";")[0] != PROBLEM:
        return f"{answer.status_code} as {answer.headers.get('content-type')}: {answer.text[:200]}"
    told = orjson.loads(answer.content)
    if answer.status_code == UNPROCESSABLE and not (told.get("errors") or told.get("detail")):
        return f"422 without a reason: {answer.text[:200]}"
    return None


def _spoilt(request: Request, chance: Random) -> Request:
    match chance.randrange(12):
        case 0:
            place = chance.randrange(len(request.path))
            spoilt_path = (*request.path[:place], odd_text(chance)[:900], *request.path[place + 1 :])
            return replace(request, path=spoilt_path, raw=_raw(request))
        case 1 | 2 if request.query:
            name = chance.choice(sorted(request.query))
            return replace(request, query={**request.query, name: odd_text(chance)[:900]}, raw=_raw(request))
        case 3:
            name = chance.choice((*request.headers, "host", "content-type", "idempotency-key", "if-match"))
            return replace(request, headers={**request.headers, name: odd_text(chance)[:900]}, raw=_raw(request))
        case 4:
            return replace(request, raw=noise(chance))
        case 5 if chance.random() < 0.05:  # noqa: PLR2004 - it is slow to send
            return replace(request, raw=b"[" + b"[]," * (TOO_MUCH // 3) + b"0]")
        case 6 | 7:
            return replace(request, raw=damaged(_raw(request), chance))
        case _:
            return replace(request, raw=_raw(request, spoilt(request.body, chance)))


def _raw(request: Request, body: object = None) -> bytes:
    found = request.body if body is None else body
    if isinstance(request.body, str):
        return str(found).encode("utf-8", "replace")
    if request.form and isinstance(found, dict):
        return _encoded({str(name): str(value) for name, value in found.items()}).encode()
    return written(found)


def _encoded(fields: Mapping[str, str]) -> str:
    return urlencode(fields, errors="surrogatepass")


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
