"""What must the notifier know of a desk? Its zone, languages, mailboxes and rules for notices."""

from dataclasses import dataclass, field
from datetime import timedelta

from bellhop_notifier.domain.notice import Kind

ALWAYS = frozenset({Kind.ACKNOWLEDGEMENT, Kind.REPLY, Kind.MESSAGE})


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """`window` as `HH:MM-HH:MM` in the recipient's zone; none: any time of day."""

    kind: str
    enabled: bool = True
    delay: timedelta = timedelta()
    window: str | None = None
    open_case: str = "skip"
    template: str | None = None


@dataclass(frozen=True, slots=True)
class EntryPoint:
    name: str
    channel: str
    address: str | None = None
    reply_domain: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    slug: str
    version: int
    name: str
    time_zone: str = "UTC"
    locale: str = "en"
    entry_points: tuple[EntryPoint, ...] = ()
    rules: tuple[NoticeRule, ...] = ()

    def rule(self, kind: Kind) -> NoticeRule:
        """A kind that the desk file doesn't mention is on if people count on it (replies), else off."""
        listed = next((rule for rule in self.rules if rule.kind == kind.value), None)
        return listed or NoticeRule(kind.value, enabled=kind in ALWAYS)

    def entry_point(self, name: str | None) -> EntryPoint | None:
        return next((entry for entry in self.entry_points if entry.name == name), None)

    def mailbox(self, preferred: str | None) -> EntryPoint | None:
        """Where mail comes from: the entry point itself if it is one, else the desk's first."""
        boxes = [entry for entry in self.entry_points if entry.channel == "email" and entry.address]
        return next((entry for entry in boxes if entry.name == preferred), boxes[0] if boxes else None)


@dataclass(frozen=True, slots=True)
class DeskFiles:
    """Every desk's newest version; greetings go to people who belong to no desk."""

    desks: tuple[Desk, ...] = field(default=())

    def find(self, slug: str | None) -> Desk | None:
        return next((desk for desk in self.desks if desk.slug == slug), None)

    def having(self, desk: Desk) -> "DeskFiles":
        """Unchanged where the same or a newer version is known."""
        known = self.find(desk.slug)
        if known is not None and known.version >= desk.version:
            return self
        others = [one for one in self.desks if one.slug != desk.slug]
        return DeskFiles(tuple(sorted([*others, desk], key=lambda one: one.slug)))

    def greeter(self, preferred: str | None, kind: Kind) -> Desk | None:
        """The person's own desk, else the first by name that sends such notices."""
        own = self.find(preferred)
        if own is not None:
            return own
        return next((desk for desk in self.desks if desk.rule(kind).enabled), None)
