"""What is said to somebody who types the wrong thing? The thing by its name, and what would be right."""

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bellhop_common.cli import main

TOKENS = ("BELLHOP_ROUTER_TOKEN", "BELLHOP_SLA_TOKEN")
NOBODY = "127.0.0.1:1"
Typed = Callable[..., tuple[object, str, str]]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Exit status, stdout and stderr; no command may show a traceback."""

    def run(*arguments: str, **environ: str) -> tuple[object, str, str]:
        with monkeypatch.context() as patch:
            patch.setenv("BELLHOP_KAFKA_BOOTSTRAP", NOBODY)
            patch.setenv("BELLHOP_POSTGRES_DSN", f"postgresql://{NOBODY}/bellhop")
            for name, value in environ.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("normalise", "form"),
        ("publish",),
        ("customers", "import"),
        ("check-history", "--accepted"),
    ],
    ids=" ".join,
)
def test_a_file_that_is_not_there_is_named(typed: Typed, words: tuple[str, ...], folder: Path) -> None:
    status, out, err = typed(*words, "missing.txt")
    assert (status, out) == (2, "")
    assert "missing.txt" in err
    assert "No such file" in err or "does not exist" in err
    assert not list(folder.iterdir())


@pytest.mark.parametrize("words", [("check",), ("normalise", "form"), ("publish",), ("customers", "import")])
def test_a_folder_instead_of_a_file_is_named(typed: Typed, words: tuple[str, ...], folder: Path) -> None:
    (folder / "inbox").mkdir()
    status, out, err = typed(*words, "inbox")
    assert (status, out) == (2, "")
    assert "inbox" in err
    assert "Is a directory" in err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("normalise", "mail", "x"), "'mail' is not one of 'email', 'form'"),
        (("dead-letters", "lst"), "Did you mean 'list'?"),
        (("explain", "abc"), "Input should be a valid UUID"),
        (("notices", "plan", "--limit", "-1"), "greater than or equal to 1"),
        (("demo", "--seconds", "-1"), "greater than or equal to 5"),
        (("dead-letters", "list", "--since", "yesterday"), "Input should be a valid datetime"),
        (("dead-letters", "show", "x"), "'x' names no dead letter; `bellhop dead-letters list` shows their ids"),
        (("serve", "routr"), "no service routr; there are ingest, notifier, router, sla"),
        (("migrate", "routr"), "no service routr; there are ingest, notifier, router, sla"),
        (("recover", "routr"), "no service routr; there are ingest, notifier, router, sla"),
        (("doctor", "routr"), "no service routr; there are ingest, notifier, router, sla"),
        (("explain", "0198c5f2-7a51-7c11-9a53-0c1d2e3f4a5b", "--url", "router"), "such as http://127.0.0.1:8002"),
        (("check-history", "--bootstrap", "kafka"), "expected host:port"),
        (("templates", "preview", "birthdy"), "there are acknowledgement, reply"),
    ],
)
def test_a_wrong_word_is_answered_with_what_would_be_right(typed: Typed, words: tuple[str, ...], hint: str) -> None:
    status, out, err = typed(*words)
    assert (status, out) == (2, "")
    assert hint in err


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("BELLHOP_PORT", "80a", "BELLHOP_PORT is '80a': Input should be a valid integer"),
        ("BELLHOP_ROUTER_PORT", "99999", "BELLHOP_ROUTER_PORT is '99999': Input should be less than or equal to 65535"),
        ("BELLHOP_LOG_LEVEL", "loud", "BELLHOP_LOG_LEVEL is 'loud': Input should be 'DEBUG', 'INFO'"),
        ("BELLHOP_KAFKA_BOOTSTRAP", "kafka:x", "BELLHOP_KAFKA_BOOTSTRAP is 'kafka:x': expected host:port"),
        ("BELLHOP_ROUTER_URL", "router", "BELLHOP_ROUTER_URL: expected an address such as http://127.0.0.1:8002"),
    ],
)
def test_a_wrong_setting_is_named_with_its_variable(typed: Typed, name: str, value: str, hint: str) -> None:
    status, out, err = typed("config", "check", "router", **{name: value})
    assert (status, out) == (2, "")
    assert hint in err


def test_a_wrong_dsn_is_named_without_its_password(typed: Typed) -> None:
    status, out, err = typed("config", "check", "router", BELLHOP_POSTGRES_DSN="mysql://me:secret@db/x")
    assert (status, out) == (2, "")
    assert "BELLHOP_POSTGRES_DSN: expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE" in err
    assert "secret" not in err


def test_tokens_show_as_stars(typed: Typed) -> None:
    status, out, _ = typed("config", "check", "router", "sla", **dict.fromkeys(TOKENS, "hush"))
    assert (status, out.count("token = **********"), "hush" in out) == (0, 2, False)


@pytest.mark.parametrize(
    "words",
    [("migrate", "sla"), ("recover", "sla"), ("notices", "plan"), ("dead-letters", "discard", "timer:sla:1")],
    ids=" ".join,
)
def test_without_postgresql_the_address_is_named_and_what_starts_one(typed: Typed, words: tuple[str, ...]) -> None:
    status, out, err = typed(*words)
    assert (status, out) == (3, "")
    assert "PostgreSQL at 127.0.0.1:1 is not reachable: nothing listens there (`bellhop stack up` starts one" in err


@pytest.mark.parametrize("words", [("topics", "check"), ("dead-letters", "list"), ("check-history",)], ids=" ".join)
def test_without_kafka_the_address_is_named_and_what_starts_one(typed: Typed, words: tuple[str, ...]) -> None:
    status, out, err = typed(*words)
    assert (status, out) == (3, "")
    assert "Kafka at 127.0.0.1:1 is not reachable: no broker answers (`bellhop stack up` starts one" in err
    assert "Unable connect" not in err


def test_a_port_in_use_is_named_with_its_variable(typed: Typed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = typed("serve", "sla", BELLHOP_SLA_PORT=str(port))
    assert (status, out) == (2, "")
    assert f"port {port} of 127.0.0.1 can't be opened: Address already in use; BELLHOP_SLA_PORT names another" in err


@pytest.mark.parametrize("words", [("stack", "up"), ("stack", "status"), ("demo",)], ids=" ".join)
def test_a_file_instead_of_a_folder_is_named(typed: Typed, words: tuple[str, ...], folder: Path) -> None:
    (folder / "notes").touch()
    status, out, err = typed(*words, "--data-dir", "notes")
    assert (status, out) == (2, "")
    assert "notes" in err
    assert "is a file" in err


def test_a_closed_pipe_ends_a_command_without_a_word() -> None:
    command = [sys.executable, "-m", "bellhop_common", "config", "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1
