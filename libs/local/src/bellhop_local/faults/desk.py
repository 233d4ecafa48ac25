"""How is a desk file applied in the middle of a day? Read, changed a little, and sent with its version."""

import asyncio
from typing import Final

import httpx2

from bellhop_common.errors import Wrong
from bellhop_local.demo.desk import DESK, desk_file
from bellhop_local.demo.doors import BUSY, PAUSE, TRIES
from bellhop_local.demo.setting import Scene

NAME: Final = b"name: Bellhop demo desk"


async def apply_again(scene: Scene) -> bool:
    """The same desk under another name, as the next version. An answer that was lost isn't applied twice."""
    async with httpx2.AsyncClient(base_url=scene.url("router"), timeout=10) as client:
        found = await _insist(client, "GET", {}, b"")
        version = found.headers["ETag"].strip('"')
        body = desk_file().replace(NAME, NAME + f", edition after {version}".encode())
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": f"desk-after-{version}"}
        answer = await _insist(client, "PUT", {**headers, "Content-Type": "application/yaml"}, body)
    if answer.is_error:
        raise Wrong(f"the desk file was not taken: {answer.status_code} {answer.text[:300]}")
    return True


async def _insist(client: httpx2.AsyncClient, method: str, headers: dict[str, str], body: bytes) -> httpx2.Response:
    for _ in range(TRIES):
        try:
            answer = await client.request(method, f"/v1/desks/{DESK}", content=body, headers=headers)
        except httpx2.TransportError:
            await asyncio.sleep(PAUSE)
            continue
        if answer.status_code not in BUSY:
            return answer
        await asyncio.sleep(PAUSE)
    raise Wrong("the router took no desk file for too long")
