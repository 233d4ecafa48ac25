"""Can everybody be told why?"""

from bellhop_router.domain.explanation import explain
from support.routing import EMAIL, Play, contact


def test_a_waiting_item_says_in_words_who_cannot_take_it_and_why() -> None:
    play = Play.opened(present="ana chen")
    play.feed(contact(1, flags=["refund"]))
    play.wait(30)
    told = explain(play.desk, play.item(1), play.now)
    assert told.position == 1
    assert told.waited_seconds == 30.0
    assert "1 offline" in told.words
    assert "1 in another tier" in told.words
    assert "1 without a required skill" in told.words
    assert "number 1 in line, for 0.5 minutes" in told.words


def test_position_counts_over_the_whole_queue() -> None:
    play = Play.opened()
    play.feed(contact(1))
    play.wait(1)
    play.feed(contact(2))
    play.wait(1)
    play.feed(contact(3, EMAIL, vip=True))
    assert [explain(play.desk, play.item(number), play.now).position for number in (1, 2, 3)] == [2, 3, 1]


def test_an_offered_item_names_the_winner_and_the_runner_up() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1))
    told = explain(play.desk, play.item(1), play.now)
    assert "ana was chosen by longest_idle out of 2 considered, ahead of ben" in told.words


def test_every_decision_about_an_item_is_kept() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1))
    play.decline(1)
    winners = [record.winner.agent_id for record in play.item(1).decisions if record.winner is not None]
    assert winners == ["ana", "ben"]


def test_an_ended_item_still_knows_why() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    play.accept(1)
    play.resolve(1)
    told = explain(play.desk, play.item(1), play.now)
    assert "is resolved" in told.words
    assert "ana was chosen" in told.words
