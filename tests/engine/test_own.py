"""Own KPIs are measured, broken down and explained like those of the program: hand-computed cases."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.engine import explain
from connector.engine.queries import query_of
from connector.errors import SettingsError
from connector.kpis import KPIS, Dimension
from connector.model import Activity, ActivityKind, Direction, Policies, Record, Stream, Ticket
from connector.own import catalogue_of
from connector.period import Calendar
from connector.settings import KpiSetting
from tests.engine.conftest import NEEDY, Book, at, deal

D = Decimal
WON = "status == 'won'"
DEALS = [
    *deal("a", ("first", "2017-01-03"), ("won", "2017-02-01"), home_amount=D(100)),
    *deal("b", ("first", "2017-01-04"), ("won", "2017-02-28 23:59"), home_amount=D("250.5"), owner="bob"),
    *deal("c", ("first", "2017-01-05"), ("lost", "2017-02-10"), home_amount=D(900)),
    *deal("d", ("first", "2017-01-06"), ("won", "2017-02-11"), home_amount=None),
    *deal("e", ("first", "2017-02-06"), ("won", "2017-03-01 00:00"), home_amount=D(50)),
    *deal("f", ("first", "2017-02-07"), home_amount=D(70)),
]
TICKETS = [
    Ticket(id="t1", created_at=at("2017-02-01 10:00"), resolved_at=at("2017-02-01 16:00")),
    Ticket(id="t2", created_at=at("2017-02-02 10:00"), resolved_at=at("2017-02-03 10:00")),
]


def own(**words: object) -> KpiSetting:
    """Return a declaration over won deals, with other words."""
    usual = {"key": "mine", "label": "Mine", "means": "Ours.", "table": "deals", "time": "closed", "filter": WON}
    return KpiSetting.model_validate({name: value for name, value in (usual | words).items() if value is not None})


@pytest.fixture
def book_of(book: Book) -> Callable[..., Book]:
    """Return a way to fill a book whose account has one KPI of its own."""

    def fill(records: list[Record], **words: object) -> Book:
        book.put(records)
        book.kpis = catalogue_of((own(**words),))
        return book

    return fill


@pytest.mark.parametrize(
    ("words", "value", "numerator", "denominator", "n"),
    [
        ({"kind": "count"}, 3, 3, None, 3),
        ({"kind": "count", "filter": f"{WON} and home_amount > 200"}, 1, 1, None, 1),
        ({"kind": "count", "filter": None}, 4, 4, None, 4),
        ({"kind": "count", "filter": "created_on < '2017-01-05'"}, 2, 2, None, 2),
        ({"kind": "sum", "numerator": "home_amount"}, D("350.5"), D("350.5"), None, 3),
        ({"kind": "sum", "numerator": "home_amount * 0.1"}, D("35.05"), D("35.05"), None, 3),
        ({"kind": "sum", "numerator": "home_amount > 200"}, 1, 1, None, 3),
        ({"kind": "mean", "numerator": "home_amount"}, D("175.25"), D("350.5"), 2, 2),
        ({"kind": "median", "numerator": "home_amount", "filter": "home_amount > 0"}, D("250.5"), D("250.5"), 1, 3),
        ({"kind": "ratio", "numerator": "home_amount", "denominator": WON, "filter": None}, D("416.83333333"), D("1250.5"), 3, 4),
        ({"kind": "share", "numerator": "home_amount > 200"}, D("0.33333333"), 1, 3, 3),
        ({"kind": "share", "numerator": WON, "filter": None, "denominator": "home_amount is not null"}, D("0.66666667"), 2, 3, 3),
        ({"kind": "share", "numerator": "home_amount > 200", "filter": "status == 'cancelled'"}, None, 0, 0, 0),
        ({"kind": "ratio", "numerator": "home_amount", "denominator": "home_amount - home_amount"}, None, D("350.5"), 0, 3),
        ({"kind": "count", "table": "open_deals", "time": None, "filter": "home_amount >= 50"}, 2, 2, None, 2),
        ({"kind": "mean", "numerator": "close_us", "unit": "days", "filter": "home_amount == 100"}, 29, 29, 1, 1),
    ],
)  # fmt: skip
def test_hand_computed(
    book_of: Callable[..., Book], words: dict[str, object], value: object, numerator: object, denominator: object, n: int
):
    """Each kind counts, adds up and divides the rows of a month as one would by hand; nothing to divide by is nothing."""
    found = book_of(DEALS, **words).one("mine", "2017-02")

    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_other_tables(book_of: Callable[..., Book]):
    """A table of another stream is measured from that alone, in hours where the declaration says so."""
    book = book_of(TICKETS, kind="mean", table="tickets", time="resolved", filter=None, numerator="resolution_us", unit="hours")

    assert book.one("mine", "2017-02").value == 15
    assert book.one("mine", "2017-02", ready={Stream.DEALS: "Not read."}).value == 15
    with pytest.raises(SettingsError, match="mine is not available: Not read"):
        book.one("mine", "2017-02", ready={Stream.TICKETS: "Not read."})


def test_an_event_of_its_own(book_of: Callable[..., Book]):
    """Rows may be dated by an event that no KPI of the program dates them by."""
    told = {"kind": ActivityKind.EMAIL, "thread": "t", "contact": "per", "owner": "ann", "is_automated": False}
    asked = Activity(id="a", at=at("2017-05-31 23:00"), direction=Direction.IN, **told)  # type: ignore[arg-type]  # the activity's own
    answered = Activity(id="b", at=at("2017-06-01 01:00"), direction=Direction.OUT, **told)  # type: ignore[arg-type]  # as above
    book = book_of([asked, answered], kind="count", table="replies", time="received", filter=None)

    assert (book.one("mine", "2017-05").n, book.one("mine", "2017-06").n) == (1, 0)


def test_measured_with_all_others(book_of: Callable[..., Book]):
    """A measurement of everything holds it, beside all others, by each of its breakdowns, which add up."""
    found = book_of(DEALS, kind="sum", numerator="home_amount", by=["owner", "segment"]).measure()

    assert found.value("mine", "2017") == D("400.5")
    assert found.members("mine", "owner", "2017") == {"ann": D(150), "bob": D("250.5")}
    assert found.members("mine", "team", "2017") == {}
    assert found.value("revenue_won", "2017") == D("400.5")
    assert {one.kpi for one in found.measurement.values} == {*KPIS, "mine"} - NEEDY


def test_explained(book_of: Callable[..., Book]):
    """An explanation names formula, the records behind the value, and those that have nothing to add up."""
    book = book_of(DEALS, kind="mean", numerator="home_amount")
    with book.cache() as cache:
        found = explain(
            cache,
            "mine",
            members={Dimension.OWNER: "ann"},
            period=book.calendar.parse("2017-02"),
            calendar=book.calendar,
            as_of=at("2018-01-01 00:00"),
            policies=Policies(),
            kpis=book.kpis,
        )

    assert found.formula == "Mean of home_amount over rows of deals where status == 'won', by the day of closed."
    assert [(row["id"], row["numerator"]) for row in found.records] == [("a", 100)]
    assert [(row["id"], row["reason"]) for row in found.left_out] == [("d", "it has no value")]


def test_its_query_is_written_once(book_of: Callable[..., Book]):
    """The cache keeps the query of a declaration; another declaration under the same key has another one."""
    book = book_of(DEALS, kind="count")
    held = "select count(*), count(distinct digest) from crm.queries where key = 'mine'"
    with book.cache() as cache:
        first = query_of(cache, book.kpis["mine"])
        assert query_of(cache, book.kpis["mine"]) == first
        assert cache.run(held) == [(1, 1)]
        assert query_of(cache, catalogue_of((own(kind="count", filter="status == 'lost'"),))["mine"]) != first
        assert cache.run(held) == [(1, 1)]


def test_a_month_ends_at_midnight_of_the_account(book_of: Callable[..., Book]):
    """The day on which a row counts is one of the account's own clock."""
    book = book_of(DEALS, kind="count")
    book.calendar = Calendar(ZoneInfo("UTC"))

    assert book.one("mine", "2017-02").n == 2
    assert datetime(2017, 3, 1, 4, 59, tzinfo=UTC) == at("2017-02-28 23:59")


def test_silence_is_asked_for_only_where_it_is_known(book_of: Callable[..., Book]):
    """A KPI of silent deals needs the setting that says how long is silent, and calls, e-mails and meetings that are whole."""
    book = book_of(deal("1", ("first", "2017-01-02")), kind="count", table="open_deals", filter="is_silent", time=None)
    quiet = Policies(stalled_days=10)
    assert book.one("mine", policies=quiet).value == 1
    assert "CRM_KPI_STALLED_DAYS" in book.measure().measurement.unavailable["mine"]
    assert book.measure(policies=quiet, ready={Stream.EMAILS: "was refused"}).measurement.unavailable["mine"] == "was refused"
