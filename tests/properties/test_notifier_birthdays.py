"""Is the instant of a birthday the one that a person finds who watches the clock minute by minute?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bellhop_notifier.domain.windows import instant_at

# Offsets on whole minutes since 1970, with skips and repeats at odd times and around midnight.
ZONES = [
    "UTC",
    "Europe/Sofia",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "America/Asuncion",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
]
WHOLE_RANGE = timedelta(hours=16)


def watch_the_clock(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The first minute of world time at which the local clock shows that day and time, or has passed it."""
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    moment = wanted.replace(tzinfo=UTC) - WHOLE_RANGE
    while moment.astimezone(zone).replace(tzinfo=None) < wanted:
        moment += timedelta(minutes=1)
    return moment


@given(
    st.sampled_from(ZONES),
    st.dates(date(1975, 1, 1), date(2035, 12, 31)),
    st.sampled_from([0, 1, 59, 60, 90, 120, 150, 180, 540, 1080, 1380, 1410, 1439, 1440]),
)
@settings(max_examples=150, deadline=None)
def test_it_is_the_first_minute_that_shows_or_passes_the_time(name: str, day: date, minute: int) -> None:
    zone = ZoneInfo(name)
    assert instant_at(day, minute, zone) == watch_the_clock(day, minute, zone)


@given(st.sampled_from(ZONES), st.integers(2000, 2035), st.sampled_from([0, 120, 150]))
@settings(max_examples=40, deadline=None)
def test_also_on_the_days_on_which_clocks_change(name: str, year: int, minute: int) -> None:
    zone = ZoneInfo(name)
    days = (date(year, 1, 1) + timedelta(days=ahead) for ahead in range(364))
    changing = [day for day in days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]
    for day in changing:
        assert instant_at(day, minute, zone) == watch_the_clock(day, minute, zone)


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, datetime.min.time(), zone).utcoffset()
