"""How do the commands ask a running sla? One GET, with what went wrong in words."""

from collections.abc import Mapping

import httpx2

from bellhop_common.errors import Misuse, NotReachable

TIMEOUT_SECONDS = 10.0
_NOT_FOUND, _CLIENT_ERROR = 404, 400


def get(base: str, path: str, parameters: Mapping[str, str], token: str | None) -> bytes:
    """The body of a good answer. Raises `NotReachable` or `Misuse`."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        response = httpx2.get(f"{base}{path}", params=dict(parameters), headers=headers, timeout=TIMEOUT_SECONDS)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotReachable("sla", base, str(error) or type(error).__name__) from error
    if response.status_code >= _CLIENT_ERROR:
        raise _refused(base, response)
    return response.content


def _refused(base: str, response: httpx2.Response) -> Misuse | NotReachable:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    said = problem if isinstance(problem, dict) else {}
    detail = str(said.get("detail") or said.get("title") or f"HTTP {response.status_code}")
    if response.is_server_error:
        return NotReachable("sla", base, detail)
    return Misuse(detail)
