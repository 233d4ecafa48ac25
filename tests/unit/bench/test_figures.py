"""Do the figures of the bench say what was measured? Medians, ratios, goals, and how they are written down."""

import pytest

from bench import claims, page
from bench.claims import GOALS, Finding, findings
from bench.figures import Spread, percentile, ratios, spread
from bench.series import Series
from bench.table import Sheet, goals, measured, number


def test_the_spread_is_the_middle_of_the_rounds_with_the_lowest_and_the_highest() -> None:
    assert spread([3.0, 1.0, 9.0, 2.0, 4.0]) == Spread(median=3.0, low=1.0, high=9.0, rounds=5)
    assert spread([1.0, 2.0]) == Spread(median=1.5, low=1.0, high=2.0, rounds=2)


def test_nothing_measured_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.99)


def test_a_ratio_compares_a_round_with_itself() -> None:
    assert ratios([100.0, 50.0], [200.0, 100.0]) == [0.5, 0.5]


def test_rounds_that_are_missing_on_one_side_are_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 0.99) == 99.0
    assert percentile([7.0], 0.99) == 7.0


def test_a_goal_is_reached_by_the_median_of_the_rounds() -> None:
    series = Series()
    for ours, theirs in ((10.0, 100.0), (60.0, 100.0), (70.0, 100.0)):
        series.note({claims.ROUTER: ours, claims.HAND: theirs})
    (found,) = findings(series)
    assert found.goal.title == "router / batch loop by hand"
    assert found.spread == Spread(median=0.6, low=0.1, high=0.7, rounds=3)
    assert found.is_met


def test_what_should_be_small_is_not_reached_by_being_large() -> None:
    goal = next(goal for goal in GOALS if goal.part == "e")
    assert not Finding(goal, spread([30.0, 26.0, 20.0])).is_met
    assert Finding(goal, spread([25.0, 26.0, 20.0])).is_met


def test_goals_are_shown_with_unit_and_spread() -> None:
    series = Series()
    series.note({claims.LATE_P99: 12.34})
    series.note({claims.LATE_P99: 99.0})
    assert goals(findings(series)).rows == [
        ("e", "lateness p99 with 100,000 timers pending", "55.7 ms", "12.3 to 99.0", "≤ 25 ms", "no")
    ]


def test_every_value_that_was_measured_is_shown() -> None:
    series = Series()
    series.note({"router, contacts/s": 1234.5})
    assert measured(series).rows == [("router, contacts/s", "1,230", "1,230 to 1,230", "1")]


@pytest.mark.parametrize(
    ("value", "text"), [(0.51234, "0.512"), (1.5, "1.50"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,300")]
)
def test_a_number_has_three_figures(value: float, text: str) -> None:
    assert number(value) == text


def test_figures_replace_those_between_the_marks_and_nothing_else() -> None:
    sheet = Sheet("Goals", ("what", "median"), [("rate", "1.00")])
    before = f"# Benchmarks\n{page.BEGIN}\nold\n{page.END}\n## History\n"
    assert page.replaced(before, [sheet], 7) == (
        f"# Benchmarks\n{page.BEGIN}\n7 rounds.\n\n### Goals\n\n| what | median |\n| --- | --- |\n| rate | 1.00 |\n"
        f"{page.END}\n## History\n"
    )


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(page.NoMarks):
        page.replaced("# Benchmarks\n", [], 7)
