"""Is what was said to a visitor kept until it was heard, and told once when it was?"""

from uuid import UUID

from bellhop_ingest.domain.chats import KEPT, ChatLog, Said, hear, say
from support.ingest_memory import NOON

FIRST, SECOND = UUID(int=1), UUID(int=2)


def said(notice_id: UUID) -> Said:
    return Said(notice_id, "Eva", "Hello", NOON)


def test_what_was_said_is_unheard_until_the_page_says_otherwise() -> None:
    log = say(say(ChatLog(), said(FIRST), NOON).log, said(SECOND), NOON).log
    logged = hear(log, FIRST, NOON)
    assert logged.heard
    assert [one.notice_id for one in logged.log.unheard()] == [SECOND]


def test_hearing_twice_is_told_once() -> None:
    log = hear(say(ChatLog(), said(FIRST), NOON).log, FIRST, NOON).log
    assert not hear(log, FIRST, NOON).heard


def test_hearing_ahead_of_our_own_note_is_told_with_the_note() -> None:
    ahead = hear(ChatLog(), FIRST, NOON)
    logged = say(ahead.log, said(FIRST), NOON)
    assert (ahead.heard, logged.heard) == (False, True)
    assert logged.log.unheard() == ()
    assert logged.log.heard_ahead == ()


def test_saying_twice_is_noted_once() -> None:
    log = say(ChatLog(), said(FIRST), NOON).log
    assert say(log, said(FIRST), NOON).log == log


def test_a_page_that_claims_to_have_heard_anything_fills_no_memory() -> None:
    log = ChatLog()
    for number in range(KEPT + 50):
        log = hear(log, UUID(int=number), NOON).log
    assert len(log.heard_ahead) == KEPT
