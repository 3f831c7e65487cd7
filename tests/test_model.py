"""The nouns: one text for a value, one share for a plan, one row of promises for every record."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model import (
    FILLS,
    IMPORTED,
    RECORDS,
    Entity,
    FieldChange,
    FieldKind,
    FieldSpec,
    Goal,
    GoalChange,
    Record,
    Scalar,
    Stream,
    Why,
    WritePlan,
    text_of,
)
from connector.period import ALL_TIME

MOMENT = datetime(2017, 12, 31, 23, tzinfo=UTC)
SPEC = FieldSpec(Entity.DEALS, "kpi_expected_value", "KPI: Expected value", FieldKind.MONEY, "Amount times probability.")
MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=4)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ("Ünïcode, kept", "Ünïcode, kept"),
        (" ", " "),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (100, "100"),
        (-7, "-7"),
        (Decimal("12.5000"), "12.5"),
        (Decimal(1000), "1000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0001"), "0.0001"),
        (Decimal("0.000"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("-1.10"), "-1.1"),
        (date(2017, 12, 31), "2017-12-31"),
        (datetime(2017, 12, 31, 5, tzinfo=UTC), "2017-12-31T05:00:00Z"),
        (datetime(2017, 12, 31, 5, 0, 0, 250000, tzinfo=UTC), "2017-12-31T05:00:00.250000Z"),
        (datetime(2017, 12, 31, 0, tzinfo=timezone(timedelta(hours=-5))), "2017-12-31T05:00:00Z"),
    ],
)
def test_text_of(value: Scalar, text: str | None) -> None:
    """Every kind of value has one canonical text: no needless zeros, no exponent, no minus zero, UTC with a Z, None when empty."""
    assert text_of(value) == text


@given(MONEY, st.integers(0, 6))
def test_text_of_forgets_trailing_zeros(amount: Decimal, zeros: int) -> None:
    """Equal numbers have equal text however many zeros they were written with, and the text reads back as the same number."""
    written = amount.quantize(Decimal(1).scaleb(-4 - zeros))
    assert text_of(written) == text_of(amount)
    assert Decimal(text_of(written) or "") == amount


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_text_of_instant_is_the_instant(moment: datetime) -> None:
    """The same instant has the same text in whatever zone it is given."""
    assert text_of(moment) == text_of(moment.astimezone(UTC))
    assert datetime.fromisoformat(text_of(moment) or "") == moment.astimezone(UTC)


def _change(why: Why) -> FieldChange:
    return FieldChange(SPEC, "1", "10", "20", why)


def _goal(why: Why) -> GoalChange:
    return GoalChange(Goal("revenue_won", "owner", "7", ALL_TIME, Decimal(1), "family", "title"), None, why)


def _plan(present: int, fields: tuple[FieldChange, ...] = (), goals: tuple[GoalChange, ...] = ()) -> WritePlan:
    return WritePlan("p1", "demo", MOMENT, MOMENT, fields, goals, present)


@pytest.mark.parametrize(
    ("whys", "present", "share"),
    [
        ((), 0, 0.0),
        ((), 10, 0.0),
        ((Why.NEW, Why.NEW), 0, 0.0),
        ((Why.NEW, Why.DEFINITION, Why.RESTORE), 10, 0.0),
        ((Why.CHANGED,), 4, 0.25),
        ((Why.CHANGED, Why.DRIFT, Why.NEW), 4, 0.5),
    ],
)
def test_change_share_counts_present_values_only(whys: tuple[Why, ...], present: int, share: float) -> None:
    """The share sets changed and drifted values against those the CRM held before; new fields and new definitions do not count."""
    assert _plan(present, tuple(_change(why) for why in whys)).change_share == share


def test_change_share_counts_goals() -> None:
    """A goal whose target would change counts like a field."""
    plan = _plan(2, (_change(Why.NEW),), (_goal(Why.CHANGED), _goal(Why.NEW)))
    assert plan.change_share == 0.5
    assert plan.size == 3


def test_every_entity_has_a_record_and_a_way_in() -> None:
    """Each entity has one record class, and is filled by streams, or by imports alone."""
    assert set(RECORDS) == set(Entity)
    assert all(RECORDS[entity].entity is entity for entity in Entity)
    assert set(FILLS) == set(Stream)
    filled = {entity for entities in FILLS.values() for entity in entities}
    assert filled | set(IMPORTED) == set(Entity)
    assert filled & set(IMPORTED) == set()


@pytest.mark.parametrize("kind", RECORDS.values())
def test_records_share_their_first_fields(kind: type[Record]) -> None:
    """Every record starts with its id and the three instants of its life, so that one store schema fits all."""
    assert [field.name for field in fields(kind)][:4] == ["id", "created_at", "updated_at", "deleted_at"]


@pytest.mark.parametrize("kind", [FieldKind, Why, Entity, Stream])
def test_enumerations_are_their_text(kind: type[StrEnum]) -> None:
    """A choice is stored and shown as lower-case text and read back from it."""
    for member in kind:
        assert kind(str(member)) is member
        assert str(member) == str(member).lower()
