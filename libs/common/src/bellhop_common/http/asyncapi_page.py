"""What does this service say and listen to? Its AsyncAPI document, to read only: nothing can be sent from the page."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bellhop {service}: AsyncAPI</title>
<style>body{{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}pre{{overflow:auto}}</style>
</head><body><h1>Bellhop {service}</h1><p><a href="/asyncapi.json">The AsyncAPI document</a></p>
<pre id="document">{document}</pre></body></html>"""


def asyncapi_routes(service: str) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/asyncapi.json")
    async def document() -> Response:
        return Response(_document(service), media_type="application/json")

    @router.get("/asyncapi")
    async def page() -> HTMLResponse:
        shown = _document(service).replace("&", "&amp;").replace("<", "&lt;")
        return HTMLResponse(PAGE.format(service=service, document=shown))

    return router


@cache
def _document(service: str) -> str:
    """The committed one; a service without topics of its own in the catalogue has an empty one."""
    found = Path(str(files("bellhop_common"))) / "asyncapi" / f"{service}.json"
    return found.read_text() if found.exists() else '{"asyncapi": "3.0.0"}'
