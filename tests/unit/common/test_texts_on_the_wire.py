"""Which texts does no event take?"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import pytest
from pydantic import Field, ValidationError

from bellhop_common.events.wire import ShortText, Wire

HALF = "\ud800"


class Colour(StrEnum):
    RED = "red"


class Said(Wire):
    plain: str = ""
    short: ShortText = ""
    maybe: str | None = None
    several: tuple[str, ...] = ()
    by_name: dict[str, str] = Field(default_factory=dict)
    one_of: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED


@pytest.mark.parametrize(
    "said",
    [
        {"plain": HALF},
        {"short": f"a{HALF}"},
        {"maybe": HALF},
        {"several": ["a", HALF]},
        {"by_name": {"a": HALF}},
        {"by_name": {HALF: "a"}},
        {"one_of": HALF},
        {"colour": HALF},
    ],
    ids=ascii,
)
def test_half_a_character_is_refused_in_every_field(said: Mapping[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Said.model_validate(said)
    assert [error["loc"][0] for error in caught.value.errors()] == list(said)


def test_a_text_of_whole_characters_is_taken_as_it_is() -> None:
    assert Said(plain="\U0001f600 \u4f60\u597d").model_dump_json().encode("utf-8")
