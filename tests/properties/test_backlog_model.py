"""Does the publisher's bookkeeping ever forget a row of our own that is not out yet?"""

from hypothesis import given
from hypothesis import strategies as st

from bellhop_common.messaging.backlog import Backlog

SHARDS = (1, 2)
STEPS = st.lists(st.tuples(st.sampled_from(["ours", "theirs", "we publish", "they publish"]), st.sampled_from(SHARDS)))


@given(STEPS)
def test_a_shard_with_our_own_rows_is_never_forgotten(steps: list[tuple[str, int]]) -> None:
    backlog = Backlog()
    rows: dict[int, list[tuple[int, bool]]] = {shard: [] for shard in SHARDS}
    for row_id, (step, shard) in enumerate(steps, start=1):
        if step in ("ours", "theirs"):
            rows[shard].append((row_id, step == "ours"))
        if step == "ours":
            backlog.add({shard: row_id})
        if step.endswith("publish"):
            rows[shard] = rows[shard][1:]
            asked = backlog.ready(0.0)
            held = asked if step == "we publish" else []
            backlog.settle(
                asked, held, {asked_shard: rows[asked_shard][0][0] for asked_shard in asked if rows[asked_shard]}
            )
        for known, left in rows.items():
            if any(own for _, own in left):
                assert known in backlog.ready(0.0)
                assert backlog.has_own()
