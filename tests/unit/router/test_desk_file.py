"""Is each mistake in a desk file told with its line, its value and what would be right?"""

import pytest

from bellhop_common.events.desks import DeskFile
from bellhop_router.adapters.desk_file import parse, read
from bellhop_router.adapters.policies import policy_of, roster_of
from support.desk_mistakes import EXAMPLE, MISTAKES, TEXT


def told(text: str) -> list[str]:
    return [error.told("desk.yaml") for error in parse(text.encode()).errors]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_example_is_a_desk_file() -> None:
    assert told(TEXT) == []


def test_the_example_has_what_it_promises() -> None:
    file = read(EXAMPLE).file
    assert file is not None
    channels = {"email", "chat", "form", "whatsapp", "phone", "event"}
    assert {entry.channel.value for entry in file.entry_points} == channels
    assert (len(file.agents or ()), len(file.tiers)) == (12, 3)
    assert roster_of(file)[2].display_name == "陈伟"


def test_the_policy_is_made_again_from_its_own_source() -> None:
    file = read(EXAMPLE).file
    assert file is not None
    policy = policy_of(file, 3)
    assert policy_of(DeskFile.model_validate_json(policy.source), 3) == policy


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_a_planted_mistake_is_found(mistake: str) -> None:
    right, wrong, expected = MISTAKES[mistake]
    assert TEXT.count(right) >= 1
    found = told(TEXT.replace(right, wrong, 1))
    assert any(expected in line for line in found), found


def test_a_finding_names_its_line() -> None:
    text = TEXT.replace("- {queue: front, tier: 1}", "- {queue: frnt, tier: 1}")
    line = line_of(text, "queue: frnt")
    assert told(text) == [
        f"desk.yaml:{line}:13: default[0].queue: got 'frnt', expected the name of a queue: billing, experts, front"
    ]


def test_a_tier_that_a_channel_reaches_and_nobody_in_it_handles_is_refused() -> None:
    phone = "channels: [email, chat, form, whatsapp, phone, event]\n    notify"
    silent = "channels: [email, chat, form, whatsapp, event]\n    notify"
    found = told(TEXT.replace(phone, silent))
    assert any("tiers[2].tier: got 3, reachable by phone, which nobody in it handles" in line for line in found), found


def test_all_mistakes_are_told_at_once() -> None:
    text = TEXT.replace("queue: front, tier: 1}", "queue: frnt, tier: 1}").replace("team: money", "team: mony")
    assert len(told(text)) == 4


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "42", "\x00"])
def test_what_is_no_mapping_is_refused_without_a_crash(text: str) -> None:
    assert len(told(text)) == 1


TYPES = ("int", "float", "binary", "timestamp", "omap", "set", "pairs", "map", "seq", "str", "odd")
LOOKS = ("x", "5", "[x]", "{a: b}", "[[a]]", "[{a: b}]", "2026-02-30", "~", "<<", "0b2", "1:2:99", "0x" + "f" * 5_000)


@pytest.mark.parametrize("tag", ["", *(f"!!{name} " for name in TYPES)])
def test_a_value_that_is_not_what_it_looks_like_is_refused_without_a_crash(tag: str) -> None:
    for value in LOOKS:
        for place in ("a: {}", "- {}", "? {}\n: 1", "{{{}: 1}}", "a: {{<<: {}}}"):
            found = told(place.format(tag + value))
            assert found
            assert all(len(line) < 400 for line in found)


def test_a_value_that_is_not_what_it_looks_like_is_told_with_its_place() -> None:
    assert told("name: a\nclosed:\n  - 2026-02-30\n") == [
        "desk.yaml:3:5: got YAML that can't be read ('2026-02-30': day is out of range for month), expected YAML 1.2"
    ]


def test_yes_and_no_are_text_and_octals_are_not_guessed() -> None:
    found = told(TEXT.replace("drop_language: true", "drop_language: yes please"))
    assert any("drop_language: got 'yes please'" in line for line in found)
