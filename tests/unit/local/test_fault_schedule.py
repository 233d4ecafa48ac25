"""Is what goes wrong the same for the same seed, and does nobody go unharmed?"""

from bellhop_local.faults.harms import Harm
from bellhop_local.faults.schedule import at_random, on_both_servers, on_each_service


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
    assert {one.harm for one in at_random(3_600, 2)} == set(Harm)
