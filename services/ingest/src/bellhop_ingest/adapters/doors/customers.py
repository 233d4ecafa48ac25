"""How is a customer changed over HTTP? The whole profile or part of it, at once."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request

from bellhop_common.events.customers import CustomerProfile
from bellhop_common.http.auth import Tokens, require
from bellhop_common.http.careful import careful_router
from bellhop_common.ids import natural_id
from bellhop_ingest.adapters.inputs import upserted
from bellhop_ingest.domain.inputs import CustomerUpserted

# False when the same command was done before.
Execute = Callable[[CustomerUpserted, UUID], Awaitable[bool]]


class GivenProfile(CustomerProfile, extra="forbid"):
    """Whoever misspells a field is told so; what comes by topic may carry more than we know."""


def customer_routes(execute: Execute, tokens: Tokens) -> APIRouter:
    routes = careful_router("/v1/customers", "customers")
    allowed = [Depends(require(tokens, "publisher", "operator", "admin"))]

    @routes.put("/{customer_id}", dependencies=allowed)
    async def put(
        customer_id: UUID,
        profile: GivenProfile,
        request: Request,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> dict[str, object]:
        """Fields that are given replace what is known; absent ones stay."""
        named = None if idempotency_key is None else natural_id("customer-put", str(customer_id), idempotency_key)
        change = upserted(customer_id, profile, request.app.state.runtime.clock())
        done = await execute(change, named or uuid4())
        return {"customer_id": str(customer_id), "repeat": not done}

    return routes
