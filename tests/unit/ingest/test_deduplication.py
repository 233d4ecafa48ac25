"""Is it new, a repeat, a change, or another message under the same id?"""

from dataclasses import replace

import pytest

from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.deduplication import (
    DedupeKey,
    Verdict,
    contact_id,
    judge,
    key_of,
    mail_digest,
    origin_contact_id,
)
from bellhop_ingest.domain.outcomes import Origin
from support.ingest_messages import DESK_DOOR, message, received

MAIL = received(normalise("email", message("email-replies/gmail.eml"), DESK_DOOR))
CHAT = replace(MAIL, channel=Channel.CHAT, provider="chat", provider_message_id="s/1")


def test_what_nobody_has_seen_is_new() -> None:
    assert judge(MAIL, []) is Verdict.NEW


def test_the_same_content_is_a_repeat() -> None:
    assert judge(MAIL, ["other", MAIL.digest]) is Verdict.REPEAT


def test_other_content_under_a_providers_id_is_a_change() -> None:
    assert judge(CHAT, ["other"]) is Verdict.CHANGED


def test_other_content_under_a_message_id_is_another_contact() -> None:
    forged = replace(MAIL, digest="other")
    assert judge(forged, [MAIL.digest]) is Verdict.DISTINCT
    assert contact_id(forged) != contact_id(MAIL)


def test_the_key_is_entry_point_provider_and_id() -> None:
    assert key_of(CHAT) == DedupeKey("support", "chat", "s/1")


def test_an_edit_names_the_contact_that_it_edits() -> None:
    assert origin_contact_id(Origin(Channel.CHAT, "support", "chat", "s/1")) == contact_id(CHAT)


@pytest.mark.parametrize(
    "added", [b"Received: from x\n by y\n", b"Return-Path: <a@b.example>\n", b"From someone Mon Jan  1\n", b"\r\n"]
)
def test_what_a_hop_adds_does_not_change_the_digest(added: bytes) -> None:
    mail = b"From: a@b.example\nSubject: x\n\ntext\n"
    assert mail_digest((added + mail).lstrip(b"\r\n")) == mail_digest(mail)


def test_a_folded_trace_field_is_left_out_whole() -> None:
    assert mail_digest(b"DKIM-Signature: a\n b\nFrom: x\n\nt") != mail_digest(b"From: x\n\nt")
    assert mail_digest(b"Received: a\n\tb\n c\nFrom: x\n\nt") == mail_digest(b"From: x\n\nt")
