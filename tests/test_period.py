"""Periods are half-open, tile the calendar, and follow the account's own days and fiscal year."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SettingsError
from connector.period import ALL_TIME, Calendar, Grain, Period

NEW_YORK = Calendar(ZoneInfo("America/New_York"))
APRIL = Calendar(ZoneInfo("Europe/London"), fiscal_start=4)
ZONES = ["America/New_York", "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
DAYS = st.dates(date(1971, 1, 1), date(2200, 1, 1))
GRAINS = st.sampled_from([grain for grain in Grain if grain is not Grain.ALL])
CALENDARS = st.builds(Calendar, st.sampled_from(ZONES).map(ZoneInfo), st.integers(1, 12))


@pytest.mark.parametrize(
    ("calendar", "grain", "day", "period"),
    [
        (NEW_YORK, Grain.DAY, "2016-02-29", "2016-02-29 2016-02-29 2016-03-01"),
        (NEW_YORK, Grain.WEEK, "2017-01-01", "2016-W52 2016-12-26 2017-01-02"),
        (NEW_YORK, Grain.WEEK, "2020-12-31", "2020-W53 2020-12-28 2021-01-04"),
        (NEW_YORK, Grain.WEEK, "2018-12-31", "2019-W01 2018-12-31 2019-01-07"),
        (NEW_YORK, Grain.MONTH, "2017-12-31", "2017-12 2017-12-01 2018-01-01"),
        (NEW_YORK, Grain.MONTH, "2016-02-29", "2016-02 2016-02-01 2016-03-01"),
        (NEW_YORK, Grain.QUARTER, "2017-12-31", "2017-Q4 2017-10-01 2018-01-01"),
        (NEW_YORK, Grain.QUARTER, "2017-04-01", "2017-Q2 2017-04-01 2017-07-01"),
        (NEW_YORK, Grain.YEAR, "2017-12-31", "2017 2017-01-01 2018-01-01"),
        (APRIL, Grain.YEAR, "2017-03-31", "2017 2016-04-01 2017-04-01"),
        (APRIL, Grain.YEAR, "2017-04-01", "2018 2017-04-01 2018-04-01"),
        (APRIL, Grain.QUARTER, "2017-01-15", "2017-Q4 2017-01-01 2017-04-01"),
        (APRIL, Grain.QUARTER, "2017-04-15", "2018-Q1 2017-04-01 2017-07-01"),
        (APRIL, Grain.MONTH, "2017-01-15", "2017-01 2017-01-01 2017-02-01"),
        (Calendar(ZoneInfo("UTC"), 2), Grain.QUARTER, "2018-01-31", "2018-Q4 2017-11-01 2018-02-01"),
        (Calendar(ZoneInfo("UTC"), 12), Grain.YEAR, "2017-11-30", "2017 2016-12-01 2017-12-01"),
    ],
)
def test_period_of(calendar: Calendar, grain: Grain, day: str, period: str) -> None:
    """A day belongs to the period that the calendar says, by its name and both of its edges."""
    name, start, end = period.split()
    expected = Period(date.fromisoformat(start), date.fromisoformat(end), grain, name)
    assert calendar.period_of(grain, date.fromisoformat(day)) == expected
    assert calendar.parse(name) == expected


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("America/New_York", "2017-12-31", "2017-12-31T05:00:00Z", 24),
        ("America/New_York", "2017-03-12", "2017-03-12T05:00:00Z", 23),
        ("America/New_York", "2017-11-05", "2017-11-05T04:00:00Z", 25),
        ("Australia/Lord_Howe", "2017-04-02", "2017-04-01T13:00:00Z", 24.5),
        # Midnight does not exist: the clock goes from 23:59 to 01:00.
        ("America/Sao_Paulo", "2017-10-15", "2017-10-15T03:00:00Z", 23),
        # Midnight happens twice: the day begins at the first one.
        ("America/Havana", "2017-11-05", "2017-11-05T04:00:00Z", 25),
        # The whole day does not exist: the island crossed the date line.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0),
    ],
)
def test_days_begin_and_end_at_local_midnight(zone: str, day: str, start: str, hours: float) -> None:
    """A local day begins at the zone's first instant of it and is as long as its clock changes make it."""
    calendar, local = Calendar(ZoneInfo(zone)), date.fromisoformat(day)
    assert calendar.start_of(local) == datetime.fromisoformat(start)
    assert calendar.end_of(local) - calendar.start_of(local) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2018-01-01T01:30:00Z", "2017-12-31"),
        ("2018-01-01T04:59:59.999999Z", "2017-12-31"),
        ("2018-01-01T05:00:00Z", "2018-01-01"),
        ("2017-07-01T03:59:59Z", "2017-06-30"),
        ("2017-07-01T04:00:00Z", "2017-07-01"),
    ],
)
def test_day_of(instant: str, day: str) -> None:
    """An evening sale in New York belongs to that evening's day, though Greenwich is already in the next."""
    assert NEW_YORK.day_of(datetime.fromisoformat(instant)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        *("", " 2017", "2017\n", "-2017", "17", "2017-", "yesterday", "ALL", "2017-11-03T00:00"),
        # A year in Arabic digits, which Python would read as a number.
        "\u0662\u0660\u0661\u0667",
        *("2017-Q0", "2017-Q5", "2017-q4", "2017-13", "2017-00", "2017-W00", "2017-W53", "2017-02-29", "2017-1-1"),
        *("0000", "9999", "9999-12", "9999-12-31", "9999-W52"),
    ],
)
def test_parse_refuses(text: str) -> None:
    """What names no period is refused in one sentence that repeats it and says what is allowed."""
    with pytest.raises(SettingsError) as caught:
        NEW_YORK.parse(text)
    assert repr(text) in str(caught.value)
    assert "2017-Q4" in str(caught.value)


def test_all_time() -> None:
    """The period `all` holds every day, has no neighbours and is read back from its name."""
    assert NEW_YORK.parse("all") == ALL_TIME == NEW_YORK.period_of(Grain.ALL, date(2017, 5, 5))
    assert NEW_YORK.next(ALL_TIME) == NEW_YORK.previous(ALL_TIME) == ALL_TIME
    assert date(1970, 1, 1) in ALL_TIME
    assert date(2200, 1, 1) in ALL_TIME
    assert list(NEW_YORK.span(Grain.ALL, date(2016, 1, 1), date(2017, 1, 1))) == [ALL_TIME]


def test_span_of_the_demo() -> None:
    """A span runs from the period of its first day to that of its last, both counted."""
    names = [period.name for period in NEW_YORK.span(Grain.QUARTER, date(2016, 10, 20), date(2017, 12, 31))]
    assert names == ["2016-Q4", "2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"]
    assert list(NEW_YORK.span(Grain.MONTH, date(2017, 5, 2), date(2017, 4, 30))) == []


@given(CALENDARS, GRAINS, DAYS)
def test_a_period_holds_its_day_and_names_itself(calendar: Calendar, grain: Grain, day: date) -> None:
    """The period of a day holds it, ends where the next begins, and its name leads back to it."""
    period = calendar.period_of(grain, day)
    assert period.start <= day < period.end
    assert day in period
    assert period.end not in period
    assert calendar.parse(period.name) == period
    assert calendar.period_of(grain, period.start) == calendar.period_of(grain, period.end - timedelta(days=1)) == period


@given(CALENDARS, GRAINS, DAYS)
def test_neighbours_touch(calendar: Calendar, grain: Grain, day: date) -> None:
    """Going on and back leads home, and neighbours leave neither gap nor overlap."""
    period = calendar.period_of(grain, day)
    after, before = calendar.next(period), calendar.previous(period)
    assert after.start == period.end
    assert before.end == period.start
    assert calendar.previous(after) == calendar.next(before) == period


@given(CALENDARS, GRAINS, DAYS, st.integers(0, 800))
def test_span_tiles_the_days(calendar: Calendar, grain: Grain, first: date, length: int) -> None:
    """A span is a chain of neighbours that holds every day between its two ends, with distinct names."""
    last = first + timedelta(days=length)
    periods = list(calendar.span(grain, first, last))
    assert first in periods[0]
    assert last in periods[-1]
    assert all(calendar.next(left) == right for left, right in pairwise(periods))
    assert len({period.name for period in periods}) == len(periods)


@given(CALENDARS, DAYS)
def test_months_add_up_to_quarters_and_years(calendar: Calendar, day: date) -> None:
    """A fiscal year is twelve of the calendar's months and four of its quarters, edge on edge."""
    year = calendar.period_of(Grain.YEAR, day)
    inside = [list(calendar.span(grain, year.start, year.end - timedelta(days=1))) for grain in (Grain.MONTH, Grain.QUARTER)]
    assert [len(parts) for parts in inside] == [12, 4]
    assert all((parts[0].start, parts[-1].end) == (year.start, year.end) for parts in inside)
    assert year.start.month == calendar.fiscal_start


@given(CALENDARS, st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_an_instant_lies_in_its_day(calendar: Calendar, naive: datetime) -> None:
    """Every instant lies at or after the start of its local day and before its end."""
    instant = naive.replace(tzinfo=UTC)
    day = calendar.day_of(instant)
    assert calendar.start_of(day) <= instant < calendar.end_of(day)
