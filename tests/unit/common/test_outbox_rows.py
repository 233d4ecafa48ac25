"""Do headers survive a stay in the outbox, and is a batch as large as it may be?"""

from bellhop_common.messaging.throwaway_producer import MAX_BATCH_BYTES, pack
from bellhop_common.postgres.outbox_rows import RawRow, dump_headers, load_headers


def row(topic: str, size: int) -> RawRow:
    return RawRow(topic, 0, b"k", (), b"x" * size)


def test_headers_of_any_bytes_come_back() -> None:
    headers = (("text", "grüße".encode()), ("bytes", b"\xff"), ("null", None), ("nul", b"\0"), ("text", b""))
    assert load_headers(dump_headers(headers)) == headers


def test_a_batch_per_partition_takes_rows_in_order_until_one_does_not_fit() -> None:
    half = MAX_BATCH_BYTES // 2 - 100
    packets = pack(
        [
            (1, 1, row("a", half)),
            (2, 2, row("b", 1)),
            (1, 3, row("a", half)),
            (1, 4, row("a", half)),
            (1, 5, row("a", 1)),
        ]
    )
    assert [(packet.shard, packet.ids) for packet in packets] == [(1, [1, 3]), (2, [2])]


def test_a_first_row_larger_than_a_batch_goes_alone() -> None:
    packets = pack([(1, 1, row("a", 2 * MAX_BATCH_BYTES)), (1, 2, row("a", 1))])
    assert [packet.ids for packet in packets] == [[1]]
