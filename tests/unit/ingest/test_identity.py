"""Who is it? Stronger handles beat weaker ones, and two proven people are never made one."""

from uuid import UUID

from bellhop_ingest.domain.arrival import Handle, Sender
from bellhop_ingest.domain.channels import HandleKind
from bellhop_ingest.domain.identity import KnownCustomer, Matched, Stranger, Strength, identify

MAIL = Handle(HandleKind.EMAIL, "ana@example.com")
PHONE = Handle(HandleKind.PHONE, "+14155550123")
CHAT = Handle(HandleKind.CHAT, "visitor-1")
PROVEN_MAIL = Handle(HandleKind.EMAIL, "ana@example.com", verified=True)
PROVEN_PHONE = Handle(HandleKind.PHONE, "+14155550123", verified=True)


def customer(number: int, *handles: Handle, crm: str | None = None) -> KnownCustomer:
    return KnownCustomer(UUID(int=number), handles, (("crm", crm),) if crm else ())


def test_nobody_known_is_a_stranger() -> None:
    assert identify(Sender((MAIL,)), []) == Stranger()


def test_an_address_is_known_whatever_its_case() -> None:
    found = identify(Sender((Handle(HandleKind.EMAIL, "ANA@example.com"),)), [customer(1, MAIL)])
    assert found == Matched(UUID(int=1), Strength.EMAIL)


def test_mail_beats_phone_and_phone_beats_other_handles() -> None:
    known = [customer(1, CHAT), customer(2, PHONE), customer(3, MAIL)]
    found = identify(Sender((CHAT, PHONE, MAIL)), known)
    assert found == Matched(UUID(int=3), Strength.EMAIL, (UUID(int=2), UUID(int=1)))


def test_a_handle_proven_on_both_sides_beats_everything() -> None:
    found = identify(Sender((MAIL, PROVEN_PHONE)), [customer(1, MAIL), customer(2, PROVEN_PHONE)])
    assert isinstance(found, Matched)
    assert (found.customer_id, found.by) == (UUID(int=2), Strength.VERIFIED)


def test_what_only_the_message_proves_counts_by_its_kind() -> None:
    found = identify(Sender((PROVEN_MAIL,)), [customer(1, MAIL)])
    assert found == Matched(UUID(int=1), Strength.EMAIL)


def test_two_different_proven_ids_are_never_merged() -> None:
    other = Handle(HandleKind.EMAIL, "eve@example.com", verified=True)
    found = identify(Sender((PROVEN_MAIL, PHONE)), [customer(1, PROVEN_MAIL), customer(2, PHONE, other)])
    assert found == Matched(UUID(int=1), Strength.VERIFIED)


def test_two_names_of_one_outside_system_are_two_people() -> None:
    known = [customer(1, MAIL, crm="7"), customer(2, PHONE, crm="8")]
    assert identify(Sender((MAIL, PHONE)), known) == Matched(UUID(int=1), Strength.EMAIL)


def test_equal_strength_goes_to_the_older_customer() -> None:
    found = identify(Sender((MAIL,)), [customer(9, MAIL), customer(4, MAIL)])
    assert isinstance(found, Matched)
    assert found.customer_id == UUID(int=4)


def test_a_name_of_an_outside_system_is_proof() -> None:
    sender = Sender(external_ids=(("crm", "7"),))
    assert identify(sender, [customer(1, crm="7")]) == Matched(UUID(int=1), Strength.VERIFIED)
