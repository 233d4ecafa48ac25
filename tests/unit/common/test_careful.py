"""What does somebody hear over HTTP who asks for what no event could carry?"""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from bellhop_common.http.careful import careful_router
from bellhop_common.http.problems import install_problems
from bellhop_common.postgres.outbox import EventTooLarge


def test_a_request_whose_event_would_be_too_large_is_told_so() -> None:
    app, routes = FastAPI(), careful_router("/v1")
    install_problems(app)

    @routes.post("/notes")
    async def notes() -> None:
        raise EventTooLarge("work.noted", 960_000)

    app.include_router(routes)
    answer = TestClient(app, raise_server_exceptions=False).post("/v1/notes")
    assert answer.status_code == 413
    assert answer.json()["detail"] == "work.noted is 960000 bytes, at most 921600 can be published"
