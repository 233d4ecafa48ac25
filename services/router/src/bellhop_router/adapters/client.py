"""How do the commands speak with a running router? One request, and what went wrong in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx2

from bellhop_common.errors import Misuse, NotReachable

TIMEOUT_SECONDS: Final = 15.0
_NOT_FOUND, _CLIENT_ERROR = 404, 400


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Router:
    """Where it answers; raises `NotReachable` or `Misuse`."""

    base: str
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer | None:
        """None for what isn't there."""
        answer = self._send("GET", path, b"", {})
        if answer.status == _NOT_FOUND:
            return None
        return self._good(answer)

    def put(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return self._good(self._send("PUT", path, body, headers))

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        known = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        url = f"{self.base.rstrip('/')}{path}"
        try:
            given = {**known, **headers}
            response = httpx2.request(method, url, content=body, headers=given, timeout=TIMEOUT_SECONDS)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NotReachable("router", self.base, str(error) or type(error).__name__) from error
        return Answer(response.status_code, response.headers, response.content)

    def _good(self, answer: Answer) -> Answer:
        if answer.status < _CLIENT_ERROR:
            return answer
        detail = _detail(answer)
        if answer.status >= 500:  # noqa: PLR2004 - the server's own faults
            raise NotReachable("router", self.base, detail)
        raise Misuse(detail)


def _detail(answer: Answer) -> str:
    try:
        said = httpx2.Response(answer.status, content=answer.body).json()
    except ValueError:
        said = {}
    problem = said if isinstance(said, dict) else {}
    return str(problem.get("detail") or problem.get("title") or f"HTTP {answer.status}")
