"""Is exactly the poison dead-lettered, byte for byte, and did nothing come of it?"""

from collections.abc import Iterator
from itertools import groupby

from bellhop_common.history.parsing import DEAD_LETTER, RETRY
from bellhop_common.history.ports import History, Listing, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord, Place
from bellhop_common.history.verdicts import Findings, Verdict, not_checked

_SOURCE = "bellhop/"


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    topics = tuple(name for name in history.facts.extents if name.endswith(DEAD_LETTER))
    if not topics:
        yield not_checked("dead letters", "", "there is no dead-letter topic")
        return
    copies, effects = Findings("dead letters", "bytes"), Findings("dead letters", "effects")
    origins: set[str] = set()
    letters = history.stream(Selection(Order.REFERENCE, topics))
    for reference, group in groupby(letters, key=lambda record: record.reference or ""):
        place = place_of(reference, history.facts.prefix)
        origins.add(str(place))
        for letter in group:
            _copy(copies, history, place, letter)
            _effects(effects, history, letter)
    _without_origin(copies, history, topics)
    yield copies.verdict()
    yield effects.verdict()
    yield _poison(history, origins)


def _copy(findings: Findings, history: History, place: Place, letter: HistoryRecord) -> None:
    origin = history.at_place(place)
    if origin is None:
        if history.facts.cut(place.topic, place.partition):
            findings.skip("dead letters whose origin was cut")
        else:
            findings.case()
            findings.wrong(f"a dead letter of {place}, where no record is", letter)
        return
    findings.case()
    if origin.raw != letter.raw:
        findings.wrong("a dead letter whose key, headers or bytes are not its origin's", origin, letter)
    elif origin.partition != letter.partition:
        findings.wrong("a dead letter in another partition than its origin", origin, letter)


def _effects(findings: Findings, history: History, letter: HistoryRecord) -> None:
    """Other services may have read the record well; only the one that gave up on it must not act on it."""
    findings.case()
    service = letter.topic.removesuffix(DEAD_LETTER).rpartition(".")[2]
    if not letter.id or _replayed(history, letter):
        return
    for effect in history.caused_by(letter.id):
        if effect.source == f"{_SOURCE}{service}":
            findings.wrong(f"{service} dead-lettered a record and acted on it as well", letter, effect)


def _replayed(history: History, letter: HistoryRecord) -> bool:
    retry = letter.topic.removesuffix(DEAD_LETTER) + RETRY
    return any(one.topic == retry for one in history.referring_to(letter.reference or ""))


def _without_origin(findings: Findings, history: History, topics: tuple[str, ...]) -> None:
    for record in history.stream(Selection(Order.PLACE, topics, bodies=False)):
        if record.reference is None:
            findings.case()
            findings.wrong("a dead letter that does not say where it comes from", record)


def _poison(history: History, origins: set[str]) -> Verdict:
    listed = history.listed(Listing.POISON)
    if listed is None:
        return not_checked("dead letters", "origins", "--poison was not given")
    findings = Findings("dead letters", "origins")
    poison = {one.reference for one in listed}
    for reference in sorted(poison | origins):
        findings.case()
        if reference not in origins:
            findings.wrong(f"poison at {reference} is not in a dead-letter topic", place_of(reference))
        elif reference not in poison:
            findings.wrong(f"{reference} was dead-lettered and is no poison", place_of(reference))
    return findings.verdict()


def place_of(reference: str, prefix: str = "") -> Place:
    """`topic/partition@offset`; dead letters name topics with the prefix."""
    where, _, offset = reference.rpartition("@")
    topic, _, partition = where.rpartition("/")
    numbers = (partition, offset)
    if not all(number.isdigit() for number in numbers):
        return Place(reference, -1, -1)
    return Place(topic.removeprefix(f"{prefix}."), int(partition), int(offset))


RULE = Rule("dead letters", (), check)
