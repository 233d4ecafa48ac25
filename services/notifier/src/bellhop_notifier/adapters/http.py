"""What can be asked of the notifier over HTTP? A notice, a conversation's notices, and to be left in peace."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from bellhop_common.events.wire import rfc3339
from bellhop_common.http.auth import Tokens, require
from bellhop_common.http.careful import careful_router
from bellhop_common.http.problems import Problem
from bellhop_notifier.adapters.unsubscribing import Refusal, read_link_token
from bellhop_notifier.domain.notice import Notice

READERS = ("agent", "supervisor", "operator", "admin")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font:16px/1.5 system-ui;margin:4rem auto;max-width:30rem;padding:0 1rem">
<p>{text}</p>{form}</body></html>"""
BUTTON = (
    '<form method="post"><button type="submit" name="List-Unsubscribe" value="One-Click">Unsubscribe</button></form>'
)


class Notices(Protocol):
    async def one(self, notice_id: UUID) -> Notice | None: ...

    async def of_conversation(self, conversation_id: UUID) -> Sequence[Notice]: ...


def notice_routes(notices: Notices, tokens: Tokens) -> APIRouter:
    known = Depends(require(tokens, *READERS))
    router = careful_router("/v1", dependencies=[known])

    @router.get("/notices/{notice_id}")
    async def one(notice_id: UUID) -> dict[str, object]:
        found = await notices.one(notice_id)
        if found is None:
            raise Problem(404, "No such notice", str(notice_id))
        return shown(found)

    @router.get("/conversations/{conversation_id}/notices")
    async def of_conversation(conversation_id: UUID) -> list[dict[str, object]]:
        return [shown(one) for one in await notices.of_conversation(conversation_id)]

    return router


def unsubscribe_routes(key: bytes, refuse: Callable[[Refusal], Awaitable[None]]) -> APIRouter:
    """RFC 8058: only a POST counts, since programs that look at mail follow links. No login, no cookie, no redirect."""
    router = careful_router("/v1")

    def known(token: str) -> Refusal:
        refusal = read_link_token(key, token)
        if refusal is None:
            raise Problem(404, "Unknown link")
        return refusal

    @router.get("/unsubscribe/{token}", include_in_schema=False)
    async def ask(token: str) -> HTMLResponse:
        known(token)
        return HTMLResponse(PAGE.format(title="Unsubscribe", text="Don't want such messages any more?", form=BUTTON))

    @router.post("/unsubscribe/{token}")
    async def unsubscribe(token: str) -> Response:
        await refuse(known(token))
        return HTMLResponse(PAGE.format(title="Unsubscribed", text="You won't get such messages any more.", form=""))

    return router


def shown(notice: Notice) -> dict[str, object]:
    """Without the words and the address."""
    return {
        "notice_id": str(notice.notice_id),
        "kind": notice.kind.value,
        "class": notice.class_.value,
        "state": notice.life.value,
        "reason": notice.reason,
        "recipient": {"kind": notice.recipient.kind, "id": notice.recipient.id},
        "desk": notice.desk,
        "conversation_id": None if notice.conversation_id is None else str(notice.conversation_id),
        "reply_id": None if notice.reply_id is None else str(notice.reply_id),
        "occasion": notice.occasion,
        "template": notice.template,
        "locale": notice.locale,
        "channel": notice.channel,
        "provider": notice.provider,
        "provider_message_id": notice.provider_message_id,
        "due_at": rfc3339(notice.due_at),
        "until": None if notice.until is None else rfc3339(notice.until),
        "in_doubt": notice.in_doubt,
    }
