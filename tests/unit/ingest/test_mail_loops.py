"""Did a machine write it? Each mark by itself."""

from dataclasses import replace

import pytest

from bellhop_ingest.domain.mail_loops import automatic_reply_unwanted, park_mark
from bellhop_ingest.domain.outcomes import ParkReason
from support.ingest_messages import DESK_DOOR

DOOR = replace(DESK_DOOR, own_domains=frozenset({"desk.example"}), own_addresses=frozenset({"help@desk.example"}))
ANA = "ana@example.com"


def mark(**headers: str) -> ParkReason | None:
    named = {name.replace("_", "-").lower(): (value,) for name, value in headers.items()}
    found = park_mark(named, ANA, DOOR)
    return None if found is None else found.reason


def test_a_persons_mail_has_no_mark() -> None:
    assert mark(Subject="Parcel", Auto_Submitted="no", Message_ID="<1@example.com>") is None


@pytest.mark.parametrize("value", ["auto-replied", "auto-generated", "auto-replied (vacation)", "AUTO-NOTIFIED; x=y"])
def test_auto_submitted_other_than_no_is_an_automatic_reply(value: str) -> None:
    assert mark(Auto_Submitted=value) is ParkReason.AUTO_REPLY


def test_a_null_return_path_is_an_automatic_reply() -> None:
    assert mark(Return_Path="<>") is ParkReason.AUTO_REPLY


def test_an_empty_envelope_sender_is_an_automatic_reply() -> None:
    found = park_mark({}, ANA, replace(DOOR, envelope_sender=""))
    assert found is not None
    assert found.reason is ParkReason.AUTO_REPLY


def test_a_message_id_of_our_own_domain_is_a_loop() -> None:
    assert mark(Message_ID="<7@desk.example>") is ParkReason.LOOP


def test_x_loop_is_a_loop() -> None:
    assert mark(X_Loop="help@desk.example") is ParkReason.LOOP


def test_mail_from_our_own_address_is_a_loop() -> None:
    found = park_mark({}, "help@desk.example", DOOR)
    assert found is not None
    assert found.reason is ParkReason.LOOP


@pytest.mark.parametrize("header", ["List_Id", "List_Unsubscribe", "List_Post"])
def test_list_mail_is_parked(header: str) -> None:
    assert mark(**{header: "<news.example.org>"}) is ParkReason.LIST


def test_bulk_precedence_is_list_mail() -> None:
    assert mark(Precedence="bulk") is ParkReason.LIST


def test_customers_may_write_through_a_list_of_ours() -> None:
    assert mark(List_Id="Help <help.desk.example>", Precedence="list") is None


def test_out_of_office_in_the_subject_is_an_automatic_reply() -> None:
    assert mark(Subject="Automatic reply: Parcel") is ParkReason.AUTO_REPLY
    assert mark(Subject="Автоматичен отговор: Пратка") is ParkReason.AUTO_REPLY


def test_a_read_receipt_is_an_automatic_reply() -> None:
    content_type = "multipart/report; report-type=disposition-notification"
    assert mark(Content_Type=content_type) is ParkReason.AUTO_REPLY


def test_who_wants_no_automatic_answer_is_still_a_person() -> None:
    headers = {"x-auto-response-suppress": ("OOF, AutoReply",)}
    assert automatic_reply_unwanted(headers)
    assert park_mark(headers, ANA, DOOR) is None
