"""Does the doctor tell what is wrong, and what to do about it?"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bellhop_common.cli import main
from bellhop_common.doctor.postgres import clock_finding, version_finding
from bellhop_common.doctor.services import judge

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WAITING = b'{"ready":false,"started":true,"stopping":false,"failed":null,"waiting":{"reader":"Kafka"}}'


def test_clocks_may_be_two_seconds_apart() -> None:
    assert clock_finding("db", NOW + timedelta(seconds=2), NOW).ok
    late = clock_finding("db", NOW - timedelta(seconds=2.5), NOW)
    assert (late.ok, late.found) == (False, "2.5 s behind this machine's")


def test_postgresql_before_17_is_a_finding() -> None:
    assert version_finding("db", 17, 0).ok
    assert version_finding("db", 16, 4).advice == "Bellhop needs PostgreSQL 17 or newer"


def test_a_service_that_waits_says_what_for() -> None:
    finding = judge("sla", "sla at x:1", 503, WAITING)
    assert (finding.ok, finding.found) == (False, "not ready: reader: Kafka")


def test_a_service_that_is_ready_is_no_finding() -> None:
    assert judge("sla", "sla at x:1", 200, b'{"ready":true}').ok


def test_whatever_else_answers_is_a_finding() -> None:
    assert judge("sla", "sla at x:1", 200, b"<html>").found == "something else answers there"


def test_servers_that_do_not_answer_are_findings_and_end_with_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLHOP_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("BELLHOP_POSTGRES_DSN", "postgresql://127.0.0.1:1/bellhop")
    monkeypatch.setenv("BELLHOP_SLA_PORT", "1")
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", "sla"])
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ended.value.code == 3
    assert [(one["check"], one["ok"]) for one in found] == [("kafka", False), ("postgres", False), ("service", False)]
    assert found[2]["advice"] == "`bellhop serve sla` starts it"
