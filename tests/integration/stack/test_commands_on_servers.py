"""Do the operator's commands do their work on real servers?"""

import json
from pathlib import Path

import pytest

from bellhop_local.stack import LocalStack
from integration.stack.conftest import Bellhop

EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "shop",
    "type": "support.contact.submitted.v1",
    "data": {
        "submission_id": "s1",
        "entry_point": "web",
        "customer": {"name": "Ana"},
        "text": "hi",
        "occurred_at": "2026-01-02T03:04:05Z",
    },
}


@pytest.fixture
def servers(stack: LocalStack) -> dict[str, str]:
    addresses = stack.addresses
    return {
        "BELLHOP_POSTGRES_DSN": addresses.postgres_dsn,
        "BELLHOP_KAFKA_BOOTSTRAP": addresses.kafka_bootstrap,
        "BELLHOP_SLA_PORT": "1",
    }


def test_from_nothing_to_an_epoch_of_its_own(bellhop: Bellhop, servers: dict[str, str], tmp_path: Path) -> None:
    before = {one["check"]: one["ok"] for one in _lines(bellhop("doctor", "--json", "sla", **servers).stdout)}
    assert before == {
        "kafka": True,
        "topics": False,
        "postgres": True,
        "clock": True,
        "tables": False,
        "service": False,
    }

    unmade = bellhop("recover", "sla", **servers)
    assert unmade.returncode == 2
    assert "`bellhop migrate` makes them" in unmade.stderr

    assert bellhop("migrate", "sla", **servers).returncode == 0
    made = [one["topic"] for one in _lines(bellhop("topics", "apply", "--json", **servers).stdout)]
    assert len(made) == len(set(made))
    after = {one["check"] for one in _lines(bellhop("doctor", "--json", "sla", **servers).stdout) if not one["ok"]}
    assert after == {"service"}

    file = tmp_path / "events.jsonl"
    file.write_text(f"{json.dumps(EVENT)}\nnonsense\n")
    sent = bellhop("publish", "--json", str(file), **servers)
    assert sent.returncode == 2
    assert [one.get("line", one.get("sent")) for one in _lines(sent.stdout)] == [2, 1]

    assert _lines(bellhop("recover", "sla", "--json", **servers).stdout) == [{"service": "sla", "epoch": 2}]
    refused = bellhop("migrate", "sla", **{**servers, "BELLHOP_POSTGRES_DSN": _with_wrong_password(servers)})
    assert refused.returncode == 3
    assert "password authentication failed" in refused.stderr


def _lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def _with_wrong_password(servers: dict[str, str]) -> str:
    return "postgresql://postgres:wrong@" + servers["BELLHOP_POSTGRES_DSN"].rpartition("@")[2]
