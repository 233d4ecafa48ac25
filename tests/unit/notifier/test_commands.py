"""Can an operator see a notice before anybody gets it?"""

from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner

from bellhop_common.errors import Misuse, Wrong
from bellhop_notifier.cli import register

RUNNER = CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    ours = typer.Typer()
    register(ours)
    return ours


def test_a_preview_shows_the_text_and_writes_the_html(app: typer.Typer, tmp_path: Path) -> None:
    target = tmp_path / "birthday.html"
    result = RUNNER.invoke(app, ["templates", "preview", "birthday", "--locale", "bg-BG", "--output", str(target)])
    assert result.exit_code == 0
    assert "Subject: Честит рожден ден, Maria Petrova!" in result.stdout
    assert target.read_text().startswith("<!doctype html>")


def test_a_preview_for_machines_is_one_line(app: typer.Typer) -> None:
    result = RUNNER.invoke(app, ["templates", "preview", "thank-you", "--json"])
    assert orjson.loads(result.stdout)["subject"] == "Thank you"


def test_a_notice_that_does_not_exist_is_misuse(app: typer.Typer) -> None:
    result = RUNNER.invoke(app, ["templates", "preview", "survey"])
    assert isinstance(result.exception, Misuse)


def test_the_built_in_templates_are_in_order(app: typer.Typer) -> None:
    result = RUNNER.invoke(app, ["templates", "check", "--json"])
    checked = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert len(checked) == 12
    assert {one["error"] for one in checked} == {None}


def test_a_template_that_cannot_be_rendered_is_named(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "bg").mkdir()
    (tmp_path / "bg" / "birthday.txt").write_text("{{ no_such_thing }}")
    result = RUNNER.invoke(app, ["templates", "check", "--templates", str(tmp_path)])
    assert isinstance(result.exception, Wrong)
    assert "bg/birthday: bg/birthday.txt: 'no_such_thing' is undefined" in result.stdout


def test_a_language_of_ones_own_must_have_every_notice(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "birthday.txt").write_text("Alles Gute!")
    result = RUNNER.invoke(app, ["templates", "check", "--templates", str(tmp_path)])
    assert isinstance(result.exception, Wrong)
    assert "de/reply: missing" in result.stdout
