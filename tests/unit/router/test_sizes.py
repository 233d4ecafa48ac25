"""Is a command that no event could carry refused with what of it is too large?"""

from dataclasses import replace
from uuid import uuid4

import immutables

from bellhop_common.events import commands
from bellhop_common.events.desks import DeskAgent, DeskFile
from bellhop_common.events.wire import Actor as WireActor
from bellhop_common.events.wire import ActorKind
from bellhop_router.adapters.http_problems import problem_of
from bellhop_router.adapters.inputs_wire import agent_command, work_command
from bellhop_router.adapters.sizes import file_too_large
from bellhop_router.domain.events import Noted, Rejected, Replied
from bellhop_router.domain.inputs import ApplyDesk
from support.routing import ANA, NOON, POLICY, ROSTER, Play, contact, conversation_id, one

SOFIA = WireActor(kind=ActorKind.SUPERVISOR, id="sofia")
GIVEN = {"command_id": "c", "issued_at": NOON, "actor": SOFIA, "conversation_id": conversation_id(1)}


def playing() -> Play:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    play.accept(1)
    return play


def reply(**more: object) -> commands.WorkReply:
    return commands.WorkReply.model_validate({**GIVEN, "reply_id": uuid4(), "text": "Hello", **more})


def rejected(play: Play, command: commands.WorkCommand) -> Rejected:
    return one(play.feed(work_command(command, NOON, None)), Rejected)


def test_a_reply_of_many_cyrillic_letters_is_refused_by_its_bytes() -> None:
    told = rejected(playing(), reply(text="я" * 480_000))
    assert (told.code, told.detail[:15]) == ("too-large", "text: got 96022")
    assert told.detail.endswith("expected at most 819200")
    assert problem_of(told).status == 413


def test_a_note_of_line_feeds_counts_as_it_is_written() -> None:
    note = commands.WorkNote.model_validate({**GIVEN, "text": "\n" * 480_000})
    assert rejected(playing(), note).code == "too-large"


def test_more_addresses_or_files_than_anybody_needs_are_counted() -> None:
    assert rejected(playing(), reply(cc=("eve@example.com",) * 101)).detail == "cc: got 101, expected at most 100"
    file = {"ref": "a", "name": "a", "media_type": "text/plain", "bytes": 1, "sha256": ""}
    told = rejected(playing(), reply(attachments=[file] * 101))
    assert told.detail == "attachments: got 101, expected at most 100"


def test_what_fits_is_said() -> None:
    said = playing().feed(work_command(reply(text="я" * 400_000), NOON, None))
    assert one(said, Replied).reply.text.startswith("я")
    note = commands.WorkNote.model_validate({**GIVEN, "text": "short"})
    assert one(playing().feed(work_command(note, NOON, None)), Noted).text == "short"


def test_a_profile_of_a_megabyte_is_refused() -> None:
    profile = {"display_name": "Ana", "public_name": {f"x{number}": "Ana" * 100 for number in range(3_000)}}
    command = commands.AgentUpsert.model_validate(
        {"command_id": "c", "issued_at": NOON, "actor": SOFIA, "desk": "main", "agent_id": ANA, "profile": profile}
    )
    told = one(playing().feed(agent_command(command, None)), Rejected)
    assert (told.code, told.detail[:12]) == ("too-large", "command: got")


def test_a_desk_file_is_measured_as_it_would_be_told() -> None:
    file = DeskFile.model_validate(
        {
            "desk": "main",
            "name": "Main",
            "entry_points": [{"name": "shop", "channel": "event"}],
            "queues": [{"name": "front"}],
            "default": [{"queue": "front"}],
            "agents": [{"id": "ana", "display_name": "Ana", "public_name": {"en": "a" * 300_000}}],
        }
    )
    assert file_too_large(file) is None
    many = {"kw": {"en": ("word " * 10,) * 20_000}}
    oversized = file_too_large(file.model_copy(update={"keywords": many}))
    assert oversized is not None
    assert oversized.startswith("desk file without agents: got 1")
    heavy = DeskAgent.model_validate({"id": "ben", "display_name": "Ben", "public_name": {"en": "b" * 900_000}})
    told = file_too_large(file.model_copy(update={"agents": (*(file.agents or ()), heavy)}))
    assert told is not None
    assert told.startswith("agents[1]: got 900")


def test_a_refusal_that_would_name_hundreds_is_cut_to_what_its_event_may_hold() -> None:
    play = Play.opened()
    others = {each.id: "n" * 900 for each in ROSTER}
    play.desk = replace(play.desk, elsewhere=immutables.Map(others))
    told = one(play.feed(ApplyDesk("main", "two", POLICY, ROSTER)), Rejected)
    assert len(told.detail) == 1_000
