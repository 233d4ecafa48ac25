"""What does a profile from elsewhere change about a customer, and what does it leave?"""

from dataclasses import fields, replace
from uuid import UUID

from bellhop_ingest.domain.documents import Customer, CustomerHandle, ExternalId, Occasion
from bellhop_ingest.domain.events import ContactReceived, CustomerChanged
from bellhop_ingest.domain.inputs import AddressMarked, CustomerFlagged, CustomerRef, CustomerUpserted
from support.ingest_memory import NOON, Memory, mail

ANA = UUID(int=7)
NOBODY = Customer(UUID(int=0))
MAIL = CustomerHandle("email", "ana@example.org")
PHONE = CustomerHandle("phone", "+4930123456", verified=True)


def upsert(memory: Memory, profile: Customer, customer_id: UUID = ANA) -> Customer | None:
    """What differs from an empty profile counts as given."""
    given = frozenset(one.name for one in fields(profile) if getattr(profile, one.name) != getattr(NOBODY, one.name))
    events = memory.tell(CustomerUpserted(CustomerRef(customer_id), profile, given, NOON))
    changed = [event.customer for event in events if isinstance(event, CustomerChanged)]
    return changed[0] if changed else None


def test_only_what_is_given_replaces_what_is_known() -> None:
    memory = Memory()
    upsert(memory, replace(NOBODY, name="Ana", vip=True))
    after = upsert(memory, replace(NOBODY, occasions=(Occasion("birthday", 2, 29),)))
    assert after is not None
    assert (after.name, after.vip, after.version) == ("Ana", True, 2)


def test_handles_are_added_to_and_corrected_never_lost() -> None:
    memory = Memory()
    upsert(memory, replace(NOBODY, handles=(MAIL,)))
    after = upsert(memory, replace(NOBODY, handles=(PHONE, replace(MAIL, verified=True))))
    assert after is not None
    assert set(after.handles) == {PHONE, replace(MAIL, verified=True)}


def test_another_customers_handle_stays_theirs() -> None:
    memory = Memory()
    upsert(memory, replace(NOBODY, handles=(MAIL,)))
    other = upsert(memory, replace(NOBODY, name="Bo", handles=(MAIL, PHONE)), UUID(int=8))
    assert other is not None
    assert other.handles == (PHONE,)


def test_saying_the_same_again_changes_nothing() -> None:
    memory = Memory()
    upsert(memory, replace(NOBODY, name="Ana", handles=(MAIL,)))
    assert upsert(memory, replace(NOBODY, name="Ana", handles=(MAIL,))) is None


def test_mail_from_a_known_address_is_the_known_customers() -> None:
    memory = Memory()
    upsert(memory, replace(NOBODY, name="Ana P.", handles=(MAIL,)))
    upsert(memory, replace(NOBODY, handles=(PHONE,)))
    memory.admit(mail("<1@example.org>"))
    (received,) = [event for event in memory.events if isinstance(event, ContactReceived)]
    assert (received.customer.customer_id, received.customer.name) == (ANA, "Ana P.")


def test_a_customer_named_by_anothers_system_is_found_again() -> None:
    memory, shop = Memory(), ExternalId("shop", "c-1")
    by_shop = CustomerRef(external_id=shop)
    memory.tell(CustomerUpserted(by_shop, replace(NOBODY, name="Ana"), frozenset({"name"}), NOON))
    (event,) = memory.tell(CustomerFlagged(by_shop, "abusive", on=True))
    assert isinstance(event, CustomerChanged)
    assert (event.customer.external_ids, event.customer.flags) == ((shop,), ("abusive",))


def test_who_is_not_known_yet_is_waited_for() -> None:
    missing = Memory().refuse(CustomerFlagged(CustomerRef(ANA), "abusive", on=True))
    assert (missing.kind, missing.id) == ("customer", str(ANA))


def test_an_address_that_bounces_is_marked() -> None:
    memory = Memory()
    upsert(memory, replace(NOBODY, handles=(MAIL, PHONE)))
    (event,) = memory.tell(AddressMarked(CustomerRef(ANA), replace(MAIL, state="dead")))
    assert isinstance(event, CustomerChanged)
    assert [one.state for one in event.customer.handles] == ["dead", "good"]
