"""Does a body that is made to keep us busy get its answer all the same?"""

from bellhop_common.http.unholdable import MOST, Unholdable, unholdable


def test_only_the_first_few_are_told() -> None:
    found = unholdable(b"[" + b"NaN, " * 10_000 + b"NaN]")
    assert len(found) == MOST
    assert found[1] == Unholdable("body.1", "nan", "a number of at most 64 bits")


def test_a_long_name_is_told_in_part_and_not_once_for_each_value_under_it() -> None:
    body = b'{"%b": [%b NaN]}' % (b"x" * 1_000_000, b"0, " * 300_000)
    assert unholdable(body) == [Unholdable(f"body.{'x' * 80}.300000", "nan", "a number of at most 64 bits")]


def test_what_is_no_json_has_no_such_values() -> None:
    assert unholdable(b'{"a": NaN') == []
    assert unholdable(b"\xff") == []
    assert unholdable(b"[" * 5_000 + b"NaN" + b"]" * 5_000) == []
