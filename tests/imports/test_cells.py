"""A cell means what it says or is refused with the reason; nothing is guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.imports import Column, Kind, Reading
from connector.imports.cells import value_of
from connector.model import CostCategory
from connector.period import Calendar

HELSINKI = Reading(Calendar(ZoneInfo("Europe/Helsinki")), "EUR")
DAY_FIRST = Reading(HELSINKI.calendar, "EUR", day_first=True)
COMMA = Reading(HELSINKI.calendar, "EUR", decimal_comma=True)


def column(kind: Kind, **words: object) -> Column:
    """Return a column of this kind."""
    return Column("column", kind, is_needed=False, words=words)


def utc(*parts: int) -> datetime:
    """Return an instant."""
    return datetime(*parts, tzinfo=UTC)


READ = [
    (Kind.TEXT, HELSINKI, "Ärzte & Co", "Ärzte & Co"),
    (Kind.YES, HELSINKI, "Yes", True),
    (Kind.YES, HELSINKI, "0", False),
    (Kind.WHOLE, HELSINKI, "-12", -12),
    (Kind.NUMBER, HELSINKI, "1250.50", Decimal("1250.5")),
    (Kind.NUMBER, HELSINKI, "0.10000", Decimal("0.1")),
    (Kind.NUMBER, COMMA, "-1250,5", Decimal("-1250.5")),
    (Kind.NUMBER, COMMA, "1250", Decimal(1250)),
    (Kind.RATE, HELSINKI, "0.00812345", "0.00812345"),
    (Kind.RATE, COMMA, "1,0800", "1.08"),
    (Kind.CURRENCY, HELSINKI, "usd", "USD"),
    (Kind.DAY, HELSINKI, "2026-03-01", date(2026, 3, 1)),
    (Kind.DAY, HELSINKI, "2026-03-01 00:00:00", date(2026, 3, 1)),
    (Kind.DAY, DAY_FIRST, "1.3.2026", date(2026, 3, 1)),
    (Kind.DAY, DAY_FIRST, "2026-03-01", date(2026, 3, 1)),
    (Kind.MOMENT, HELSINKI, "2026-03-01", utc(2026, 2, 28, 22)),
    (Kind.MOMENT, HELSINKI, "2026-07-01", utc(2026, 6, 30, 21)),
    (Kind.MOMENT, HELSINKI, "2026-03-01 14:30", utc(2026, 3, 1, 12, 30)),
    (Kind.MOMENT, HELSINKI, "2026-03-01T14:30:00Z", utc(2026, 3, 1, 14, 30)),
    (Kind.MOMENT, HELSINKI, "2026-03-01T14:30:00-05:00", utc(2026, 3, 1, 19, 30)),
    (Kind.MOMENT, DAY_FIRST, "29/2/2016 01:16", utc(2016, 2, 28, 23, 16)),
    (Kind.MOMENT, HELSINKI, "2026-10-25 03:30", utc(2026, 10, 25, 0, 30)),
    (Kind.MOMENT, HELSINKI, "2026-03-29 03:30", utc(2026, 3, 29, 1, 30)),
]
"""The last but one comes twice on its autumn night, and the first time is meant; the last is skipped in spring, and the hour after is."""


@pytest.mark.parametrize(("kind", "reading", "text", "value"), READ)
def test_a_cell_is_read(kind: Kind, reading: Reading, text: str, value: object):
    """Each form that the manual names means this value."""
    assert value_of(column(kind), text, reading) == value


REFUSED = [
    (Kind.YES, HELSINKI, "maybe", "allowed are true, yes, 1, false, no, 0"),
    (Kind.WHOLE, HELSINKI, "12.0", "it is not a whole number such as 1250"),
    (Kind.WHOLE, HELSINKI, "١٢", "it is not a whole number such as 1250"),
    (Kind.NUMBER, HELSINKI, "1,250.50", "without marks between thousands; --decimal-comma reads"),
    (Kind.NUMBER, COMMA, "1.250", "numbers are written like 1250,50, without marks between thousands"),
    (Kind.NUMBER, HELSINKI, "12 EUR", "it is not a number such as 1250.50"),
    (Kind.NUMBER, HELSINKI, "NaN", "it is not a number"),
    (Kind.NUMBER, HELSINKI, "0.12345", "it has more than 4 decimal places"),
    (Kind.NUMBER, HELSINKI, "100000000000000", "it is too large to keep"),
    (Kind.RATE, HELSINKI, "0", "a rate is larger than 0"),
    (Kind.DAY, HELSINKI, "01.03.2026", "--day-first"),
    (Kind.DAY, HELSINKI, "2026-02-30", "it is not a day or moment such as 2026-12-31"),
    (Kind.DAY, DAY_FIRST, "31.2.2026", "it is not a day or moment"),
    (Kind.DAY, DAY_FIRST, "1.3.26", "it is not a day or moment"),
    (Kind.DAY, HELSINKI, "2026-03-01 14:30", "a day has no time of day"),
    (Kind.MOMENT, HELSINKI, "yesterday", "it is not a day or moment"),
    (Kind.MOMENT, HELSINKI, "9999-12-31T23:59:00-12:00", "it is out of range"),
    (Kind.MOMENT, HELSINKI, "0206-01-01", "its year is 206; nothing is older than 1900"),
    (Kind.DAY, DAY_FIRST, "1.1.1026", "its year is 1026"),
    (Kind.CURRENCY, HELSINKI, "€", "a currency is three letters, such as EUR"),
    (Kind.CURRENCY, HELSINKI, "euro", "a currency is three letters, such as EUR"),
]


@pytest.mark.parametrize(("kind", "reading", "text", "reason"), REFUSED)
def test_what_could_mean_two_things_is_refused(kind: Kind, reading: Reading, text: str, reason: str):
    """A cell that is malformed, too exact, too large or open to doubt has no value."""
    with pytest.raises(ValueError, match=reason):
        value_of(column(kind), text, reading)


def test_words_are_those_of_the_table():
    """A word is one of the column's own, in small or capital letters."""
    category = column(Kind.WORD, **{str(word): word for word in CostCategory})

    assert value_of(category, "Sales", HELSINKI) is CostCategory.SALES
    with pytest.raises(ValueError, match="allowed are advertising, marketing, sales, retention, service, crm"):
        value_of(category, "rent", HELSINKI)


@pytest.mark.parametrize(
    ("kind", "bounds", "text", "allowed"),
    [
        (Kind.NUMBER, (0, 1), "60", "allowed are numbers from 0 to 1"),
        (Kind.NUMBER, (0, 1), "-0.1", "allowed are numbers from 0 to 1"),
        (Kind.WHOLE, (1, None), "0", "allowed are numbers from 1$"),
    ],
)
def test_a_number_out_of_its_bounds_is_refused(kind: Kind, bounds: tuple[int, int | None], text: str, allowed: str):
    """A chance of 60 would make a deal of 100 worth 6,000 in the pipeline."""
    with pytest.raises(ValueError, match=allowed):
        value_of(replace(column(kind), bounds=bounds), text, HELSINKI)
    assert value_of(replace(column(kind), bounds=bounds), "1", HELSINKI) == 1
