"""Which policies and calendars does a desk have, in each version that may still be in use?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bellhop_sla.domain import hours, policy
from bellhop_sla.domain.hours import BadCalendar, Calendar
from bellhop_sla.domain.policy import BadPolicy, Policy, Queue


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """What the desk wants done on a cause such as `sla.first_response_time.breached`."""

    cause: str
    do: str
    threshold: int | None = None
    tier: int | None = None
    to_tier: int | None = None
    by: int | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskVersion:
    """`applied_at` is when the router applied it."""

    version: int
    applied_at: datetime
    policies: tuple[Policy, ...] = ()
    queues: tuple[Queue, ...] = ()
    escalation: tuple[EscalationRow, ...] = ()

    def queue(self, name: str) -> Queue:
        return next((queue for queue in self.queues if queue.name == name), Queue(name))


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """In force from `applied_at` until the next of that name; kept when its desk version is withdrawn."""

    version: int
    applied_at: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class DeskFile:
    """`newest` is the highest version ever seen. Versions and calendars in order of version."""

    desk: str
    newest: int = 0
    versions: tuple[DeskVersion, ...] = ()
    calendars: tuple[CalendarVersion, ...] = ()

    def at_version(self, number: int) -> DeskVersion:
        """That one; if it was withdrawn, the one before it, else the oldest there is."""
        before = [one for one in self.versions if one.version <= number]
        return before[-1] if before else self.versions[0]

    def calendar_versions(self, name: str | None) -> tuple[CalendarVersion, ...]:
        return tuple(one for one in self.calendars if one.calendar.name == name)

    def calendar_at(self, name: str | None, at: datetime) -> CalendarVersion | None:
        """In force at that instant; what came first also holds for all time before it."""
        known = self.calendar_versions(name)
        in_force = [one for one in known if one.applied_at <= at]
        return in_force[-1] if in_force else next(iter(known), None)

    def calendar(self, name: str) -> Calendar | None:
        known = self.calendar_versions(name)
        return known[-1].calendar if known else None


def applied(file: DeskFile, version: DeskVersion, calendars: Iterable[Calendar]) -> DeskFile:
    """The same version again changes nothing. Under one that can't be read, what held before goes on to hold.

    Raises `BadCalendar` or `BadPolicy` where nothing held before.
    """
    if version.version <= file.newest:
        return file
    changed = [one for one in calendars if file.calendar(one.name) != one]
    try:
        check(version, changed)
    except (BadCalendar, BadPolicy):
        if not file.versions:
            raise
        version = replace(file.versions[-1], version=version.version, applied_at=version.applied_at)
        changed = []
    added = tuple(CalendarVersion(version.version, version.applied_at, calendar) for calendar in changed)
    return DeskFile(file.desk, version.version, (*file.versions, version), (*file.calendars, *added))


def check(version: DeskVersion, calendars: Iterable[Calendar]) -> None:
    """Raises `BadCalendar` or `BadPolicy`."""
    for calendar in calendars:
        hours.check(calendar)
    for one in version.policies:
        policy.check(one)


def withdrawn(file: DeskFile, version: int) -> DeskFile:
    """No open work was made under it; the newest stays whatever is said."""
    kept = tuple(one for one in file.versions if one.version != version or one is file.versions[-1])
    return file if len(kept) == len(file.versions) else replace(file, versions=kept)
