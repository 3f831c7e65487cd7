"""A deal's past, rebuilt from HubSpot's histories, against cases worked out by hand and against a second, simpler reckoning."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.adapters.hubspot.account import Account
from connector.adapters.hubspot.deals import deal_of
from connector.adapters.hubspot.mapping import DealMapping, Mapped
from connector.adapters.values import Unreadable
from connector.model import Deal, FieldHistory, Outcome, Stage, StageChange, Tenant, text_of

ZONE = ZoneInfo("America/New_York")
STAGES = {
    one.id: one
    for one in (
        Stage(id="new", pipeline="default", name="New", position=0, outcome=Outcome.OPEN, probability=Decimal("0.2")),
        Stage(id="talk", pipeline="default", name="Talk", position=1, outcome=Outcome.OPEN, probability=Decimal("0.6")),
        Stage(id="won", pipeline="default", name="Won", position=2, outcome=Outcome.WON, probability=Decimal(1)),
        Stage(id="lost", pipeline="default", name="Lost", position=3, outcome=Outcome.LOST, probability=Decimal(0)),
    )
}
ACCOUNT = Account(Tenant("1", "Test", "America/New_York", "USD"), ZONE, STAGES, DealMapping(Mapped()))
MONDAY = datetime(2017, 5, 1, 14, tzinfo=UTC)
Entries = Sequence[tuple[datetime, str]]


def iso(moment: datetime) -> str:
    """Write a moment as HubSpot does."""
    return moment.isoformat().replace("+00:00", "Z")


def days(number: float) -> datetime:
    """Return the moment so many days after the first Monday."""
    return MONDAY + timedelta(days=number)


def deal(histories: dict[str, Entries], created: datetime = MONDAY, **properties: str) -> dict[str, Any]:
    """Build a deal whose present values are the last ones of its histories."""
    entries = {
        name: [
            {"value": value, "timestamp": iso(at), "sourceType": "CRM_UI", "updatedByUserId": 7}
            for at, value in sorted(history, key=lambda entry: entry[0], reverse=True)
        ]
        for name, history in histories.items()
    }
    present = {name: rows[0]["value"] for name, rows in entries.items()}
    last = max(at for history in histories.values() for at, _ in history)
    fixed = {"createdate": iso(created), "hs_lastmodifieddate": iso(last), "pipeline": "default"}
    return {"id": "1", "properties": fixed | present | properties, "propertiesWithHistory": entries}


def read(row: dict[str, Any]) -> tuple[Deal, list[StageChange], list[FieldHistory]]:
    """Read a deal and tell its parts apart."""
    records = list(deal_of(row, ACCOUNT))
    assert isinstance(records[0], Deal)
    stays = [record for record in records if isinstance(record, StageChange)]
    return records[0], stays, [record for record in records if isinstance(record, FieldHistory)]


def changes(history: Sequence[FieldHistory], field: str) -> list[tuple[datetime, str | None, str | None]]:
    """Return one field's changes."""
    return [(row.at, row.old, row.new) for row in history if row.field == field]


def walk(stays: Sequence[StageChange]) -> list[tuple[str, datetime, datetime | None]]:
    """Return the stays as plain tuples."""
    return [(stay.stage, stay.entered_at, stay.left_at) for stay in stays]


def test_stays_follow_the_stage_history():
    """Going back is a stay of its own; saving the same stage again is not."""
    row = deal({"dealstage": [(MONDAY, "new"), (days(1), "talk"), (days(2), "talk"), (days(3), "new"), (days(5), "won")]})
    _, stays, _ = read(row)
    assert walk(stays) == [
        ("new", MONDAY, days(1)),
        ("talk", days(1), days(3)),
        ("new", days(3), days(5)),
        ("won", days(5), None),
    ]
    assert [stay.id for stay in stays] == ["1:0", "1:1", "1:2", "1:3"]
    assert {stay.pipeline for stay in stays} == {"default"}


def test_a_deal_that_changes_pipeline():
    """Each stay tells the pipeline that the deal was in then."""
    row = deal({"dealstage": [(MONDAY, "new"), (days(1), "other")], "pipeline": [(MONDAY, "default"), (days(1), "second")]})
    _, stays, _ = read(row)
    assert [(stay.stage, stay.pipeline) for stay in stays] == [("new", "default"), ("other", "second")]


def test_a_deal_without_any_history():
    """One stay since its creation, and no changes, is all that can be said."""
    row = deal({"dealstage": [(MONDAY, "talk")], "amount": [(MONDAY, "5")]})
    row["propertiesWithHistory"] = {}
    found, stays, history = read(row)
    assert walk(stays) == [("talk", MONDAY, None)]
    assert history == []
    assert found.amount == 5


def test_a_creation_that_was_dated_back():
    """An import tells an older creation than its first values: those hold from the creation on, and are no changes."""
    row = deal({"dealstage": [(days(9), "talk"), (days(11), "won")], "amount": [(days(9), "5"), (days(11), "6")]})
    _, stays, history = read(row)
    assert walk(stays) == [("talk", MONDAY, days(11)), ("won", days(11), None)]
    assert changes(history, "amount") == [(days(11), "5", "6")]


def test_values_from_before_the_creation_are_its_first():
    """A creation dated forward leaves only the last of the earlier values as the one it began with."""
    row = deal({"dealstage": [(days(-3), "new"), (days(-1), "talk"), (days(2), "won")], "amount": [(days(-3), "5"), (days(-1), "6")]})
    _, stays, history = read(row)
    assert walk(stays) == [("talk", MONDAY, days(2)), ("won", days(2), None)]
    assert changes(history, "amount") == []


def test_an_amount_that_comes_later_was_empty_before():
    """The first amount, set after the creation, is a change from nothing; equal values written differently are none."""
    row = deal({"dealstage": [(MONDAY, "new")], "amount": [(days(4), "100"), (days(5), "100.00"), (days(6), "")]})
    _, _, history = read(row)
    assert changes(history, "amount") == changes(history, "home_amount") == [(days(4), None, "100"), (days(6), "100", None)]


def test_the_close_date_is_expected_until_the_deal_closes():
    """One property of HubSpot's is two fields of ours: expected day while open, closing instant once closed."""
    evening = "2017-05-20T00:30:00Z"
    row = deal(
        {
            "dealstage": [(MONDAY, "new"), (days(10), "won")],
            "closedate": [(MONDAY, "2017-05-09T16:00:00Z"), (days(3), evening), (days(10), iso(days(10)))],
        }
    )
    found, _, history = read(row)
    assert changes(history, "expected_close_on") == [(days(3), "2017-05-09", "2017-05-19"), (days(10), "2017-05-19", None)]
    assert changes(history, "closed_at") == [(days(10), None, iso(days(10)))]
    assert (found.closed_at, found.expected_close_on) == (days(10), None)


def test_a_deal_that_is_opened_again():
    """Taking a deal back out of a closed stage takes its closing back, also where nobody touched the close date."""
    row = deal({"dealstage": [(MONDAY, "new"), (days(2), "lost"), (days(4), "talk")], "closedate": [(days(2), iso(days(2)))]})
    found, _, history = read(row)
    assert changes(history, "closed_at") == [(days(2), None, iso(days(2))), (days(4), iso(days(2)), None)]
    assert changes(history, "expected_close_on") == [(days(4), None, "2017-05-03")]
    assert found.closed_at is None
    assert found.expected_close_on == date(2017, 5, 3)


def test_a_closed_deal_without_a_close_date():
    """Where nobody said when, it closed when it came into the closed stage."""
    found, _, history = read(deal({"dealstage": [(MONDAY, "new"), (days(2), "won")]}))
    assert found.closed_at == days(2)
    assert changes(history, "closed_at") == [(days(2), None, iso(days(2)))]


def test_a_deleted_stage_counts_as_open():
    """A stage that the account no longer has is kept by its id."""
    found, stays, _ = read(deal({"dealstage": [(MONDAY, "gone"), (days(1), "new")]}))
    assert [stay.stage for stay in stays] == ["gone", "new"]
    assert found.closed_at is None


def test_owners_change_hands():
    """A change of owner after the creation is dated; credit for the past hangs on it."""
    row = deal({"dealstage": [(MONDAY, "new")], "hubspot_owner_id": [(MONDAY, "11"), (days(3), "12")]})
    found, _, history = read(row)
    assert changes(history, "owner") == [(days(3), "11", "12")]
    assert found.owner == "12"


@pytest.mark.parametrize(("owners", "by"), [({"7": "11"}, "11"), ({"8": "12"}, None)])
def test_who_changed_a_deal_is_told_by_the_owners_id(owners: dict[str, str], by: str | None):
    """Histories name people by their user id, which is none of ours; somebody who is no owner is nobody."""
    row = deal({"dealstage": [(MONDAY, "new")], "amount": [(MONDAY, "100"), (days(1), "200")]})
    found = [one for one in deal_of(row, replace(ACCOUNT, owners=owners)) if isinstance(one, FieldHistory)]
    assert [(one.field, one.by) for one in found] == [("amount", by), ("home_amount", by)]


@pytest.mark.parametrize(
    ("properties", "home", "before"),
    [
        ({}, "200", "100"),
        ({"deal_currency_code": "USD"}, "200", "100"),
        ({"deal_currency_code": "EUR", "hs_exchange_rate": "1.0825", "amount_in_home_currency": "216.5"}, "216.5", "108.25"),
        ({"deal_currency_code": "EUR", "hs_exchange_rate": "1.0825"}, "216.5", "108.25"),
        ({"deal_currency_code": "EUR", "amount_in_home_currency": "250"}, "250", "125"),
        ({"deal_currency_code": "EUR"}, None, None),
        ({"deal_currency_code": "IDR", "hs_exchange_rate": "0.000061"}, "0.0122", "0.0061"),
    ],
)
def test_money_in_the_home_currency(properties: dict[str, str], home: str | None, before: str | None):
    """HubSpot's own figure counts, then the deal's rate; without either there is no figure, rather than a wrong one."""
    row = deal({"dealstage": [(MONDAY, "new")], "amount": [(MONDAY, "100"), (days(1), "200")]}, **properties)
    found, _, history = read(row)
    assert text_of(found.home_amount) == home
    assert [row[1] for row in changes(history, "home_amount")] == ([before] if before else [])


def test_a_probability_of_its_own():
    """A probability is told only where it differs from the stage's, however HubSpot prints the double."""
    usual, _, _ = read(deal({"dealstage": [(MONDAY, "new")]}, hs_deal_stage_probability=f"{0.2:.55f}"))
    own, _, _ = read(deal({"dealstage": [(MONDAY, "new")]}, hs_deal_stage_probability="0.35"))
    assert (usual.probability, own.probability) == (None, Decimal("0.35"))


@pytest.mark.parametrize("created", ["", "soon"])
def test_a_deal_must_tell_when_it_was_created(created: str):
    """A deal whose creation cannot be read from anywhere is refused with the property's name."""
    with pytest.raises(Unreadable, match="createdate"):
        read(deal({"dealstage": [(MONDAY, "new")]}, createdate=created))
    row = deal({"dealstage": [(MONDAY, "new")]}, createdate=created)
    assert read(row | {"createdAt": iso(MONDAY)})[0].created_at == MONDAY


def _replayed(entries: Entries, moment: datetime) -> str | None:
    """Return a property's value at a moment by the plainest means."""
    known = [(at, place, value) for place, (at, value) in enumerate(entries) if at <= moment]
    return max(known)[2] or None if known else None


def _unwound(found: Deal, history: Sequence[FieldHistory], field: str, moment: datetime) -> str | None:
    """Return a field's value at a moment by taking later changes back from the present value."""
    value = text_of(getattr(found, field))
    for row in sorted((row for row in history if row.field == field), key=lambda row: row.at, reverse=True):
        if row.at > moment:
            value = row.old
    return value


hours = st.integers(0, 24 * 40)


@given(
    st.lists(st.tuples(hours, st.sampled_from(["new", "talk", "won", "lost"])), max_size=6),
    st.lists(st.tuples(hours, st.sampled_from(["", "1", "2.50", "3"])), max_size=5, unique_by=lambda one: one[0]),
    st.lists(
        st.tuples(hours, st.sampled_from(["", "2017-06-01T03:00:00Z", "2017-06-02T16:00:00Z"])), max_size=5, unique_by=lambda one: one[0]
    ),
)
def test_every_past_moment_can_be_rebuilt(stages: list[tuple[int, str]], amounts: list[tuple[int, str]], closes: list[tuple[int, str]]):
    """At any moment since the creation, taking the changes back gives what replaying HubSpot's history forward gives."""
    stage = [(MONDAY, "new"), *sorted({days(at / 24): name for at, name in stages if at}.items())]
    amount = [(days(at / 24), value) for at, value in amounts]
    close = [(days(at / 24), value) for at, value in closes]
    found, stays, history = read(
        deal({"dealstage": stage} | ({"amount": amount} if amount else {}) | ({"closedate": close} if close else {}))
    )
    for hour in range(0, 24 * 41, 7):
        moment = days(hour / 24)
        there = _replayed(stage, moment)
        assert [stay.stage for stay in stays if stay.entered_at <= moment and (stay.left_at is None or moment < stay.left_at)] == [there]
        sum_then = _replayed(amount, moment)
        assert _unwound(found, history, "amount", moment) == (text_of(Decimal(sum_then)) if sum_then else None)
        told = _replayed(close, moment)
        is_open = there in ("new", "talk")
        local = datetime.fromisoformat(told).astimezone(ZONE).date().isoformat() if told else None
        assert _unwound(found, history, "expected_close_on", moment) == (local if is_open else None)
        if told:
            assert _unwound(found, history, "closed_at", moment) == (None if is_open else told)
