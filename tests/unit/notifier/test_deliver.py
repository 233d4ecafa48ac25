"""What does a provider's answer mean for the call, and when is enough enough?"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter

from bellhop_common.decision import Call, CallOutcome
from bellhop_common.tokens import read_message_id, read_reply_address
from bellhop_notifier.adapters.deliver import Deliverer, Identity
from bellhop_notifier.adapters.providers.addresses import is_public
from bellhop_notifier.adapters.providers.guard import Guarded, Limits
from bellhop_notifier.adapters.providers.port import (
    Ambiguous,
    Message,
    Permanent,
    ProviderResult,
    SendFailure,
    Temporary,
)
from bellhop_notifier.adapters.templates import Templates
from bellhop_notifier.adapters.unsubscribing import Refusal, link_token, read_link_token
from bellhop_notifier.domain.mail import Rendered
from bellhop_notifier.domain.outbound import Outbound
from support.notifier_play import ARRIVED, CUSTOMER, NOON, REPLIED, RESOLVED, Play

KEY = b"a key"


@dataclass
class Scripted:
    """Answers as it is told, in turn; then well."""

    answers: list[SendFailure] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    name: str = "scripted"

    async def send(self, message: Message) -> ProviderResult:
        self.sent.append(message)
        if self.answers:
            raise self.answers.pop(0)
        return ProviderResult(f"id-{len(self.sent)}")

    async def close(self) -> None:
        self.name = "closed"


@dataclass
class Hands:
    now: datetime = NOON

    def clock(self) -> datetime:
        return self.now


def deliverer(provider: Scripted, hands: Hands | None = None) -> Deliverer:
    identity = Identity(KEY, "https://shop.example")
    return Deliverer({"email": provider}, Templates(), identity, (hands or Hands()).clock)


def reply_call() -> Call:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(REPLIED)
    return play.calls[0]


def thanks_call() -> Call:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(RESOLVED)
    play.wait(timedelta(minutes=1))
    return play.calls[0]


async def test_a_mail_that_went_is_done_and_named() -> None:
    result = await deliverer(Scripted()).perform(reply_call())
    assert result.outcome is CallOutcome.DONE
    assert result.detail == {"provider": "scripted", "provider_message_id": "id-1"}


async def test_an_answer_to_it_leads_back_to_the_conversation() -> None:
    provider = Scripted()
    await deliverer(provider).perform(reply_call())
    mail = provider.sent[0].mail
    assert mail is not None
    assert mail.subject == "Re: Where is my order?"
    assert read_message_id(mail.message_id) == read_reply_address(mail.reply_to)
    assert mail.reply_to.endswith("@shop.example")


async def test_the_message_id_is_the_same_each_time() -> None:
    provider = Scripted([Ambiguous("no-answer")])
    ours = deliverer(provider)
    with pytest.raises(Ambiguous):
        await ours.perform(reply_call())
    await ours.perform(reply_call())
    assert len({one.mail.message_id for one in provider.sent if one.mail is not None}) == 1


async def test_a_refusal_for_good_fails_it() -> None:
    result = await deliverer(Scripted([Permanent("recipient-refused")])).perform(reply_call())
    assert (result.outcome, result.error_class, result.retry_after_seconds) == (
        CallOutcome.FAILED,
        "recipient-refused",
        None,
    )


async def test_a_refusal_for_now_is_tried_again_with_growing_pauses() -> None:
    hands = Hands()
    ours = deliverer(Scripted([Temporary("provider-unreachable")] * 3), hands)
    pauses: list[float | None] = []
    for waited in (0, 60, 7_200):
        hands.now = NOON + timedelta(seconds=waited)
        pauses.append((await ours.perform(reply_call())).retry_after_seconds)
    assert pauses == [5.0, 60.0, 1_800.0]


async def test_the_providers_own_wish_counts() -> None:
    result = await deliverer(Scripted([Temporary("rate-limited", 42.0)])).perform(reply_call())
    assert result.retry_after_seconds == 42.0


async def test_after_half_a_day_it_is_given_up() -> None:
    provider = Scripted()
    result = await deliverer(provider, Hands(NOON + timedelta(hours=12))).perform(reply_call())
    assert (result.outcome, result.error_class) == (CallOutcome.FAILED, "gave-up")
    assert provider.sent == []


async def test_a_reply_in_doubt_is_left_to_its_lease_and_not_for_ever() -> None:
    ours, call = deliverer(Scripted([Ambiguous("no-answer")] * 3)), reply_call()
    for _ in range(2):
        with pytest.raises(Ambiguous):
            await ours.perform(call)
    assert (await ours.perform(call)).outcome is CallOutcome.IN_DOUBT


async def test_thanks_in_doubt_end_there() -> None:
    result = await deliverer(Scripted([Ambiguous("no-answer")])).perform(thanks_call())
    assert result.outcome is CallOutcome.IN_DOUBT


async def test_only_what_was_unasked_for_can_be_unsubscribed_from() -> None:
    provider = Scripted()
    ours = deliverer(provider)
    await ours.perform(reply_call())
    await ours.perform(thanks_call())
    names = [dict(one.mail.headers).keys() for one in provider.sent if one.mail is not None]
    assert ["List-Unsubscribe" in each for each in names] == [False, True]


async def test_a_template_that_is_not_there_fails_the_notice() -> None:
    call = reply_call()
    result = await deliverer(Scripted()).perform(replace(call, body={**call.body, "template": "lost"}))
    assert result.error_class == "template"


async def test_a_smuggled_header_fails_the_notice() -> None:
    call = reply_call()
    bad = {**call.body, "address": "maria@example.org\nBcc: all@example.org"}
    assert (await deliverer(Scripted()).perform(replace(call, body=bad))).error_class == "unsafe-header"


async def send_through(provider: Scripted, limits: Limits, times: int = 1) -> list[str]:
    guarded, ours = Guarded(provider, limits), list[str]()
    message = Message(TypeAdapter(Outbound).validate_python(reply_call().body), Rendered("", "Hello", ""))
    for _ in range(times):
        try:
            ours.append((await guarded.send(message)).provider_message_id)
        except SendFailure as error:
            ours.append(error.error_class)
    return ours


async def test_a_short_blip_is_tried_again_at_once() -> None:
    provider = Scripted([Temporary("provider-unreachable")])
    assert await send_through(provider, Limits(quick_tries=2, within=5.0)) == ["id-2"]


async def test_what_is_in_doubt_is_not_tried_again_at_once() -> None:
    provider = Scripted([Ambiguous("no-answer")])
    assert await send_through(provider, Limits(quick_tries=3)) == ["no-answer"]
    assert len(provider.sent) == 1


async def test_a_provider_that_keeps_failing_is_left_alone_for_a_while() -> None:
    provider = Scripted([Temporary("provider-unreachable", 9.0)] * 5)
    answers = await send_through(provider, Limits(failures=2, quick_tries=1), times=4)
    assert answers == ["provider-unreachable", "provider-unreachable", "circuit-open", "circuit-open"]


async def test_whoever_waits_too_long_for_our_own_limit_is_told_to_come_later_and_breaks_nothing() -> None:
    provider = Scripted()
    answers = await send_through(provider, Limits(per_second=1.0, within=0.05, failures=1), times=3)
    assert answers == ["id-1", "rate-limited", "rate-limited"]
    assert len(provider.sent) == 1


async def test_refused_recipients_do_not_break_the_circuit() -> None:
    provider = Scripted([Permanent("recipient-refused")] * 3)
    answers = await send_through(provider, Limits(failures=2), times=4)
    assert answers == ["recipient-refused"] * 3 + ["id-4"]


def test_a_refusal_comes_back_from_its_link_and_from_no_other() -> None:
    refusal = Refusal(CUSTOMER, "relationship")
    token = link_token(KEY, refusal)
    assert read_link_token(KEY, token) == refusal
    assert read_link_token(b"another", token) is None
    assert read_link_token(KEY, ("A" if token[0] != "A" else "B") + token[1:]) is None
    assert read_link_token(KEY, "é") is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_our_own_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)
