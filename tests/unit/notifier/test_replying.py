"""Does the agent's answer reach the customer where they wrote from, in their thread, or fail for all to see?"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bellhop_common.decision import CallOutcome
from bellhop_notifier.domain.conversations import Route
from bellhop_notifier.domain.customers import Profile
from bellhop_notifier.domain.events import ChatText
from bellhop_notifier.domain.inputs import CancelRequested, NoticeRequested
from bellhop_notifier.domain.notice import Recipient
from bellhop_notifier.domain.subjects import notice_id
from support.notifier_play import (
    ARRIVED,
    CHAT_ROUTE,
    CONVERSATION,
    CUSTOMER,
    DESK,
    FORM_ROUTE,
    MARIA,
    NOON,
    REPLIED,
    REPLY,
    Play,
    facts,
    reply_over,
)

WHATSAPP = Route("wa", "whatsapp", "359881234567", can_reply_until=NOON + timedelta(hours=24))
NO_MAIL = replace(MARIA, handles=())


def replied_over(route: Route, profile: Profile = MARIA) -> Play:
    play = Play().set_the_scene(profile=profile)
    play.tell(reply_over(route))
    play.tell(REPLIED)
    return play


def test_a_mail_is_answered_by_mail_in_its_thread() -> None:
    body = replied_over(ARRIVED.route).calls[0].body
    assert body["address"] == "maria@example.org"
    assert body["in_reply_to"] == "<1@example.org>"
    assert body["references"] == ("<0@example.org>",)
    assert body["from_address"] == "help@shop.example"
    assert body["automatic"] == "no"


def test_a_reply_is_known_by_its_reply_id() -> None:
    play = replied_over(ARRIVED.route)
    assert play.calls[0].call_id == notice_id(f"reply/{REPLY}")
    assert play.calls[0].repeat_in_doubt


def test_the_same_reply_is_sent_once() -> None:
    play = replied_over(ARRIVED.route)
    assert facts(play.tell(REPLIED)) == []


LATER = UUID("00000000-0000-7000-8000-00000000f002")
WROTE_AGAIN = replace(ARRIVED, contact_id=LATER, route=replace(ARRIVED.route, message_id="<2@example.org>"))


def test_the_newest_message_is_answered_though_the_work_began_with_an_older_one() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(WROTE_AGAIN)
    play.tell(replace(REPLIED, route=ARRIVED.route))
    assert play.calls[0].body["in_reply_to"] == "<2@example.org>"


def test_an_answer_to_an_older_message_goes_there() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(WROTE_AGAIN)
    play.tell(replace(REPLIED, in_reply_to=ARRIVED.contact_id))
    assert play.calls[0].body["in_reply_to"] == "<1@example.org>"


def test_before_its_contact_is_known_here_a_reply_takes_the_way_it_brings() -> None:
    play = Play().set_the_scene()
    play.tell(replace(REPLIED, route=ARRIVED.route))
    assert play.calls[0].body["in_reply_to"] == "<1@example.org>"


def test_a_live_chat_is_answered_in_the_same_transaction() -> None:
    play = replied_over(CHAT_ROUTE)
    assert facts(play.told) == ["reply scheduled", "reply sent"]
    assert [one.text for one in play.told if isinstance(one, ChatText)] == ["It is on its way."]
    assert play.calls == []


def test_a_message_over_whatsapp_is_answered_there_within_its_window() -> None:
    body = replied_over(WHATSAPP).calls[0].body
    assert (body["channel"], body["address"]) == ("whatsapp", "359881234567")


def test_after_the_window_mail_takes_over() -> None:
    body = replied_over(replace(WHATSAPP, can_reply_until=NOON)).calls[0].body
    assert (body["channel"], body["address"]) == ("email", "maria@example.org")


def test_after_the_window_and_without_an_address_it_fails() -> None:
    play = replied_over(replace(WHATSAPP, can_reply_until=NOON), NO_MAIL)
    assert facts(play.told) == ["reply scheduled", "reply failed reply-window"]


@pytest.mark.parametrize("channel", ["form", "phone", "event"])
def test_who_came_by_a_one_way_channel_is_answered_by_mail(channel: str) -> None:
    assert replied_over(replace(FORM_ROUTE, channel=channel)).calls[0].body["address"] == "maria@example.org"


def test_who_came_by_a_form_without_an_address_cannot_be_answered() -> None:
    assert facts(replied_over(FORM_ROUTE, NO_MAIL).told) == ["reply scheduled", "reply failed no-route"]


def test_a_channel_without_a_provider_falls_back_to_mail() -> None:
    assert replied_over(Route("tg", "telegram", "4711")).calls[0].body["channel"] == "email"


def test_an_address_that_is_dead_is_not_fallen_back_to() -> None:
    dead = replace(MARIA, handles=(replace(MARIA.handles[0], state="dead"),))
    assert facts(replied_over(FORM_ROUTE, dead).told) == ["reply scheduled", "reply failed no-route"]


def test_a_desk_without_a_mailbox_cannot_answer_by_mail() -> None:
    play = Play().set_the_scene(replace(DESK, entry_points=()))
    play.tell(ARRIVED)
    assert facts(play.tell(REPLIED)) == ["reply scheduled", "reply failed no-route"]


def test_a_reply_with_attachments_fails_visibly() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    assert facts(play.tell(replace(REPLIED, attachments=1))) == ["reply scheduled", "reply failed attachments"]


def test_who_must_not_be_contacted_is_still_answered() -> None:
    assert len(replied_over(ARRIVED.route, replace(MARIA, do_not_contact=True)).calls) == 1


def test_who_was_erased_is_not_answered() -> None:
    play = replied_over(ARRIVED.route, Profile(status="erased"))
    assert facts(play.told) == ["reply scheduled", "reply suppressed erased"]


def test_a_refused_send_is_a_failed_notice() -> None:
    play = replied_over(ARRIVED.route)
    assert facts(play.end_call(CallOutcome.FAILED, "recipient-refused")) == ["reply failed recipient-refused"]


def test_a_send_that_stays_in_doubt_is_a_failed_notice_that_says_so() -> None:
    play = replied_over(ARRIVED.route)
    assert facts(play.end_call(CallOutcome.IN_DOUBT)) == ["reply failed in-doubt"]


def test_the_answer_goes_to_whoever_wrote_where_no_customer_is_known() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    unknown = replace(REPLIED, place=replace(REPLIED.place, customer_id=None))
    play.tell(unknown)
    kept = play.state.get(play.calls[0].subject)
    assert play.calls[0].body["address"] == "maria@example.org"
    assert getattr(kept, "recipient", None) == Recipient("address", play.means.hide("Maria@example.org"))


ASKED = NoticeRequested("cmd-1", "shop", Recipient("customer", str(CUSTOMER)), "We close early today.", "Hours")


def test_an_operator_may_write_to_a_customer() -> None:
    play = Play().set_the_scene()
    assert facts(play.tell(ASKED)) == ["message scheduled"]
    assert play.calls[0].body["address"] == "maria@example.org"


def test_an_address_that_is_only_known_by_its_hash_has_no_route() -> None:
    play = Play().set_the_scene()
    asked = replace(ASKED, recipient=Recipient("address", "5d41402abc4b2a76"))
    assert facts(play.tell(asked)) == ["message scheduled", "message failed no-route"]


def test_what_is_asked_for_later_can_be_cancelled_until_then() -> None:
    play = Play().set_the_scene()
    play.tell(replace(ASKED, send_at=NOON + timedelta(hours=1)))
    known = [subject for subject in play.state if subject.kind == "notice"]
    assert facts(play.tell(CancelRequested(UUID(known[0].id)))) == ["message cancelled requested"]
    assert facts(play.wait(timedelta(hours=2))) == []


def test_what_is_being_sent_cannot_be_cancelled() -> None:
    play = replied_over(ARRIVED.route)
    assert facts(play.tell(CancelRequested(play.calls[0].call_id))) == []
    assert REPLIED.place.conversation_id == CONVERSATION
