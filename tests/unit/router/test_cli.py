"""Do the commands on desk files end as they should?"""

from pathlib import Path

import typer
from typer.testing import CliRunner

from bellhop_router.adapters.differences import differences
from bellhop_router.cli import register

EXAMPLE = Path(__file__).parents[3] / "services" / "router" / "examples" / "support.yaml"


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.stdout


def test_a_good_file_is_said_to_be_good() -> None:
    status, said = run("check", str(EXAMPLE))
    assert status == 0
    assert "desk support, 3 queues, 4 rules, 12 agents: all is well" in said


def test_mistakes_end_with_status_1_and_name_their_places(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(EXAMPLE.read_text().replace("queue: front, tier: 1}", "queue: frnt, tier: 1}"))
    status, said = run("check", str(file))
    assert status == 1
    assert "default[0].queue: got 'frnt'" in said


def test_json_gives_one_object_per_mistake(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(EXAMPLE.read_text().replace("queue: front, tier: 1}", "queue: frnt, tier: 1}"))
    status, said = run("check", "--json", str(file))
    assert status == 1
    assert '"path":"default[0].queue"' in said


def test_entries_are_compared_by_name_and_not_by_place() -> None:
    before = {"queues": [{"name": "a", "priority": 1}, {"name": "b"}], "locale": "en"}
    after = {"queues": [{"name": "b"}, {"name": "a", "priority": 2}, {"name": "c"}], "locale": "en"}
    assert [change.told() for change in differences(before, after)] == [
        "~ queues.a.priority: 1 -> 2",
        "+ queues.c: {'name': 'c'}",
    ]


def test_a_changed_order_of_rules_is_a_change() -> None:
    before, after = [{"key": "a"}, {"key": "b"}], [{"key": "b"}, {"key": "a"}]
    assert [change.told() for change in differences(before, after, "rules")] == ["~ rules (order): a, b -> b, a"]


def test_aliases_that_unfold_without_end_are_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("&all {desk: *all}")
    status, said = run("check", str(file))
    assert status == 1
    assert "desk.yaml:1:1: got aliases that unfold without end or into more than 200000 values" in said


def test_an_empty_file_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("")
    status, said = run("check", str(file))
    assert (status, "desk.yaml:1:1: got nothing, expected a mapping with desk" in said) == (1, True)
