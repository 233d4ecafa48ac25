"""Are fail-over figures told as they are, and held against what was promised?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bellhop_common.errors import Misuse
from bellhop_local.demo.happenings import Happening
from bellhop_local.faults.failover import Figure, Measured
from bellhop_local.faults.failover_page import BEGIN, END, broken, table, write_into
from bellhop_local.faults.flow import Flow

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MEASURED = Measured(3, {Figure.KILLED: [1.5, 1.9, 1.6], Figure.LEFT_TWICE: [0.0, 2.0, 0.0]})


def heard(flow: Flow, number: int, received: float, queued: float | None) -> None:
    body: dict[str, object] = {"provider_message_id": f"m{number}", "contact_id": f"c{number}"}
    flow.hear(Happening("contact.v1", "contact.received", "", "", NOON, body, int(received * 1000)))
    if queued is not None:
        first: dict[str, object] = {"first_contact": {"contact_id": f"c{number}"}}
        flow.hear(Happening("work.v1", "work.queued", "", "", NOON, first, int(queued * 1000)))


def test_the_longest_wait_counts_from_the_blow_at_the_earliest() -> None:
    flow = Flow()
    heard(flow, 1, 5, 9)
    heard(flow, 2, 10, 12.5)
    heard(flow, 3, 14, 14.5)
    assert flow.longest_wait(since=11) == 1.5
    assert flow.longest_wait(since=8) == 2.5


def test_what_was_accepted_and_has_no_item_is_waiting() -> None:
    flow = Flow(accepted={"m1": 1.0, "m2": 2.0})
    heard(flow, 1, 1, 1.5)
    heard(flow, 2, 2, None)
    assert flow.waiting() == ["m2"]


def test_the_last_that_had_waited_for_a_server() -> None:
    flow = Flow(accepted={"m1": 1.0, "m2": 2.0, "m3": 6.0})
    for number, queued in ((1, 1.5), (2, 5.75), (3, 6.5)):
        heard(flow, number, number, queued)
    assert flow.last_of_those_before(5.0) == 0.75
    assert flow.first_item_after(6.0) == 0.5


def test_median_and_worst_stand_beside_the_promise() -> None:
    assert list(table(MEASURED))[4:] == [
        "| `kill -9` of one router: longest wait of a contact | 1.60 s | 1.90 s | ≤ 2.8 s |",
        "| … records that its successor met again | 0 | 2 | 0 |",
    ]
    assert list(broken(MEASURED)) == ["left politely: records read twice: 2, promised 0"]


def test_only_the_figures_of_a_page_change(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n")
    write_into(page, MEASURED)
    text = page.read_text()
    assert text.startswith(f"Before\n\n{BEGIN}\nSession time-out 1.5 s")
    assert text.endswith(f"{END}\n\nAfter\n")
    assert "old" not in text


def test_a_page_without_a_place_for_figures_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n")
    with pytest.raises(Misuse):
        write_into(page, MEASURED)
