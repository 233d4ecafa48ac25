"""Do tokens come back from the addresses and Message-IDs that carry them, and from nothing else?"""

from uuid import UUID

import pytest

from bellhop_common.tokens import (
    conversation_token,
    message_id,
    read_message_id,
    read_reply_address,
    reply_address,
)

CONVERSATION = UUID("0190b5a8-7c1e-7000-8000-000000000001")
NOTICE = UUID("3f0f8c1a-52de-5e0b-9a6b-0d2b7f1f4f11")
TOKEN = conversation_token(b"key", CONVERSATION)


def test_a_token_is_26_characters_of_base32_in_lower_case() -> None:
    assert len(TOKEN) == 26
    assert set(TOKEN) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_another_key_gives_another_token() -> None:
    assert conversation_token(b"other key", CONVERSATION) != TOKEN


def test_a_reply_address_gives_back_its_token_whatever_its_case() -> None:
    address = reply_address(TOKEN, "help.example")
    assert address == f"reply+{TOKEN}@help.example"
    assert read_reply_address(address.upper()) == TOKEN


def test_a_message_id_gives_back_its_token_with_and_without_brackets() -> None:
    written = message_id(NOTICE, TOKEN, "help.example")
    assert written == f"<3f0f8c1a-52de-5e0b-9a6b-0d2b7f1f4f11.{TOKEN}@help.example>"
    assert read_message_id(written) == TOKEN
    assert read_message_id(written.strip("<>").upper()) == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "help@help.example",
        f"reply+{TOKEN[:-1]}@help.example",
        f"reply+{TOKEN}1@help.example",
        f"x-reply+{TOKEN}@help.example",
        f"reply+{TOKEN}@help.example\nx",
        f"<{NOTICE}.@help.example>",
        f"<{TOKEN}@help.example>",
    ],
)
def test_what_is_not_ours_carries_no_token(text: str) -> None:
    assert read_reply_address(text) is None
    assert read_message_id(text) is None
