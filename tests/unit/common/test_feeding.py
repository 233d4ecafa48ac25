"""Is each line of a file judged by itself, and does a good one become the record that is meant?"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bellhop_common.cli import main
from bellhop_common.events.customers import CustomerUpsert
from bellhop_common.feeding.customers import parcels_at
from bellhop_common.feeding.rows import Parcel, Problem, Row, csv_rows, is_json, json_rows
from bellhop_common.feeding.submissions import parcel_of

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DATA = {
    "submission_id": "s1",
    "entry_point": "web",
    "customer": {"name": "Ana"},
    "text": "hi",
    "occurred_at": "2026-01-02T03:04:05Z",
}
EVENT = {"specversion": "1.0", "id": "1", "source": "shop", "type": "support.contact.submitted.v1", "data": DATA}
customer_of: Callable[[Row], Parcel | Problem] = parcels_at(NOW)


def upsert(**fields: object) -> CustomerUpsert:
    made = customer_of(Row(1, fields))
    assert isinstance(made, Parcel)
    return CustomerUpsert.model_validate_json(made.value)


def problem(**fields: object) -> str:
    found = customer_of(Row(7, fields))
    assert isinstance(found, Problem)
    assert found.line == 7
    return found.what


def test_an_event_travels_in_binary_mode_under_its_submission() -> None:
    made = parcel_of(Row(1, EVENT))
    assert isinstance(made, Parcel)
    assert (made.key, json.loads(made.value)) == (b"s1", DATA)
    assert dict(made.headers)["ce_type"] == b"support.contact.submitted.v1"


def test_what_belongs_to_one_thread_has_one_key() -> None:
    made = parcel_of(Row(1, {**EVENT, "data": {**DATA, "thread_key": "order-7"}}))
    assert isinstance(made, Parcel)
    assert made.key == b"order-7"


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({**EVENT, "type": "support.work.queued.v1"}, "type: got 'work.queued', expected 'contact.submitted'"),
        ({**EVENT, "source": ""}, "source: missing, CloudEvents 1.0 requires it"),
        ({**EVENT, "data": {**DATA, "text": None}}, "data.text: Input should be a valid string"),
        ({key: value for key, value in EVENT.items() if key != "data"}, "data: missing, expected the event's body"),
    ],
)
def test_a_wrong_event_is_told_by_its_field(event: dict[str, object], what: str) -> None:
    assert parcel_of(Row(3, event)) == Problem(3, what)


def test_lines_that_are_no_json_are_told_by_their_number(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"a":1}\n\n{"a":\n[]\n\xff\n')
    first, broken, listed, binary = json_rows(file)
    assert first == Row(1, {"a": 1})
    assert isinstance(broken, Problem)
    assert broken.line == 3
    assert listed == Problem(4, "got list, expected a JSON object")
    assert binary == Problem(5, "bytes that aren't UTF-8, expected a JSON object")


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text('\ufeffname,email\r\nAna,\r\n"Bob, Jr",b@example.com\r\n1,2,3\r\n')
    assert list(csv_rows(file)) == [
        Row(2, {"name": "Ana"}),
        Row(3, {"name": "Bob, Jr", "email": "b@example.com"}),
        Problem(4, "3 cells, expected at most 2, one for each column"),
    ]
    assert not is_json(file)


def test_only_what_a_row_fills_replaces_what_is_known() -> None:
    command = upsert(external_system="crm", external_id="7", name="Ana", vip="true")
    assert command.profile.model_fields_set == {"name", "vip"}
    assert (command.customer_id, command.profile.vip) == (None, True)


def test_the_same_row_is_the_same_command() -> None:
    row = {"external_system": "crm", "external_id": "7", "name": "Ana"}
    assert upsert(**row).command_id == upsert(**row).command_id
    assert upsert(**row).command_id != upsert(**{**row, "name": "Anna"}).command_id


def test_a_birthday_may_have_no_year() -> None:
    known, hidden = (upsert(external_system="crm", external_id="7", birthday=one) for one in ("1990-12-31", "--12-31"))
    assert [(one.month, one.day, one.year) for one in known.profile.occasions] == [(12, 31, 1990)]
    assert [(one.month, one.day, one.year) for one in hidden.profile.occasions] == [(12, 31, None)]


def test_wrong_rows_are_told_with_what_would_be_right() -> None:
    named = {"external_system": "crm", "external_id": "7"}
    assert problem(name="Ana").startswith("expected customer_id, or external_system with external_id")
    assert problem(external_id="7") == "external_system and external_id: expected both or neither"
    assert problem(**named, emial="x") == "unknown field 'emial'; did you mean 'email'?"
    assert problem(**named, birthday="31.12.1990").startswith("birthday: got '31.12.1990', expected 1990-12-31")
    assert problem(**named, vip="maybe") == "vip: Input should be a valid boolean, unable to interpret input"


def test_a_dry_run_needs_no_server_and_ends_with_2_if_a_line_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f"{json.dumps(EVENT)}\n{{}}\n")
    with pytest.raises(SystemExit) as ended:
        main(["publish", "--dry-run", "--json", str(file)])
    wrong, counts = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (ended.value.code, wrong["line"], wrong["error"]) == (2, 2, "data: missing, expected the event's body")
    assert (counts["good"], counts["wrong"], counts["sent"]) == (1, 1, 0)
