"""What is read out of a provider's JSON whose numbers are no numbers of anything?"""

import pytest

from bellhop_ingest.adapters.normalise.json_node import Node


@pytest.mark.parametrize(
    ("found", "count"),
    [(7, 7), ("7", 7), (7.9, 7), (-5, 0), ("-5", 0), (1e300, 0), (float("nan"), 0), ("many", 0), (None, 0), ([7], 0)],
)
def test_a_count_is_whole_and_never_less_than_none(found: object, count: int) -> None:
    assert Node({"size": found})["size"].count == count
