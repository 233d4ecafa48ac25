"""Is a service alive, ready and making progress, as it says itself?"""

from typing import Final

import httpx2
import orjson

from bellhop_common.doctor.findings import Finding

TIMEOUT: Final = 5.0
OK: Final = 200
# What a service listens on says nothing of where it is reached.
ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not listened on


async def look_at_service(name: str, host: str, port: int) -> Finding:
    where = f"{name} at {ANYWHERE.get(host, host)}:{port}"
    if port == 0:
        return Finding("service", name, "has any free port, so nobody can look", f"set BELLHOP_{name.upper()}_PORT")
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            answer = await client.get(f"http://{ANYWHERE.get(host, host)}:{port}/health/ready")
    except httpx2.HTTPError as error:
        return _silent(name, where, error)
    return judge(name, where, answer.status_code, answer.content)


def judge(name: str, where: str, status: int, body: bytes) -> Finding:
    """Readiness is by progress: it names what the process waits for, and whether it gave itself up."""
    try:
        report = orjson.loads(body)
    except orjson.JSONDecodeError:
        report = None
    if not isinstance(report, dict) or "ready" not in report:
        return Finding("service", where, "something else answers there", f"look for BELLHOP_{name.upper()}_PORT")
    if status == OK:
        return Finding("service", where, "ready")
    if report.get("failed"):
        return Finding("service", where, f"failed: {report['failed']}", "it ends by itself; its log says why")
    waiting = report.get("waiting")
    reasons = "; ".join(f"{who}: {why}" for who, why in waiting.items()) if isinstance(waiting, dict) else ""
    return Finding("service", where, f"not ready: {reasons or 'it is starting or stopping'}", "wait, or mend that")


def _silent(name: str, where: str, error: httpx2.HTTPError) -> Finding:
    if isinstance(error, httpx2.ConnectError):
        return Finding("service", where, "doesn't run", f"`bellhop serve {name}` starts it")
    return Finding("service", where, f"doesn't answer ({type(error).__name__})", "its log says why; start it anew")
