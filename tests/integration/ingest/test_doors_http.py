"""Do forms, submissions and customers over HTTP get what they ask for, and precise answers where they can't?"""

from uuid import uuid4

import httpx2
import orjson
import pytest

from support.ingest_house import Doors, where

SHOP = {"authorization": "Bearer shop-token"}
ADMIN = {"authorization": "Bearer admin-token"}


def submission(submission_id: str, **fields: object) -> dict[str, object]:
    return {
        "submission_id": submission_id,
        "entry_point": "shop",
        "customer": {"external_ids": [{"system": "shop", "id": "c-1"}]},
        "text": "Where is my parcel?",
        "occurred_at": "2026-03-02T10:00:00Z",
        **fields,
    }


async def submit(doors: Doors, body: object, **headers: str) -> httpx2.Response:
    return await doors.http.post("/v1/contacts", content=orjson.dumps(body), headers={**SHOP, **headers})


async def test_a_form_without_script_becomes_a_contact(doors: Doors) -> None:
    fields = {"name": "Bo", "email": "bo@form.example", "subject": "Chair", "message": "It creaks", "colour": "red"}
    answer = await doors.http.post("/v1/forms/site", data=fields)
    told = answer.json()
    body = await doors.said.first("contact.received", where(contact_id=told["contact_id"]))
    assert (answer.status_code, told["outcome"], told["repeat"]) == (202, "accepted", False)
    assert (body["channel"], body["subject"], body["text"]) == ("form", "Chair", "It creaks")
    assert body["customer"]["handles"] == [{"kind": "email", "value": "bo@form.example", "verified": False}]
    assert body["reply_route"]["handle"] == "bo@form.example"


async def test_a_form_with_a_file_keeps_it_by_its_content(doors: Doors) -> None:
    fields = {"email": "file@form.example", "message": "See the picture"}
    answer = await doors.http.post("/v1/forms/site", data=fields, files={"photo": ("a.txt", b"content", "text/plain")})
    body = await doors.said.first("contact.received", where(contact_id=answer.json()["contact_id"]))
    digest = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    assert body["attachments"] == [
        {
            "ref": f"sha256:{digest}",
            "name": "a.txt",
            "media_type": "text/plain",
            "bytes": 7,
            "sha256": digest,
            "state": "stored",
        }
    ]
    assert (doors.house.folder / "objects" / digest[:2] / digest).read_bytes() == b"content"


async def test_a_form_as_json_with_a_key_is_taken_once(doors: Doors) -> None:
    body = {"email": "key@form.example", "message": "Once"}
    answers = [
        await doors.http.post("/v1/forms/site", json=body, headers={"Idempotency-Key": "key-1"}) for _ in range(3)
    ]
    told = [answer.json() for answer in answers]
    assert [one["repeat"] for one in told] == [False, True, True]
    assert len({one["contact_id"] for one in told}) == 1


async def test_a_filled_honeypot_is_parked_and_looks_accepted(doors: Doors) -> None:
    answer = await doors.http.post(
        "/v1/forms/site", data={"email": "bot@form.example", "message": "Buy", "_gotcha": "yes"}
    )
    assert answer.status_code == 202
    parked = await doors.said.first("contact.parked", where(contact_id=answer.json()["contact_id"]))
    assert parked["park"]["reason"] == "spam"


async def test_a_form_with_a_wrong_address_says_what_is_wrong_and_what_was_right(doors: Doors) -> None:
    answer = await doors.http.post("/v1/forms/site", json={"email": "nobody", "message": "Hi"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"path": "email", "got": "'nobody'", "expected": "an e-mail address"}]


async def test_a_walk_in_is_announced_by_a_device_that_has_a_token(doors: Doors) -> None:
    body = {"name": "Mr Ito", "message": "Here for a repair"}
    headers = {"authorization": "Bearer agent-token"}
    answer = await doors.http.post("/v1/walk-ins/counter", json=body, headers=headers)
    unknown = await doors.http.post("/v1/walk-ins/counter", json=body)
    assert (answer.status_code, unknown.status_code) == (202, 401)
    assert answer.json()["outcome"] == "accepted"


async def test_a_submission_becomes_a_contact_of_the_customer_it_names(doors: Doors) -> None:
    answer = await submit(doors, submission("http-1", subject="Parcel", language="de", thread_key="order-7"))
    body = await doors.said.first("contact.received", where(provider_message_id="http-1"))
    again = await submit(doors, submission("http-1", subject="Parcel", language="de", thread_key="order-7"))
    assert answer.status_code == 202
    assert answer.json()["contact_id"] == body["contact_id"]
    assert (body["channel"], body["provider"], body["language"]) == ("event", "event", {"tag": "de", "confidence": 1.0})
    assert again.json() == {**answer.json(), "repeat": True}


async def test_submissions_with_one_thread_key_are_one_conversation(doors: Doors) -> None:
    one = await submit(doors, submission("thread-1", thread_key="order-8"))
    two = await submit(doors, submission("thread-2", thread_key="order-8", subject="Another"))
    assert one.json()["conversation_id"] == two.json()["conversation_id"]


async def test_a_batch_is_answered_one_by_one(doors: Doors) -> None:
    wrong = submission("batch-2")
    del wrong["text"]
    answer = await submit(doors, [submission("batch-1"), wrong, submission("batch-3", entry_point="bank")])
    first, second, third = answer.json()["results"]
    assert answer.status_code == 207
    assert first["outcome"] == "accepted"
    assert second == {
        "outcome": "refused",
        "errors": [{"path": "data.text", "got": "nothing", "expected": "Field required"}],
    }
    assert third["errors"] == [{"path": "entry_point", "got": "'bank'", "expected": "one that shop may publish to"}]


async def test_a_large_batch_shares_its_commits(doors: Doors) -> None:
    answer = await submit(doors, [submission(f"many-{number}") for number in range(500)])
    told = answer.json()["results"]
    assert [one["outcome"] for one in told] == ["accepted"] * 500
    assert len({one["contact_id"] for one in told}) == 500


async def test_cloud_events_are_taken_as_they_are(doors: Doors) -> None:
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "shop",
        "type": "support.contact.submitted.v1",
        "data": submission("event-1"),
    }
    answer = await submit(doors, event, **{"content-type": "application/cloudevents+json"})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"submission_id": "nan", "entry_point": "shop", "text": NaN}', 422),
        (b'{"submission_id": 1e400, "entry_point": "shop", "text": "a"}', 422),
        (b'{"submission_id": "big", "entry_point": "shop", "text": 1' + b"0" * 400 + b"}", 422),
        (b"[" * 5_000, 422),
        (b"\xff\xfe\x00", 422),
        (b"", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b'{"submission_id": "' + b"x" * (3 * 1024 * 1024) + b'"}', 413),
    ],
    ids=["nan", "1e400", "10^400", "deep", "no-utf8", "empty", "no-events", "a-string", "3 MB"],
)
async def test_hostile_bodies_are_refused_with_a_reason(doors: Doors, raw: bytes, status: int) -> None:
    answer = await doors.http.post("/v1/contacts", content=raw, headers=SHOP)
    assert answer.status_code == status
    assert answer.json()["title"]


@pytest.mark.parametrize(
    ("given", "headers", "status"),
    [
        ({"entry_point": "nowhere"}, SHOP, 422),
        ({"entry_point": "bank"}, SHOP, 422),
        ({"entry_point": "bank"}, ADMIN, 202),
        ({}, {"authorization": "Bearer agent-token"}, 403),
        ({}, {"authorization": "Bearer wrong"}, 401),
        ({}, {}, 401),
    ],
    ids=["unknown-entry-point", "anothers-entry-point", "admin", "an-agent", "a-wrong-token", "no-token"],
)
async def test_only_who_may_publish_there_does(
    doors: Doors, given: dict[str, object], headers: dict[str, str], status: int
) -> None:
    body = submission(f"who-{uuid4()}", **given)
    answer = await doors.http.post("/v1/contacts", json=body, headers=headers)
    assert answer.status_code == status


async def test_entry_points_that_are_not_there_are_not_found(doors: Doors) -> None:
    assert (await doors.http.post("/v1/forms/nowhere", data={"message": "Hi"})).status_code == 404
    assert (await doors.http.post("/v1/forms/help", data={"message": "Hi"})).status_code == 404


async def put(doors: Doors, customer_id: object, **profile: object) -> httpx2.Response:
    return await doors.http.put(f"/v1/customers/{customer_id}", json=profile, headers=SHOP)


async def test_a_customer_put_over_http_is_told_with_a_rising_version(doors: Doors) -> None:
    customer_id = str(uuid4())
    handles = [{"kind": "email", "value": "put@crm.example", "verified": True}]
    one = await put(
        doors, customer_id, name="Eva", handles=handles, occasions=[{"kind": "birthday", "month": 2, "day": 29}]
    )
    two = await put(doors, customer_id, vip=True, handles=[{"kind": "phone", "value": "+4930123456"}])
    assert (one.status_code, two.status_code) == (200, 200)
    first = await doors.said.first("customer.state", where(customer_id=customer_id, version=1))
    second = await doors.said.first("customer.state", where(customer_id=customer_id, version=2))
    assert first["occasions"] == [{"kind": "birthday", "month": 2, "day": 29}]
    assert (second["name"], second["vip"]) == ("Eva", True)
    assert [one["value"] for one in second["handles"]] == ["put@crm.example", "+4930123456"]


async def test_mail_from_a_known_handle_is_the_known_customers(doors: Doors) -> None:
    customer_id = str(uuid4())
    await put(doors, customer_id, vip=True, handles=[{"kind": "email", "value": "known@crm.example"}])
    await put(doors, customer_id, handles=[{"kind": "phone", "value": "+4930654321"}])
    answer = await doors.http.post("/v1/forms/site", json={"email": "known@crm.example", "message": "Hi"})
    body = await doors.said.first("contact.received", where(contact_id=answer.json()["contact_id"]))
    assert (body["customer"]["id"], body["customer"]["vip"]) == (customer_id, True)


async def test_a_put_with_a_key_is_done_once(doors: Doors) -> None:
    customer_id = str(uuid4())
    headers = {**SHOP, "Idempotency-Key": "once"}
    told = [
        (await doors.http.put(f"/v1/customers/{customer_id}", json={"name": name}, headers=headers)).json()
        for name in ("Eva", "Evi")
    ]
    assert [one["repeat"] for one in told] == [False, True]


async def test_a_profile_that_can_not_be_is_refused_by_field(doors: Doors) -> None:
    answer = await put(doors, uuid4(), occasions=[{"kind": "birthday", "month": 13, "day": 1}])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "body.occasions.0.month"


async def test_what_came_through_the_doors_is_counted(doors: Doors) -> None:
    await doors.http.post("/v1/forms/site", json={"email": "count@form.example", "message": "One"})
    lines = (await doors.http.get("/metrics")).text.splitlines()
    counted = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    assert counted['support_ingest_contacts_total{channel="form",outcome="received"}'] >= 1
    assert counted["support_ingest_answer_seconds_count"] >= 1
    assert counted["support_ingest_group_arrivals_count"] >= 1
