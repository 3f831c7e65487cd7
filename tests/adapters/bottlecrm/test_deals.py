"""What an opportunity is in our words: its outcome, the day of its closing, and the stays that are told."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.adapters.bottlecrm.account import Account
from connector.adapters.bottlecrm.deals import UNTOLD, deal_of
from connector.adapters.bottlecrm.parse import Row
from connector.adapters.values import Unreadable
from connector.model import Deal, FieldHistory, Outcome, StageChange, Tenant

HOME = Account(Tenant("1", "Maven", "America/New_York", "USD"), ZoneInfo("America/New_York"))
MADE, MOVED = "2017-03-01T15:00:00.5Z", "2017-05-10T02:00:00Z"
RAW = {"id": "d", "pipeline": "p", "stage": "WON", "stage_kind": "won", "created_at": MADE, "stage_changed_at": MOVED, "amount": "10.50"}


def at(written: str) -> datetime:
    """Return a moment."""
    return datetime.fromisoformat(written).astimezone(UTC)


def read(**values: object) -> tuple[Deal, list[StageChange], list[FieldHistory]]:
    """Read an opportunity that differs in these values."""
    deal, *rest = deal_of(Row({**RAW, **values}), HOME)
    assert isinstance(deal, Deal)
    return deal, [one for one in rest if isinstance(one, StageChange)], [one for one in rest if isinstance(one, FieldHistory)]


@pytest.mark.parametrize(
    ("day", "moved", "closed"),
    [
        ("2017-05-09", MOVED, MOVED),
        ("2017-05-08", MOVED, "2017-05-08T16:00:00Z"),
        (None, MOVED, MOVED),
        ("2017-05-08", None, "2017-05-08T16:00:00Z"),
        ("2017-02-01", MOVED, MADE),
        ("2017-12-31", MOVED, MOVED),
    ],
    ids=[
        "the day of the move, in local time",
        "another day, at noon",
        "no day",
        "no move",
        "a day before it was made",
        "won before its day",
    ],
)
def test_a_closing_is_on_the_day_that_people_gave(day: str | None, moved: str | None, closed: str) -> None:
    """BottleCRM's own goals go by that day; the time is that of the move, where it fits, and never before the deal."""
    deal, _, history = read(closed_on=day, stage_changed_at=moved)
    assert deal.closed_at == at(closed)
    assert deal.expected_close_on is None
    assert [one.field for one in history] == (["status", "closed_at"] if closed != MADE else [])


def test_an_open_deal_is_expected_to_close_on_that_day() -> None:
    """What is the day of closing of a closed deal is, of an open one, when it should close; its own chance counts only then."""
    deal, _, history = read(stage_kind="open", closed_on="2017-06-30", probability=50)
    assert (deal.status, deal.closed_at, deal.expected_close_on) == (Outcome.OPEN, None, date(2017, 6, 30))
    assert deal.probability == Decimal("0.5")
    assert history == []
    assert read(probability=50)[0].probability is None


def test_a_closed_deal_without_any_date_is_set_aside() -> None:
    """Nothing tells when it was closed, and guessing would put it into some period."""
    with pytest.raises(Unreadable, match="closed_on"):
        read(closed_on=None, stage_changed_at=None)


def test_the_stages_before_the_present_one_are_untold() -> None:
    """A deal that was moved has been in something before; one that was not is where it began, even if its clocks differ by a moment."""
    _, stays, _ = read()
    assert [(one.id, one.stage, one.entered_at, one.left_at) for one in stays] == [
        ("d:0", UNTOLD, at(MADE), at(MOVED)),
        ("d:1", "p:WON", at(MOVED), None),
    ]
    _, stays, _ = read(stage_changed_at="2017-03-01T15:00:00.4Z")
    assert [(one.id, one.stage, one.entered_at) for one in stays] == [("d:0", "p:WON", at(MADE))]


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("NEW_BUSINESS", "new"), ("EXISTING_BUSINESS", "upsell"), ("RENEWAL", "renewal"), ("CROSS_SELL", "cross_sell"), (None, "new")],
)
def test_a_type_says_what_business_it_is(kind: str | None, meant: str) -> None:
    """The types are the same everywhere, and a deal without one is new business."""
    assert read(opportunity_type=kind)[0].kind == meant


def test_a_deal_is_of_the_one_who_was_there_first() -> None:
    """BottleCRM lists the newest member first, and so takes a deal from its owner as soon as a new member helps with it."""
    people = [{"id": "b", "created_at": "2017-05-01T10:00:00Z"}, {"id": "a", "created_at": "2017-01-01T10:00:00Z"}]
    assert read(assigned_to=people)[0].owner == "a"
    assert [read(assigned_to=one)[0].owner for one in ([], ["z", "y"])] == [None, "y"]


def test_an_amount_of_another_currency_is_none_at_home() -> None:
    """There are no rates in BottleCRM; a deal without a currency is in that of the organisation."""
    assert [read(currency=one)[0].home_amount for one in (None, "USD", "EUR")] == [Decimal("10.5"), Decimal("10.5"), None]
