"""Does Kafka answer, and are its topics as the catalogue says?"""

from typing import Final

from bellhop_common.doctor.findings import Finding
from bellhop_common.errors import NotReachable
from bellhop_common.events.topics import CATALOGUE
from bellhop_common.messaging import topic_admin
from bellhop_common.messaging.topic_admin import Difference

SHOWN: Final = 3


async def look_at_kafka(bootstrap: str, prefix: str) -> list[Finding]:
    wanted = topic_admin.wanted(CATALOGUE, prefix)
    try:
        found = await topic_admin.differences(bootstrap, wanted)
    except NotReachable as error:
        advice = "start it, or let BELLHOP_KAFKA_BOOTSTRAP name the one that runs"
        return [Finding("kafka", bootstrap, error.why, advice, unreachable=True)]
    return [Finding("kafka", bootstrap, "answers"), _topics(prefix, found, len(wanted))]


def _topics(prefix: str, found: list[Difference], count: int) -> Finding:
    if not found:
        return Finding("topics", f"{prefix}.*", f"all {count} are as the catalogue says")
    missing = [one for one in found if one.what == "missing"]
    others = [one for one in found if one.what != "missing"]
    shown = "; ".join(str(one) for one in others[:SHOWN])
    parts = [f"{len(missing)} of {count} are missing"] if missing else []
    parts += [f"{len(others)} settings differ ({shown}{'; …' if len(others) > SHOWN else ''})"] if others else []
    counts = any(one.what == "partitions" for one in others)
    by_hand = "; partition counts may only be changed by hand, while the topic is drained" if counts else ""
    return Finding("topics", f"{prefix}.*", ", ".join(parts), f"`bellhop topics apply`{by_hand}")
