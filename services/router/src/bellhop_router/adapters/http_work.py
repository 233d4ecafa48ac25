"""Work items over HTTP: commands applied at once in a transaction of their own, and the reason for each decision."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header
from pydantic import ValidationError

from bellhop_common.events import commands
from bellhop_common.events.wire import Actor as WireActor
from bellhop_common.events.wire import rfc3339
from bellhop_common.http.auth import Caller, Tokens, require
from bellhop_common.http.careful import careful_router
from bellhop_common.http.problems import not_as_expected
from bellhop_router.adapters.callers import actor_of, command_id
from bellhop_router.adapters.http_problems import problem_of, refusal
from bellhop_router.adapters.inputs_wire import work_command
from bellhop_router.adapters.reading import Reading, Running
from bellhop_router.adapters.registry import Place
from bellhop_router.adapters.shown import ExplanationShown, ItemShown, explanation_shown, item_shown
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.explanation import explain
from bellhop_router.domain.names import Actor, WorkItemId
from bellhop_router.domain.work import WorkItem

VERBS: Final[Mapping[str, type[commands.WorkCommand]]] = {
    "accept": commands.WorkAccept,
    "decline": commands.WorkDecline,
    "claim": commands.WorkClaim,
    "place": commands.WorkPlace,
    "reply": commands.WorkReply,
    "note": commands.WorkNote,
    "pend": commands.WorkPend,
    "resume": commands.WorkResume,
    "transfer": commands.WorkTransfer,
    "escalate": commands.WorkEscalate,
    "promise": commands.WorkPromise,
    "keep-promise": commands.WorkKeepPromise,
    "report-threat": commands.WorkReportThreat,
    "flag": commands.WorkFlag,
    "set-priority": commands.WorkSetPriority,
    "resolve": commands.WorkResolve,
    "reopen": commands.WorkReopen,
    "requeue": commands.WorkRequeue,
    "finish-wrap-up": commands.WorkFinishWrapUp,
}
GIVEN_BY_US: Final = frozenset({"command_id", "issued_at", "conversation_id", "work_item_id", "expected_version"})
Anybody = ("agent", "supervisor", "operator", "admin")
Asked = Annotated[dict[str, object], Body(default_factory=dict)]
Key = Annotated[str | None, Header(alias="Idempotency-Key")]


def work_routes(runtime: Running, reading: Reading, tokens: Tokens) -> APIRouter:
    routes = careful_router("/v1/work-items", "work items")
    known = Depends(require(tokens, *Anybody, "viewer"))

    @routes.get("/{work_item_id}", dependencies=[known])
    async def item(work_item_id: UUID) -> ItemShown:
        return item_shown(await reading.item(WorkItemId(work_item_id)))

    @routes.get("/{work_item_id}/explanation", dependencies=[known])
    async def explanation(work_item_id: UUID) -> ExplanationShown:
        found, desk, now = await reading.item_on_desk(WorkItemId(work_item_id))
        return explanation_shown(explain(desk, found, now))

    for verb, model in VERBS.items():
        _add(routes, verb, model, _Door(runtime, reading, tokens))
    return routes


class _Door:
    """Takes one command over HTTP."""

    def __init__(self, runtime: Running, reading: Reading, tokens: Tokens) -> None:
        self.runtime = runtime
        self.reading = reading
        self.known = require(tokens, *Anybody)

    async def take(self, work_item_id: UUID, command: commands.WorkCommand, place: Place, key: UUID) -> ItemShown:
        """Judged by when it was received, by the database's clock."""
        given = work_command(command, place.now, None)
        done = await self.runtime.execute(place.desk, given, key)
        item = _in(done.state, WorkItemId(work_item_id)) or await self.reading.item(WorkItemId(work_item_id))
        rejected = refusal(done.events)
        if rejected is not None:
            raise problem_of(rejected, item=item_shown(item).model_dump(mode="json"))
        return item_shown(item)


def _add(routes: APIRouter, verb: str, model: type[commands.WorkCommand], door: _Door) -> None:
    async def command(
        work_item_id: UUID, asked: Asked, caller: Annotated[Caller, Depends(door.known)], key: Key = None
    ) -> ItemShown:
        name = command_id(caller, key)
        place = await door.reading.place(WorkItemId(work_item_id))
        return await door.take(work_item_id, _command(model, asked, caller, (name, work_item_id, place)), place, name)

    routes.add_api_route(
        f"/{{work_item_id}}/{verb}", command, methods=["POST"], name=verb, openapi_extra=_described(model)
    )


def _command(
    model: type[commands.WorkCommand], asked: dict[str, object], caller: Caller, which: tuple[UUID, UUID, Place]
) -> commands.WorkCommand:
    name, work_item_id, place = which
    own = {field: value for field, value in asked.items() if field not in GIVEN_BY_US and field != "actor"}
    try:
        wanted = None if asked.get("actor") is None else WireActor.model_validate(asked["actor"])
        actor = actor_of(caller, None if wanted is None else Actor(wanted.kind.value, wanted.id))
        return model.model_validate(
            {
                **own,
                "command_id": str(name),
                "issued_at": rfc3339(place.now),
                "actor": WireActor.model_validate(actor, from_attributes=True),
                "conversation_id": place.conversation_id,
                "work_item_id": work_item_id,
            },
            extra="forbid",
        )
    except ValidationError as error:
        raise not_as_expected(error.errors()) from error


def _in(desk: Desk, item_id: WorkItemId) -> WorkItem | None:
    return desk.items.get(item_id) or desk.ended.get(item_id)


def _described(model: type[commands.WorkCommand]) -> dict[str, object]:
    schema = model.model_json_schema()
    defs: dict[str, object] = schema.get("$defs", {})
    own = {name: _inlined(value, defs) for name, value in schema["properties"].items() if name not in GIVEN_BY_US}
    required = [name for name in schema.get("required", []) if name in own and name != "actor"]
    body = {"type": "object", "properties": own, "required": required}
    return {"requestBody": {"content": {"application/json": {"schema": body}}}}


def _inlined(schema: object, defs: Mapping[str, object]) -> object:
    """Without references, which would point outside of the OpenAPI document's own place for them."""
    match schema:
        case {"$ref": str(ref)}:
            return _inlined(defs[ref.rpartition("/")[2]], defs)
        case dict():
            return {name: _inlined(value, defs) for name, value in schema.items()}
        case list():
            return [_inlined(value, defs) for value in schema]
        case _:
            return schema
