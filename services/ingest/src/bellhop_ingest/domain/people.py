"""Whose arrival is this? The customer under one of the sender's handles, or a new one."""

from dataclasses import replace
from uuid import UUID

from bellhop_ingest.domain.arrival import Handle, Sender
from bellhop_ingest.domain.channels import HandleKind
from bellhop_ingest.domain.documents import (
    Customer,
    CustomerHandle,
    ExternalId,
    HandleOwner,
    customer_subject,
    handle_subject,
)
from bellhop_ingest.domain.identity import KnownCustomer, Matched, identify
from bellhop_ingest.domain.view import View


def find_or_create(view: View, sender: Sender, new_id: UUID) -> tuple[Customer, bool]:
    """The customer as it is from now on, and whether that is news. Handles nobody has yet become theirs."""
    keys = sorted(sender.keys)
    view.need(handle_subject(key) for key in keys)
    owners = {owner.customer_id for key in keys if (owner := view.get(handle_subject(key), HandleOwner)) is not None}
    view.need(customer_subject(owner) for owner in owners)
    known = [customer for owner in sorted(owners) if (customer := _living(view, owner)) is not None]
    found = identify(sender, [_as_known(customer) for customer in known])
    if isinstance(found, Matched):
        before = next(customer for customer in known if customer.customer_id == found.customer_id)
    else:
        before = Customer(new_id)
    return _enrich(view, before, sender)


def _living(view: View, customer_id: UUID) -> Customer | None:
    """Follows merges; an erased customer is nobody."""
    customer = view.get(customer_subject(customer_id), Customer)
    while customer is not None and customer.merged_into is not None:
        customer = view.get(customer_subject(customer.merged_into), Customer)
    return None if customer is None or customer.status == "erased" else customer


def _enrich(view: View, before: Customer, sender: Sender) -> tuple[Customer, bool]:
    free = [key for key in sorted(sender.keys) if view.get(handle_subject(key), HandleOwner) is None]
    handles = tuple(_own(handle) for handle in sender.handles if handle.key in free)
    external = tuple(
        ExternalId(system, value)
        for system, value in sender.external_ids
        if f"external:{system}/{value}".casefold() in free
    )
    after = replace(
        before,
        handles=before.handles + handles,
        external_ids=before.external_ids + external,
        name=before.name or sender.name,
        locale=before.locale or sender.locale,
    )
    if after == before and before.version > 0:
        return before, False
    after = replace(after, version=before.version + 1)
    view.put(customer_subject(after.customer_id), after)
    for key in free:
        view.put(handle_subject(key), HandleOwner(after.customer_id))
    return after, True


def _own(handle: Handle) -> CustomerHandle:
    return CustomerHandle(handle.kind, handle.value, handle.verified)


def _as_known(customer: Customer) -> KnownCustomer:
    return KnownCustomer(
        customer.customer_id,
        tuple(Handle(HandleKind(handle.kind), handle.value, handle.verified) for handle in customer.handles),
        tuple((external.system, external.id) for external in customer.external_ids),
    )
