"""Does a mixed day come to a good end on two replicas of all four services while processes and servers die and freeze?

Each test has servers of its own, and each replica and server that is hurt is named in the output.
"""

from pathlib import Path

import pytest
from rich.console import Console

from bellhop_local.demo.tally import Tally
from bellhop_local.faults.harms import Harm
from bellhop_local.faults.schedule import on_both_servers, on_each_service, one_of_each
from bellhop_local.faults.trial import Plan, attempt_day

SECONDS = 30.0
PLANTED = 3
# What takes no longer than the day has anyway; the others come with `bellhop soak`.
FORGOTTEN = (Harm.IN_TRANSACTION, Harm.IN_SEND, Harm.DESK)

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(600)]


def contacts(tally: Tally) -> int:
    return sum(tally.contacts.values())


async def test_replicas_of_every_service_are_killed_frozen_and_stopped(tmp_path: Path) -> None:
    faults = on_each_service(SECONDS, seed=11)
    outcome = await attempt_day(Plan(tmp_path, SECONDS, 11, faults), Console(width=160))
    assert outcome.wrong == ()
    assert outcome.tally.dead_letters == PLANTED
    assert {(one.fault.service, one.fault.harm) for one in outcome.suffered} == {
        (service, harm)
        for service in ("ingest", "router", "sla", "notifier")
        for harm in (Harm.KILL, Harm.FREEZE, Harm.ASK)
    }
    assert contacts(outcome.tally) > 60


async def test_kafka_and_then_postgresql_are_killed_under_load(tmp_path: Path) -> None:
    """And between them a replica freezes inside a transaction, one inside a send, and a desk file is applied."""
    faults = (*on_both_servers(SECONDS, seed=12), *one_of_each(SECONDS, 12, FORGOTTEN))
    in_turn = sorted(faults, key=lambda one: one.at)
    outcome = await attempt_day(Plan(tmp_path, SECONDS, 12, in_turn), Console(width=160))
    assert outcome.wrong == ()
    assert outcome.tally.dead_letters == PLANTED
    assert all(one.came for one in outcome.suffered)
    # In the order in which they were got over, which may be another one.
    assert {one.fault.harm for one in outcome.suffered} == {Harm.KAFKA, Harm.POSTGRES, *FORGOTTEN}
    assert contacts(outcome.tally) > 60
