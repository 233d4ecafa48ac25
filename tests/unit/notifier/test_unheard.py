"""Does what was said into an empty chat still reach the customer?"""

from dataclasses import replace
from datetime import timedelta

from bellhop_notifier.domain.inputs import Receipt
from bellhop_notifier.domain.notice import NoticeEvent
from support.notifier_play import CHAT_ROUTE, CUSTOMER, MARIA, REPLIED, Play, facts, reply_over

HALF_A_MINUTE = timedelta(seconds=30)


def said_in_a_chat(*, with_mail: bool = True) -> Play:
    play = Play().set_the_scene(profile=MARIA if with_mail else replace(MARIA, handles=()))
    play.tell(reply_over(CHAT_ROUTE))
    play.tell(REPLIED)
    return play


def heard(play: Play) -> Receipt:
    known = next(one.notice.notice_id for one in play.told if isinstance(one, NoticeEvent))
    return Receipt(str(known), "delivered", permanent=False, error_class="")


def test_what_was_received_goes_nowhere_else() -> None:
    play = said_in_a_chat()
    assert facts(play.tell(heard(play))) == ["reply delivered"]
    assert facts(play.wait(HALF_A_MINUTE)) == []
    assert play.calls == []


def test_after_half_a_minute_it_goes_by_mail() -> None:
    play = said_in_a_chat()
    assert facts(play.wait(timedelta(seconds=29))) == []
    assert facts(play.wait(timedelta(seconds=1))) == ["reply bounced", "reply scheduled"]
    body = play.calls[0].body
    assert (body["channel"], body["address"], body["automatic"]) == ("email", "maria@example.org", "no")
    variables = body["variables"]
    assert isinstance(variables, dict)
    assert variables["text"] == "It is on its way."
    assert facts(play.end_call()) == ["reply sent"]


def test_the_mail_is_a_notice_of_its_own_about_the_same_reply() -> None:
    play = said_in_a_chat()
    play.wait(HALF_A_MINUTE)
    play.end_call()
    ends = [one.notice for one in play.told if isinstance(one, NoticeEvent) and one.fact.value == "sent"]
    assert len({one.notice_id for one in ends}) == 2
    assert {one.reply_id for one in ends} == {REPLIED.reply_id}
    assert {one.recipient.id for one in ends} == {str(CUSTOMER)}


def test_without_an_address_it_comes_back_for_good() -> None:
    play = said_in_a_chat(with_mail=False)
    told = play.wait(HALF_A_MINUTE)
    assert [(one.permanent, one.error_class) for one in told if isinstance(one, NoticeEvent)] == [(True, "unreceived")]
    assert play.calls == []


def test_the_words_are_kept_no_longer_than_that() -> None:
    play = said_in_a_chat()
    play.tell(heard(play))
    assert "on its way" not in str(dict(play.state))


def test_a_receipt_that_comes_after_the_mail_still_counts() -> None:
    play = said_in_a_chat()
    play.wait(HALF_A_MINUTE)
    assert facts(play.tell(heard(play))) == ["reply delivered"]
