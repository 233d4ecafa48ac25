"""Is what goes wrong the same for the same seed, and does nobody go unharmed?"""

from bellhop_local.faults.harms import CONCERNED, LASTS, OFTEN, RARE, Harm
from bellhop_local.faults.schedule import at_random, on_both_servers, on_each_service, one_of_each


def test_the_same_seed_gives_the_same_faults() -> None:
    assert at_random(120, 7) == at_random(120, 7)
    assert at_random(120, 7) != at_random(120, 8)


def test_every_service_is_killed_frozen_and_asked_to_leave_once() -> None:
    faults = on_each_service(40, 1)
    named = {(one.service, one.harm) for one in faults}
    assert len(faults) == len(named) == 12
    assert {service for service, _ in named} == {"ingest", "router", "sla", "notifier"}
    assert {harm for _, harm in named} == {Harm.KILL, Harm.FREEZE, Harm.ASK}
    assert all(0 < one.at < 40 for one in faults)


def test_a_frozen_replica_outlasts_its_session() -> None:
    assert all(one.lasts >= 2.0 for one in at_random(3_600, 3) if one.harm is Harm.FREEZE)


def test_kafka_dies_before_postgresql() -> None:
    first, second = on_both_servers(40, 5)
    assert (first.harm, second.harm) == (Harm.KAFKA, Harm.POSTGRES)
    assert first.at + first.lasts < second.at


def test_random_faults_leave_the_end_in_peace() -> None:
    assert max(one.at for one in at_random(600, 2)) < 540
    assert {one.harm for one in at_random(14_400, 2)} == set(Harm)


def test_what_a_schedule_of_kills_forgets_comes_once_and_in_order() -> None:
    faults = one_of_each(120, 3)
    assert tuple(one.harm for one in faults) == RARE
    assert [one.at for one in faults] == sorted(one.at for one in faults)
    assert {one.service for one in faults if one.harm in {Harm.IN_MAIL, Harm.KILL_IN_MAIL}} == {"notifier"}


def test_only_what_was_asked_for_goes_wrong() -> None:
    assert {one.harm for one in at_random(600, 4, (Harm.DISK, Harm.DESK))} == {Harm.DISK, Harm.DESK}


def test_what_needs_both_servers_takes_them_in_one_order() -> None:
    assert all(list(names) == sorted(names) for names in CONCERNED.values())


def test_every_harm_has_a_frequency_and_a_length() -> None:
    assert set(OFTEN) == set(LASTS) == set(Harm)


def test_a_transaction_is_frozen_for_longer_than_postgresql_lets_it_idle() -> None:
    assert min(LASTS[Harm.IN_TRANSACTION][0], LASTS[Harm.IN_SEND][0]) > 5.0
