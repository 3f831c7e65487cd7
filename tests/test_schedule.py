"""Schedules: what may be written, and which moments it means on days when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SettingsError
from connector.schedule import Schedule

NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")
ZONES = st.sampled_from([ZoneInfo(name) for name in ("America/New_York", "Europe/Kyiv", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")])
TEXTS = st.sampled_from(["hourly", "daily", "every 7 minutes", "30 1,2 * * *", "0 0 29 2 *", "15 6 * * mon-fri", "*/20 */5 1 * 7"])
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - strategy bounds must be naive


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """Return a local wall time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "now", "latest", "following"),
    [
        ("hourly", "2017-06-01T10:20", "2017-06-01T10:00", "2017-06-01T11:00"),
        ("Every 15 minutes", "2017-06-01T10:20", "2017-06-01T10:15", "2017-06-01T10:30"),
        ("every 1 minute", "2017-06-01T10:20:59", "2017-06-01T10:20", "2017-06-01T10:21"),
        ("daily", "2017-06-01T03:14", "2017-05-31T03:15", "2017-06-01T03:15"),
        ("daily", "2017-06-01T03:15", "2017-06-01T03:15", "2017-06-02T03:15"),
        ("15 6 * * mon-fri", "2017-06-03T12:00", "2017-06-02T06:15", "2017-06-05T06:15"),
        ("0 8 1 */3 *", "2017-06-03T12:00", "2017-04-01T08:00", "2017-07-01T08:00"),
        ("0 8 * * sun", "2017-06-05T12:00", "2017-06-04T08:00", "2017-06-11T08:00"),
        ("0 8 * * 7", "2017-06-05T12:00", "2017-06-04T08:00", "2017-06-11T08:00"),
        ("0 8 15 * fri", "2017-06-05T12:00", "2017-06-02T08:00", "2017-06-09T08:00"),
        ("0 0 29 feb *", "2099-06-01T00:00", "2096-02-29T00:00", "2104-02-29T00:00"),
        ("10-40/15 22 31 12 *", "2017-06-01T00:00", "2016-12-31T22:40", "2017-12-31T22:10"),
        ("5/20 9 * * *", "2017-06-01T09:30", "2017-06-01T09:25", "2017-06-01T09:45"),
    ],
)
def test_slots(text: str, now: str, latest: str, following: str) -> None:
    """A schedule names the last moment up to now and the first one after it."""
    schedule = Schedule.parse(text, NEW_YORK)

    assert (schedule.latest_slot(at(now)), schedule.next_slot(at(now))) == (at(latest), at(following))


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "five fields"),
        ("weekly", "five fields"),
        ("every 0 minutes", "not from 1 to 1440"),
        ("every 1441 minutes", "not from 1 to 1440"),
        ("60 * * * *", "'60' is no minute (0-59)"),
        ("* 24 * * *", "'24' is no hour (0-23)"),
        ("0 0 0 * *", "'0' is no day of month"),
        ("0 0 * 13 *", "'13' is no month"),
        ("0 0 * * 8", "'8' is no day of week"),
        ("0 0 * * fry", "'fry' is no day of week"),
        ("*/0 * * * *", "no range"),
        ("*/x * * * *", "no range"),
        ("30-10 * * * *", "no range"),
        ("1,,2 * * * *", "'' is no minute"),
        ("-5 * * * *", "'' is no minute"),
        ("0 0 30 2 *", "no such day ever comes"),
        ("0 0 31 4,6,9,11 *", "no such day ever comes"),
    ],
)
def test_refused(text: str, because: str) -> None:
    """A text that is no schedule is refused with the reason and with all that is allowed."""
    with pytest.raises(SettingsError) as caught:
        Schedule.parse(text, NEW_YORK)

    assert because in str(caught.value)
    assert "hourly, daily (at 03:15), every N minutes" in str(caught.value)


def test_autumn_night_runs_once() -> None:
    """A wall time that comes twice when clocks go back is one slot with one key, at its first coming."""
    schedule = Schedule.parse("30 1 * * *", NEW_YORK)
    first = datetime(2017, 11, 5, 5, 30, tzinfo=UTC)

    slots = {schedule.latest_slot(first + timedelta(minutes=minutes)) for minutes in range(180)}

    assert slots == {first}
    assert schedule.key(first) == "2017-11-05T01:30"


def test_spring_night_is_not_skipped() -> None:
    """A wall time that clocks jump over runs as much later as they jumped, once."""
    schedule = Schedule.parse("30 2,3 * * *", NEW_YORK)

    assert schedule.latest_slot(at("2017-03-12T12:00")) == datetime(2017, 3, 12, 7, 30, tzinfo=UTC)
    assert schedule.next_slot(at("2017-03-12T00:00")) == datetime(2017, 3, 12, 7, 30, tzinfo=UTC)
    assert schedule.next_slot(datetime(2017, 3, 12, 7, 30, tzinfo=UTC)) == at("2017-03-13T02:30")


def test_a_day_that_never_was() -> None:
    """A whole local day that a country skipped adds no slot of its own."""
    schedule = Schedule.parse("daily", APIA)

    assert schedule.next_slot(at("2011-12-29T04:00", APIA)) == at("2011-12-31T03:15", APIA)


def test_counted_minutes_ignore_the_clock_change() -> None:
    """Counted minutes run through both hours of an autumn night, each under its own key."""
    schedule = Schedule.parse("every 30 minutes", NEW_YORK)
    start = datetime(2017, 11, 5, 5, 0, tzinfo=UTC)

    keys = [schedule.key(schedule.latest_slot(start + timedelta(minutes=30 * count))) for count in range(4)]

    assert keys == ["2017-11-05T05:00Z", "2017-11-05T05:30Z", "2017-11-05T06:00Z", "2017-11-05T06:30Z"]


@given(TEXTS, ZONES, MOMENTS)
def test_slots_agree(text: str, zone: ZoneInfo, now: datetime) -> None:
    """Latest and next slot enclose now, follow one another and are each other's neighbours."""
    schedule = Schedule.parse(text, zone)

    latest, following = schedule.latest_slot(now), schedule.next_slot(now)

    assert latest <= now < following
    assert schedule.next_slot(latest) == following
    assert schedule.latest_slot(following) == following
    assert schedule.latest_slot(following - timedelta(seconds=1)) == latest
    assert schedule.key(latest) != schedule.key(following)
