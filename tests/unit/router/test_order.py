"""Does a long order stay an order, whatever is put in and taken out?"""

from hypothesis import given
from hypothesis import strategies as st

from bellhop_router.domain.order import LONGEST, Order

Entry = tuple[int, str]
ENTRIES = st.tuples(st.integers(0, 400), st.sampled_from("ab"))


def ordered(*entries: Entry) -> Order[Entry]:
    found: Order[Entry] = Order()
    for entry in entries:
        found = found.inserted(entry)
    return found


@given(st.lists(st.tuples(st.booleans(), ENTRIES), max_size=1_500))
def test_it_is_what_a_sorted_list_would_be(changes: list[tuple[bool, Entry]]) -> None:
    order, plain = ordered(), list[Entry]()
    for adds, entry in changes:
        if adds and entry not in plain:
            plain = sorted([*plain, entry])
            order = order.inserted(entry)
        elif not adds:
            plain = [each for each in plain if each != entry]
            order = order.removed(entry)
    assert list(order) == plain
    assert len(order) == len(plain)
    assert order.first == (plain[0] if plain else None)
    assert all(order.before(entry) == sum(1 for each in plain if each < entry) for _, entry in changes[:20])
    assert all(0 < len(run) <= LONGEST for run in order.runs)


def test_a_change_copies_one_run_only() -> None:
    before = ordered(*((number, "a") for number in range(10_000)))
    after = before.inserted((5_000, "b"))
    assert sum(1 for run in after.runs if all(run is not each for each in before.runs)) <= 2


def test_what_is_not_in_it_leaves_it_as_it_is() -> None:
    order = ordered((1, "a"), (2, "a"))
    assert order.removed((1, "b")) is order


def test_two_with_the_same_entries_are_equal_however_they_came_about() -> None:
    many = [(number, "a") for number in range(300)]
    assert ordered(*many) == ordered(*reversed(many))
    assert hash(ordered(*many)) == hash(ordered(*reversed(many)))


def test_what_is_left_of_many_lies_in_few_runs() -> None:
    order = ordered(*((number, "a") for number in range(2_000)))
    for number in range(2_000):
        if number % 100:
            order = order.removed((number, "a"))
    assert len(order) == 20
    assert len(order.runs) <= 3
