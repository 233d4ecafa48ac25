"""What does a command change about a customer?"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never
from uuid import UUID

from bellhop_common.ids import time_ordered_id
from bellhop_ingest.domain.documents import (
    Customer,
    CustomerHandle,
    HandleOwner,
    customer_subject,
    handle_subject,
)
from bellhop_ingest.domain.inputs import (
    AddressMarked,
    CustomerConsented,
    CustomerFlagged,
    CustomerInput,
    CustomerRef,
    CustomerUpserted,
)
from bellhop_ingest.domain.view import View


class UnknownCustomer(Exception):
    """Nobody is known under this reference (yet)."""

    def __init__(self, ref: CustomerRef) -> None:
        self.name = str(ref.customer_id or _key(ref))
        super().__init__(self.name)


def change(view: View, command: CustomerInput) -> Customer | None:
    """The customer as it is from now on, None where nothing changed. Raises `UnknownCustomer`."""
    match command:
        case CustomerUpserted():
            return _upsert(view, command)
        case CustomerFlagged(ref=ref, flag=flag, on=on):
            return _edit(view, ref, lambda old: replace(old, flags=_flagged(old.flags, flag, on=on)))
        case CustomerConsented(ref=ref, consent=consent):
            return _edit(view, ref, lambda old: replace(old, consents=(*old.consents, consent)))
        case AddressMarked(ref=ref, handle=handle):
            return _edit(view, ref, lambda old: replace(old, handles=_marked(old.handles, handle)))
        case other:
            assert_never(other)


def _upsert(view: View, command: CustomerUpserted) -> Customer | None:
    before = _find(view, command.ref)
    if before is None:
        customer_id = command.ref.customer_id or time_ordered_id(command.arrived_at, "customer", _key(command.ref))
        before = Customer(customer_id)
    given = {name: getattr(command.profile, name) for name in command.fields}
    wanted = replace(before, **{**given, "handles": _joined(before.handles, given.get("handles", ()))})
    own = tuple(handle for handle in wanted.handles if _is_free(view, _handle_key(handle), before.customer_id))
    external = command.ref.external_id
    externals = dict.fromkeys((*before.external_ids, *wanted.external_ids, *(() if external is None else (external,))))
    after = replace(wanted, handles=own, external_ids=tuple(externals))
    for key in _keys(after):
        view.put(handle_subject(key), HandleOwner(after.customer_id))
    return _save(view, before, after)


def _edit(view: View, ref: CustomerRef, edit: Callable[[Customer], Customer]) -> Customer | None:
    before = _find(view, ref)
    if before is None:
        raise UnknownCustomer(ref)
    return _save(view, before, edit(before))


def _save(view: View, before: Customer, after: Customer) -> Customer | None:
    if after == before and before.version > 0:
        return None
    numbered = replace(after, version=before.version + 1)
    view.put(customer_subject(numbered.customer_id), numbered)
    return numbered


def _find(view: View, ref: CustomerRef) -> Customer | None:
    customer_id = ref.customer_id or _owner(view, _key(ref))
    return None if customer_id is None else view.get(customer_subject(customer_id), Customer)


def _owner(view: View, key: str) -> UUID | None:
    found = view.get(handle_subject(key), HandleOwner)
    return None if found is None else found.customer_id


def _joined(known: tuple[CustomerHandle, ...], given: tuple[CustomerHandle, ...]) -> tuple[CustomerHandle, ...]:
    """What a customer is reached by is only ever added to or corrected: who sends a list may not know them all."""
    return tuple({_handle_key(one): one for one in (*known, *given)}.values())


def _is_free(view: View, key: str, customer_id: UUID) -> bool:
    return _owner(view, key) in (None, customer_id)


def _key(ref: CustomerRef) -> str:
    external = ref.external_id
    return "" if external is None else f"external:{external.system}/{external.id}".casefold()


def _keys(customer: Customer) -> list[str]:
    external = [f"external:{one.system}/{one.id}".casefold() for one in customer.external_ids]
    return sorted({*map(_handle_key, customer.handles), *external})


def _handle_key(handle: CustomerHandle) -> str:
    return f"{handle.kind}:{handle.value.casefold()}"


def _flagged(flags: tuple[str, ...], flag: str, *, on: bool) -> tuple[str, ...]:
    rest = tuple(one for one in flags if one != flag)
    return (*rest, flag) if on else rest


def _marked(handles: tuple[CustomerHandle, ...], marked: CustomerHandle) -> tuple[CustomerHandle, ...]:
    same = _handle_key(marked)
    return tuple(replace(one, state=marked.state) if _handle_key(one) == same else one for one in handles)
