"""Does the command end as a script may rely on, and speak where a script expects it?"""

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import EntryPoint

import asyncpg
import pytest
import typer
from aiokafka.errors import KafkaConnectionError
from typer.main import get_command
from typer.testing import CliRunner

from bellhop_common.cli import build_app, main
from bellhop_common.command_line.failures import explain
from bellhop_common.command_line.output import emit
from bellhop_common.command_line.plugins import add_commands
from bellhop_common.errors import Misuse, NotReachable, Wrong

HEAVY = {
    *("fastapi", "faststream", "aiokafka", "asyncpg", "holidays", "cel", "jgo"),
    *("pydantic", "rich", "httpx2", "jinja2", "uvicorn", "structlog", "phonenumbers"),
}


@dataclass(frozen=True, slots=True)
class Row:
    word: str
    seen_at: datetime


def ending_of(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Wrong("two clocks differ"), 1),
        (Misuse("no such desk"), 2),
        (FileNotFoundError("desk.yaml"), 2),
        (NotReachable("Kafka", "127.0.0.1:9092", "refused"), 3),
        (ConnectionRefusedError("refused"), 3),
        (KafkaConnectionError("no broker"), 3),
        (asyncpg.CannotConnectNowError("starting up"), 3),
        (ZeroDivisionError("division by zero"), 1),
    ],
)
def test_each_failure_has_its_exit_status(error: Exception, status: int) -> None:
    assert explain(error).exit_status == status


def test_a_failure_that_nobody_foresaw_is_called_a_fault_of_ours() -> None:
    expected = "this is a fault in Bellhop: ZeroDivisionError: division by zero (--debug shows where)"
    assert explain(ZeroDivisionError("division by zero")).message == expected


def test_an_unreachable_server_is_named_with_its_address_and_the_reason() -> None:
    assert (
        str(NotReachable("Kafka", "127.0.0.1:9092", "refused")) == "Kafka at 127.0.0.1:9092 is not reachable: refused"
    )


def test_help_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending_of("--help") == 0
    assert "stack" in capsys.readouterr().out


def test_help_imports_nothing_of_what_only_single_commands_need() -> None:
    """Else every command would begin with seconds of imports that it has no use for."""
    script = (
        "import contextlib, io, sys\n"
        "from bellhop_common.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as said:\n"
        "    main(['--help'])\n"
        "assert 'normalise' in said.getvalue()\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stderr == ""
    assert set(ran.stdout.split()) & HEAVY == set()


def test_an_unknown_command_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending_of("no-such-command") == 2
    assert capsys.readouterr().out == ""


def test_a_failure_shows_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending_of("stack", "logs", "redis") == 2
    said = capsys.readouterr()
    assert (said.out, "Traceback" in said.err) == ("", False)
    assert "bellhop: error: there is no log of 'redis'" in said.err


def test_debug_shows_the_traceback_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending_of("stack", "logs", "redis", "--debug") == 2
    assert "Traceback" in capsys.readouterr().err
    assert ending_of("--debug", "stack", "logs", "redis") == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_package_that_cannot_be_imported_is_named_and_the_others_work(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer()
    broken = EntryPoint("broken", "bellhop_absent.cli:register", "bellhop.commands")
    whole = EntryPoint("whole", "bellhop_local.cli:register", "bellhop.commands")
    add_commands(app, [broken, whole])
    said = capsys.readouterr()
    assert "the commands of bellhop_absent.cli:register are missing: ModuleNotFoundError" in said.err
    assert "stack" in CliRunner().invoke(app, ["--help"]).output


def test_a_record_is_one_line_of_json_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    emit(Row("Grüße", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)))
    said = capsys.readouterr()
    assert (said.out, said.err) == ('{"word":"Grüße","seen_at":"2026-01-02T03:04:05Z"}\n', "")


def test_every_command_shows_an_example() -> None:
    silent: list[str] = []
    waiting = [("bellhop", get_command(build_app()))]
    while waiting:
        name, command = waiting.pop()
        below = getattr(command, "commands", {})
        waiting += [(f"{name} {one}", found) for one, found in below.items()]
        if not below and "Example" not in (command.epilog or "") + (command.help or ""):
            silent.append(name)
    assert silent == []
