"""What does `bellhop normalise` print, and how does it end?"""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from pydantic import TypeAdapter
from typer.testing import CliRunner

from bellhop_common.events.contacts import ContactParked, ContactReceived
from bellhop_ingest.adapters import offline
from bellhop_ingest.cli import register
from support.ingest_messages import MESSAGES

RUNNER = CliRunner()
ONLY_IN_THE_DATABASE = {
    "conversation_id": "00000000-0000-0000-0000-000000000001",
    "reference": "A-1",
    "is_new_conversation": True,
}


def app() -> typer.Typer:
    made = typer.Typer()
    # With a single command typer would leave out its name.
    made.callback()(lambda: None)
    register(made)
    return made


def run(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    result = RUNNER.invoke(app(), ["normalise", "--json", *arguments])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def data(record: dict[str, object]) -> dict[str, object]:
    events = TypeAdapter(list[dict[str, object]]).validate_python(record["events"])
    return TypeAdapter(dict[str, object]).validate_python(events[0]["data"])


def test_one_object_per_file_in_order() -> None:
    names = [str(MESSAGES / "email-replies" / name) for name in ("iphone.eml", "gmail.eml")]
    status, records = run("email", *names)
    assert status == 0
    assert [record["file"] for record in records] == names
    assert [record["outcome"] for record in records] == ["received", "received"]


def test_a_file_that_no_parser_answers_for_in_time_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offline, "_PATIENCE", timedelta())
    slow = str(MESSAGES / "email-replies" / "gmail.eml")
    result = RUNNER.invoke(app(), ["normalise", "--json", "email", slow, slow])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count(f"{slow}: no parser answers in time") == 2


def test_an_event_lacks_only_what_the_database_knows() -> None:
    _, (record,) = run("email", str(MESSAGES / "email-replies" / "gmail.eml"))
    event = data(record)
    customer = TypeAdapter(dict[str, object]).validate_python(event["customer"])
    whole = {**event, **ONLY_IN_THE_DATABASE, "customer": {**customer, "id": ONLY_IN_THE_DATABASE["conversation_id"]}}
    assert ContactReceived.model_validate(whole).reply_text == "Hello"
    assert not {"desk", "desk_version", "epoch", "sequence", "triage", *ONLY_IN_THE_DATABASE} & set(event)


def test_a_bounce_carries_park_and_recipients() -> None:
    _, (record,) = run("email", str(MESSAGES / "bounces" / "dsn_12.txt"))
    assert record["outcome"] == "parked"
    parked = ContactParked.model_validate(data(record))
    assert parked.bounce is not None
    assert parked.bounce.recipients[0].address == "userx@example.jp"


def test_of_several_outcomes_received_is_named_first() -> None:
    _, (record,) = run("line", str(MESSAGES / "line" / "webhook.json"))
    assert record["outcome"] == "received"


def test_a_receipt_is_an_update(tmp_path: Path) -> None:
    sent = json.loads((MESSAGES / "whatsapp" / "message_status.json").read_bytes())["read"]
    (tmp_path / "read.json").write_text(json.dumps(sent))
    _, (record,) = run("whatsapp", str(tmp_path / "read.json"))
    assert (record["outcome"], data(record)["state"]) == ("updated", "read")


def test_a_file_of_several_bodies_is_refused_with_the_reason() -> None:
    status, (record,) = run("whatsapp", str(MESSAGES / "whatsapp" / "message.json"))
    assert (status, record["outcome"]) == (0, "refused")
    assert record["reason"] == "object: got nothing, expected 'whatsapp_business_account'"


def test_mail_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.eml").open("wb") as big:
        big.truncate(2 * 1024 * 1024)
    status, (record,) = run("--max-mail-mib", "1", "email", str(tmp_path / "big.eml"))
    assert (status, record["outcome"]) == (0, "refused")


def test_a_file_that_cannot_be_read_ends_with_2_after_the_others(tmp_path: Path) -> None:
    status, records = run("email", str(tmp_path / "missing.eml"), str(MESSAGES / "email-replies" / "gmail.eml"))
    assert status == 2
    assert [record["outcome"] for record in records] == ["received"]


def test_people_see_the_verdict_and_the_text() -> None:
    result = RUNNER.invoke(app(), ["normalise", "email", str(MESSAGES / "email-replies" / "gmail.eml")])
    assert result.exit_code == 0
    assert result.stdout.startswith("received")
    assert "Hello" in result.stdout
