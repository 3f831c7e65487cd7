"""HubSpot's strings become our types, or are refused with a reason; they never become something else."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.adapters.hubspot.page import shaped
from connector.adapters.hubspot.parse import boolean, day, decimal, exact, instant, integer, needed, noted, rate, text, value_of
from connector.adapters.hubspot.records import held_value
from connector.adapters.values import Unreadable
from connector.model import FieldKind, text_of

moments = st.datetimes(datetime(1902, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
anything = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers()))


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_is_nothing(empty: str | None):
    """No value and an empty text both mean that nothing is there."""
    assert [parse(empty) for parse in (text, decimal, exact, rate, integer, boolean, instant, day)] == [None] * 8


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0.200000000000000011102230246251565404236316680908203125", "0.2"),
        ("1054", "1054"),
        ("-12.34565", "-12.3457"),
        ("1E+3", "1000"),
        (1054, "1054"),
        (Decimal("1.5"), "1.5"),
        ("0.00005", "0.0001"),
    ],
)
def test_numbers_are_rounded_half_up_to_four_places(written: object, number: str):
    """A double printed exactly is what was meant; four places are kept."""
    assert decimal(written) == Decimal(number)


@pytest.mark.parametrize("garbage", ["about 50", "NaN", "Infinity", "1e30", "12,5", "0x10", "€ 5", "--1"])
def test_what_is_no_number_is_refused(garbage: str):
    """Text, not-a-number and amounts beyond what the store keeps are refused, never read as 0."""
    with pytest.raises(Unreadable, match="is not a number"):
        decimal(garbage)


@given(st.decimals(min_value=-(10**13), max_value=10**13, allow_nan=False, places=2), st.sampled_from(",' \u00a0\u2019\u202f"))
def test_thousands_may_stand_apart(number: Decimal, mark: str):
    """A number with its thousands set apart by any of the usual marks is that number."""
    assert decimal(f"{number:,}".replace(",", mark)) == number


@pytest.mark.parametrize("garbage", ["1,23", "1,2345", "12,5", "1.234,56", "1,234 567", ",123", "1,,234", "1,234,", "1,234.5.6"])
def test_a_comma_elsewhere_is_no_number(garbage: str):
    """A comma that parts no thousands may mean anything, so the number is refused rather than guessed."""
    with pytest.raises(Unreadable, match="is not a number"):
        decimal(garbage)


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4))
def test_numbers_survive_a_double(number: Decimal):
    """What we wrote with four places comes back equal, even when HubSpot prints the nearest double exactly."""
    printed = str(Decimal(float(number)))
    assert decimal(printed) == number
    assert held_value(printed, FieldKind.MONEY) == text_of(number)


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False))
def test_numbers_equal_a_second_reckoning(number: Decimal):
    """Rounding is that of plain decimal arithmetic."""
    assert decimal(str(number)) == number.quantize(Decimal("0.0001"), ROUND_HALF_UP)


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_a_moment_reads_the_same_in_every_form(moment: datetime, offset: int):
    """Milliseconds (text or number), Z and any offset name the same instant, and it is UTC."""
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=offset)))
    iso = moment.isoformat().replace("+00:00", "Z")
    forms = (str(milliseconds), milliseconds, f"{milliseconds}.0", f" {iso} ", iso, elsewhere.isoformat())
    for form in forms:
        found = instant(form)
        assert found == moment
        assert found is not None
        assert found.tzinfo is UTC


@given(st.dates(date(1902, 1, 1), date(2200, 1, 1)))
def test_a_day_is_its_midnight_in_utc(one: date):
    """A date comes as text or as milliseconds of its midnight in UTC."""
    milliseconds = (datetime(one.year, one.month, one.day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert day(one.isoformat()) == day(str(milliseconds)) == one


@pytest.mark.parametrize("garbage", ["yesterday", "2017-02-30", "99999999999999999999", "2017-13", "12:00", "9999-12-31", "0001-01-01"])
def test_what_is_no_moment_is_refused(garbage: str):
    """Words, days that do not exist and times beyond the calendar are refused."""
    with pytest.raises(Unreadable, match="is not a date and time"):
        instant(garbage)


@pytest.mark.parametrize(
    ("written", "truth"), [("true", True), ("FALSE", False), (True, True), (False, False), (1, True), ("0", False), ("Yes", True)]
)
def test_booleans(written: object, *, truth: bool):
    """True and false come as text or as themselves."""
    assert boolean(written) is truth


@pytest.mark.parametrize(("written", "number"), [("5000", 5000), ("5000.0", 5000), (37, 37)])
def test_whole_numbers(written: object, number: int):
    """The same field may come as a number, as text, or with a needless point."""
    assert integer(written) == number


@given(anything)
def test_no_value_crashes_a_parser(value: object):
    """Whatever comes is read or refused as unreadable, nothing else is ever raised; a text is one that every database keeps."""
    assert "\x00" not in (text(value) or "").encode().decode()
    for parse in (text, decimal, exact, rate, integer, boolean, instant, day):
        with suppress(Unreadable):
            parse(value)


@given(st.sampled_from(list(FieldKind)), anything)
def test_held_values_are_canonical_or_as_they_stand(kind: FieldKind, value: object):
    """What one of our fields holds is read as canonical text; reading that text again changes nothing."""
    held = held_value(value, kind)
    assert held is None or held_value(held, kind) == held


def test_what_cannot_be_read_is_noted_by_property():
    """A property that cannot be read is empty, and its name is noted with what it held; outside of `noted` nobody asks."""
    with noted() as notes:
        assert value_of({"amount": "lots", "price": "5"}, "amount", decimal) is None
        assert value_of({"amount": "lots", "price": "5"}, "price", decimal) == 5
    assert notes == {"amount": "amount: 'lots' is not a number."}
    assert value_of({"amount": "lots"}, "amount", decimal) is None
    assert len(notes) == 1


def test_what_is_needed_is_taken_from_the_next_place():
    """Where one place cannot be read the next one tells; only where none can is the record refused, by the first one's name."""
    with noted() as notes:
        assert needed((({"a": "soon"}, "a"), ({"b": "5"}, "b")), decimal) == 5
    assert list(notes) == ["a"]
    assert needed((({}, "a"), ({"b": ""}, "b")), decimal) is None
    with pytest.raises(Unreadable, match="a: 'soon' is not a number"):
        needed((({"a": "soon"}, "a"), ({}, "b")), decimal)


@given(st.recursive(anything, lambda inner: st.dictionaries(st.sampled_from(["id", "properties", "propertiesWithHistory", "x"]), inner)))
def test_no_row_crashes_the_shape_check(row: object):
    """A row is a record or is refused, whatever the JSON is."""
    try:
        assert shaped(row)["id"]
    except Unreadable:
        json.dumps(row, default=str)
