"""The account's clock as SQL reads it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as some

from connector.engine.clock import ahead_of_utc, microseconds, passed
from connector.period import Calendar
from tests.engine.conftest import PEOPLE, STAGES, THINGS, Book, deal

HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)
ZONES = sorted(available_timezones() - {"localtime"})
OLDEST, NEWEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
FAR = some.datetimes(min_value=OLDEST.replace(tzinfo=None), max_value=NEWEST.replace(tzinfo=None), timezones=some.just(UTC))
NEAR = some.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2026, 12, 31), timezones=some.just(UTC))  # noqa: DTZ001 - hypothesis adds it


def read(zone: str, year: int, instants: list[datetime]) -> tuple[list[int | None], list[int | None]]:
    """Return what the written expression makes of these instants and of nothing, and what DuckDB itself does."""
    ahead = ahead_of_utc(ZoneInfo(zone), year)
    with duckdb.connect() as connection:
        connection.execute(f"set variable zone = '{zone}'")
        asking = f"select us + {ahead}, epoch_us(timezone('{zone}', make_timestamptz(us))) from (select unnest(?::bigint[]) as us)"  # noqa: S608 - a zone's name
        rows = connection.execute(asking, [[*map(microseconds, instants), None]]).fetchall()
    written, asked = zip(*rows, strict=True)
    return list(written), list(asked)


def shown(zone: str, instants: list[datetime]) -> list[int]:
    """Return what a clock in a zone shows at these instants, as if it were UTC."""
    place = ZoneInfo(zone)
    return [microseconds(instant.astimezone(place).replace(tzinfo=UTC)) for instant in instants]


def changes(zone: str, first: int, until: int) -> Iterator[datetime]:
    """Yield every full hour at or after which a zone's clock was changed, and the instants around it."""
    place, at = ZoneInfo(zone), datetime(first, 1, 1, tzinfo=UTC)
    while at.year < until:
        if (at - HOUR).astimezone(place).utcoffset() != at.astimezone(place).utcoffset():
            yield from (at - HOUR, at - INSTANT, at, at + INSTANT, at + HOUR)
        at += HOUR


@settings(max_examples=30, deadline=None)
@given(some.sampled_from(ZONES), some.lists(NEAR), some.integers(2015, 2024))
def test_the_years_that_are_written_out_are_as_python_has_them(zone: str, instants: list[datetime], year: int):
    """In any zone, whenever its clock was changed, an instant of the last ten years and of the next is read as Python reads it."""
    asked_for = [*instants, *changes(zone, year, year + 2)]
    assert read(zone, 2025, asked_for)[0] == [*shown(zone, asked_for), None]


@settings(max_examples=30, deadline=None)
@given(some.sampled_from(ZONES), some.lists(FAR, min_size=5), some.integers(1980, 9980))
def test_any_other_year_is_as_duckdb_has_it(zone: str, instants: list[datetime], year: int):
    """An instant of any other year is read as DuckDB reads it, and nothing stays nothing."""
    far = [instant for instant in instants if not year - 10 <= instant.year <= year + 1]
    written, asked = read(zone, year, far)
    assert written == asked
    assert written[-1] is None


@settings(max_examples=30, deadline=None)
@given(some.sets(some.integers(0, 60)), some.lists(some.integers(-1, 61)))
def test_moments_are_counted(moments: set[int], instants: list[int]):
    """So many moments have passed by an instant as it is at or after; at the end of all time all have."""
    asked_for = [*instants, *moments, 2**63 - 1]
    with duckdb.connect() as connection:
        asking = f"select {passed(sorted(moments))} from (select unnest(?::bigint[]) as us)"  # noqa: S608 - numbers
        found = connection.execute(asking, [asked_for]).fetchall()
    assert [number for (number,) in found] == [sum(moment <= instant for moment in moments) for instant in asked_for]


def test_a_clock_is_changed_at_the_very_instant():
    """In 2020 a clock in Casey was changed a minute after the hour, and showed another time from that instant on."""
    instant = datetime(2020, 10, 3, 16, 1, tzinfo=UTC)
    assert read("Antarctica/Casey", 2025, [instant - INSTANT, instant])[0] == [
        *shown("Antarctica/Casey", [instant - INSTANT, instant]),
        None,
    ]


def test_no_change_is_missed_for_another_soon_after():
    """In Casablanca clocks are changed for Ramadan, and back five weeks later."""
    instants = list(changes("Africa/Casablanca", 2016, 2026))
    assert read("Africa/Casablanca", 2025, instants)[0] == [*shown("Africa/Casablanca", instants), None]


def test_the_account_has_the_clock_of_its_calendar(new_book: Callable[..., Book]):
    """Half an hour before and after December began in Vancouver are in two months, whose rules for 2026 DuckDB may have older or newer."""
    vancouver = ZoneInfo("America/Vancouver")
    book = new_book(calendar=Calendar(vancouver))
    book.put(*STAGES, *PEOPLE, *THINGS)
    for closed in (datetime(2026, 11, 30, 23, 30, tzinfo=vancouver), datetime(2026, 12, 1, 0, 30, tzinfo=vancouver)):
        book.put(deal(f"{closed:%d}", ("first", "2026-11-02"), ("won", "2026-11-30"), closed_at=closed.astimezone(UTC)))
    assert [book.one("deals_won", period, as_of="2026-12-20").value for period in ("2026-11", "2026-12")] == [1, 1]
