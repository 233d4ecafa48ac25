"""Does each recipient of a mail get an answer of its own, whatever happens to the others?"""

from asyncio import Server

from bellhop_ingest.adapters.doors.lmtp import OK, Mail, MailDoors, listen
from bellhop_ingest.domain.documents import Door
from support.mailing import deliver, letter


async def door_of(address: str) -> Door:
    return Door(address.partition("@")[0], "email", "acme", 1)


async def test_a_failure_is_the_answer_of_the_recipient_it_happened_to() -> None:
    told: list[BaseException] = []

    async def take_in(_: Mail, door: Door) -> str:
        if door.name == "broken":
            raise RuntimeError("planted")
        return OK

    async with listen("127.0.0.1", 0, MailDoors(door_of, take_in, told.append), 10_000) as server:
        assert isinstance(server, Server)
        port = server.sockets[0].getsockname()[1]
        raw = letter("Hi", "Hello", message_id="<1@example.org>")
        answers = await deliver(port, raw, "broken@example.com", "whole@example.com")
    assert [answer.code for answer in answers] == [451, 250]
    assert [str(error) for error in told] == ["planted"]
