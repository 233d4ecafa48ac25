"""What does a conversation go through after somebody has it?"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import (
    Abandoned,
    Assigned,
    AssignmentEnded,
    Offered,
    Queued,
    Rejected,
    Reopened,
    Replied,
    ReplyFailed,
    ReplyText,
    Requeued,
    Resolution,
    Resolved,
    Resumed,
    WrapUpStarted,
)
from bellhop_router.domain.inputs import (
    Claim,
    ContactAbandoned,
    FinishWrapUp,
    Note,
    NoticeLost,
    Open,
    Pend,
    Place,
    Reply,
    Requeue,
    Resolve,
    Resume,
    Transfer,
)
from bellhop_router.domain.names import Actor, AgentId, CustomerId
from bellhop_router.domain.work import WrappingUp
from support.routing import (
    ANA,
    BEN,
    BILLING,
    CHAT,
    CHEN,
    EMAIL,
    FRONT,
    NOON,
    PHONE,
    POLICY,
    SUPERVISOR,
    Play,
    contact,
    conversation_id,
    names,
    one,
    reply_id,
)

AS_ANA = Actor("agent", ANA)
DONE = Resolve(Resolution("done"))


def with_ana(channel: str = "email") -> Play:
    play = Play.opened(present="ana")
    play.feed(contact(1, EMAIL if channel == "email" else PHONE))
    play.accept(1)
    return play


def test_a_further_message_joins_the_open_item() -> None:
    play = with_ana()
    assert names(play.feed(contact(1))) == ["ContactAdded"]


def test_resolving_without_wrap_up_frees_the_capacity_at_once() -> None:
    play = with_ana()
    assert names(play.work(1, DONE, AS_ANA)) == ["Resolved", "AssignmentEnded"]
    assert play.used(ANA) == 0


def test_wrap_up_holds_capacity_after_the_resolution() -> None:
    play = with_ana("phone")
    said = play.work(1, DONE, AS_ANA)
    assert names(said) == ["Resolved", "WrapUpStarted"]
    assert one(said, WrapUpStarted).until == NOON + timedelta(seconds=60)
    assert play.used(ANA) == 100
    assert names(play.wait(60)) == ["WrapUpEnded", "AssignmentEnded"]
    assert play.used(ANA) == 0


def test_a_wrap_up_may_be_finished_early() -> None:
    play = with_ana("phone")
    play.work(1, DONE, AS_ANA)
    step = play.item(1).step
    assert isinstance(step, WrappingUp)
    assert names(play.work(1, FinishWrapUp(step.assignment_id), AS_ANA)) == ["WrapUpEnded", "AssignmentEnded"]


def test_a_new_message_during_the_wrap_up_reopens_beside_it() -> None:
    play = with_ana("phone")
    play.work(1, DONE, AS_ANA)
    said = play.feed(contact(1, EMAIL))
    assert names(said) == ["Reopened", "Queued"]
    assert one(said, Queued).about.cycle == 2
    play.wait(30)
    play.be(ANA, Presence.AVAILABLE)
    assert names(play.wait(30)) == ["WrapUpEnded", "AssignmentEnded", "Offered"]


def test_pending_frees_capacity_and_the_customers_reply_takes_it_again() -> None:
    play = with_ana()
    assert names(play.work(1, Pend("customer"), AS_ANA)) == ["Pended"]
    assert play.used(ANA) == 0
    said = play.feed(contact(1))
    assert names(said) == ["ContactAdded", "Resumed"]
    assert play.used(ANA) == 10


def test_a_reply_to_pended_work_whose_agent_is_full_requeues_at_its_age_and_prefers_that_agent() -> None:
    play = with_ana()
    play.work(1, Pend("customer"), AS_ANA)
    play.feed(contact(2, PHONE))
    play.wait(10)
    said = play.feed(contact(1))
    assert names(said) == ["ContactAdded", "AssignmentEnded", "Requeued"]
    assert one(said, AssignmentEnded).agent is None
    assert (play.item(1).queued_at, play.item(1).prefer) == (NOON, "ana")


def test_pended_work_comes_back_when_its_time_is_up() -> None:
    play = with_ana()
    play.work(1, Pend("internal", NOON + timedelta(seconds=30)), AS_ANA)
    assert names(play.wait(30)) == ["Resumed"]


def test_resuming_without_room_is_refused() -> None:
    play = with_ana()
    play.work(1, Pend("customer"), AS_ANA)
    play.feed(contact(2, PHONE))
    assert one(play.work(1, Resume(), AS_ANA), Rejected).code == "no-room"


def test_a_message_on_a_resolved_conversation_is_a_new_item_of_the_next_cycle_for_the_same_agent() -> None:
    play = with_ana()
    play.work(1, DONE, AS_ANA)
    first = play.item(1).id
    play.be(BEN, Presence.AVAILABLE)
    said = play.feed(contact(1))
    assert one(said, Reopened).previous_work_item_id == first
    assert one(said, Queued).about.cycle == 2
    assert one(said, Offered).agent_id == "ana"


def test_a_customer_who_leaves_before_anybody_accepted_has_abandoned() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    play.now += timedelta(seconds=7)
    said = play.feed(ContactAbandoned("main", conversation_id(1)))
    assert names(said) == ["OfferRescinded", "Abandoned"]
    assert one(said, Abandoned).waited_seconds == 7.0


def test_hanging_up_after_an_agent_answered_is_no_abandonment() -> None:
    play = with_ana("phone")
    assert names(play.feed(ContactAbandoned("main", conversation_id(1)))) == []


CALLS_BACK = replace(POLICY, channels={**POLICY.channels, "phone": replace(POLICY.channels["phone"], call_back=True)})


def missed() -> Play:
    play = Play.opened(CALLS_BACK)
    play.feed(contact(1, PHONE))
    play.feed(ContactAbandoned("main", conversation_id(1)))
    return play


def test_who_hangs_up_while_waiting_is_called_back_where_the_channel_says_so() -> None:
    play = Play.opened(CALLS_BACK)
    play.feed(contact(1, PHONE))
    said = play.feed(ContactAbandoned("main", conversation_id(1)))
    assert names(said) == ["Abandoned", "Reopened", "Queued"]
    queued = one(said, Queued)
    assert (queued.kind, queued.about.channel, queued.about.cycle) == ("callback", "phone", 2)
    assert names(play.be(ANA, Presence.AVAILABLE)) == ["Offered"]


def test_nobody_is_called_back_after_ringing_for_a_moment() -> None:
    play = Play.opened(CALLS_BACK)
    play.feed(contact(1, PHONE))
    assert names(play.feed(ContactAbandoned("main", conversation_id(1), short=True))) == ["Abandoned"]


def test_another_call_of_theirs_takes_the_place_of_the_call_back() -> None:
    said = missed().feed(contact(1, PHONE))
    assert names(said) == ["Resolved", "Reopened", "Queued"]
    assert one(said, Resolved).resolution.code == "called-again"
    assert (one(said, Queued).kind, one(said, Queued).about.cycle) == ("contact", 3)


def test_a_mail_of_theirs_leaves_the_call_back_as_it_is() -> None:
    assert names(missed().feed(contact(1, EMAIL))) == ["ContactAdded"]


def test_a_call_while_an_agent_calls_back_joins_what_the_agent_has() -> None:
    play = missed()
    play.be(ANA, Presence.AVAILABLE)
    play.accept(1)
    assert names(play.feed(contact(1, PHONE))) == ["ContactAdded"]


def test_hanging_up_twice_opens_one_call_back() -> None:
    assert names(missed().feed(ContactAbandoned("main", conversation_id(1)))) == []


def test_a_claim_by_hand_may_exceed_the_capacity_and_says_so() -> None:
    play = with_ana("phone")
    play.feed(contact(2))
    said = play.work(2, Claim(ANA), AS_ANA)
    assigned = one(said, Assigned)
    assert (assigned.placed.manual, assigned.about.actor) == (True, AS_ANA)
    assert assigned.agent is not None
    assert (assigned.agent.used_after, assigned.agent.capacity) == (110, 100)


def test_a_claim_takes_a_pending_offer_away() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1))
    said = play.work(1, Claim(BEN), Actor("agent", BEN))
    assert names(said) == ["OfferRescinded", "Assigned"]


def test_the_system_may_not_place_work_on_people() -> None:
    play = Play.opened()
    play.feed(contact(1))
    assert one(play.work(1, Place(ANA), Actor("system", "crm")), Rejected).code == "not-allowed"


def test_work_is_only_placed_on_somebody_who_could_be_offered_it() -> None:
    play = Play.opened(present="chen")
    play.feed(contact(1))
    assert one(play.work(1, Place(CHEN), SUPERVISOR), Rejected).code == "not-eligible"


def test_requeued_work_keeps_its_age_and_is_not_offered_to_who_gave_it_back() -> None:
    play = with_ana()
    play.now += timedelta(seconds=20)
    said = play.work(1, Requeue(), AS_ANA)
    assert names(said) == ["AssignmentEnded", "Requeued"]
    assert play.item(1).queued_at == NOON
    assert one(said, Requeued).about.actor == AS_ANA


def test_a_transfer_to_a_queue_ends_the_assignment_first() -> None:
    play = with_ana()
    said = play.work(1, Transfer("theirs", queue=BILLING), AS_ANA)
    assert names(said) == ["AssignmentEnded", "Transferred"]
    assert (play.item(1).queue, play.item(1).queued_at) == ("billing", NOON)


def test_a_transfer_to_an_agent_is_offered_to_that_agent() -> None:
    play = with_ana()
    play.be(BEN, Presence.AVAILABLE)
    said = play.work(1, Transfer("knows it", agent_id=BEN), AS_ANA)
    assert one(said, Offered).agent_id == "ben"


def test_a_transfer_needs_exactly_one_target() -> None:
    play = with_ana()
    assert one(play.work(1, Transfer("where?"), AS_ANA), Rejected).code == "bad-target"
    both = Transfer("both", BILLING, BEN)
    assert one(play.work(1, both, AS_ANA), Rejected).code == "bad-target"


def test_a_reply_says_who_wrote_it_and_what_it_answers() -> None:
    play = with_ana()
    said = play.work(1, Reply(reply_id(1), ReplyText("Hello")), AS_ANA)
    replied = one(said, Replied)
    assert (replied.author.kind, replied.author.agent_id, replied.reply.text) == ("person", "ana", "Hello")
    assert replied.contact.first_contact is not None
    assert replied.contact.first_contact.contact_id == contact(1).contact_id


def test_the_same_reply_is_sent_once() -> None:
    play = with_ana()
    play.work(1, Reply(reply_id(1), ReplyText("Hello")), AS_ANA)
    assert one(play.work(1, Reply(reply_id(1), ReplyText("Hello")), AS_ANA), Rejected).code == "already-done"


def test_a_reply_that_never_arrived_has_failed_once() -> None:
    play = with_ana()
    play.work(1, Reply(reply_id(1), ReplyText("Hello")), AS_ANA)
    lost = NoticeLost(conversation_id(1), reply_id(1), "mailbox-full")
    assert one(play.feed(lost), ReplyFailed).error_class == "mailbox-full"
    assert play.feed(lost) == []


def test_nobody_writes_on_work_that_is_not_theirs() -> None:
    play = with_ana()
    assert one(play.work(1, Note("hm"), Actor("agent", BEN)), Rejected).code == "not-yours"
    play.feed(contact(2, PHONE))
    assert one(play.work(2, Note("hm"), AS_ANA), Rejected).code == "not-assigned"


def test_a_command_from_a_source_that_may_not_act_for_agents_is_refused() -> None:
    play = with_ana()
    assert one(play.work(1, Note("hm"), AS_ANA, source="shop"), Rejected).code == "not-allowed"
    assert names(play.work(1, Note("hm"), AS_ANA, source="desktop")) == ["Noted"]


def test_work_opened_for_later_is_not_offered_before_its_time() -> None:
    play = Play.opened(present="ana")
    ask = Open("callback", CustomerId(UUID(int=7)), "call me at ten past", FRONT, NOON + timedelta(seconds=40))
    assert names(play.work(9, ask, Actor("system", "notifier"))) == ["Queued"]
    assert names(play.wait(40)) == ["Offered"]


def test_opening_a_conversation_that_is_open_is_refused_with_where_it_stands() -> None:
    play = with_ana()
    ask = Open("internal", CustomerId(UUID(int=7)), "again")
    rejected = one(play.work(1, ask, SUPERVISOR), Rejected)
    assert rejected.code == "already-open"
    assert "assigned to ana" in rejected.detail


def test_a_command_on_another_item_than_the_open_one_is_refused() -> None:
    play = with_ana()
    command = play.item(1)
    play.work(1, DONE, AS_ANA)
    play.feed(contact(1))
    assert play.item(1).id != command.id


def test_pended_work_of_an_agent_who_left_is_requeued_when_the_customer_replies() -> None:
    play = with_ana()
    play.work(1, Pend("customer"), AS_ANA)
    play.be(ANA, Presence.OFFLINE)
    said = play.feed(contact(1))
    assert one(said, Requeued).cause == "customer-replied"
    assert not [event for event in said if isinstance(event, Resumed)]


def test_the_holder_is_named_by_agent_id() -> None:
    assert with_ana().item(1).holder == AgentId("ana")
