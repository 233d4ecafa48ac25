"""Does the topics file that operators apply say what the code relies on?"""

from pathlib import Path
from typing import Any

import yaml

from bellhop_common.events.topics import CATALOGUE, DEFAULT_PREFIX, aside_topics

FILE = Path(__file__).parents[2] / "deploy/kafka/topics.yaml"


def expected() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for topic in CATALOGUE:
        row: dict[str, Any] = {"name": topic.full(DEFAULT_PREFIX), "partitions": topic.partitions, "key": topic.key}
        if topic.compacted:
            row["cleanup"] = "compact"
        if topic.retention is not None:
            row["retention_days"] = topic.retention.days
        rows.append(row)
        rows += [
            {"name": f"{DEFAULT_PREFIX}.{name}", "partitions": topic.partitions, "key": "as was", "retention_days": 30}
            for name in aside_topics(topic)
        ]
    return rows


def test_the_file_is_what_the_catalogue_says() -> None:
    written = yaml.safe_load(FILE.read_text())
    assert written["topics"] == expected()
    assert written["defaults"] == {"message.timestamp.type": "LogAppendTime", "max.message.bytes": 1_048_576}
