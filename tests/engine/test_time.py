"""The moment of measuring and the account's own calendar."""

from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.engine.periods import year_before
from connector.model import Deal, Mark, Outcome, Record
from connector.period import Calendar
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, THINGS, Book, Found, at, changed, day, deal

D = Decimal


def test_half_past_eight_in_the_evening_is_still_the_same_day(book: Book):
    """A win at 20:30 in New York on 31 March, which is 1 April in UTC, counts in March."""
    book.put(deal("1", ("first", "2017-03-01 20:30"), ("won", "2017-03-31 20:30")))
    found = book.measure()
    assert (found.value("deals_won", "2017-03"), found.value("deals_won", "2017-04")) == (1, 0)


def test_a_change_of_the_clock_adds_no_hour(book: Book):
    """From 11 to 13 March 2017, over the night in which clocks went forward, are two days."""
    book.put(deal("1", ("first", "2017-03-11 12:00"), ("won", "2017-03-13 12:00")))
    assert book.one("time_to_close", "2017-03").value == 2


def test_the_moment_itself_does_not_count(book: Book):
    """A deal won exactly at the moment of measuring is still open then, and won a microsecond later."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-02-01")))
    found = [book.one("deals_won", "2017", as_of=moment).value for moment in ("2017-02-01 09:30", "2017-02-01 09:30:00.000001")]
    assert found == [0, 1]


def test_a_mistyped_year_makes_no_thousands_of_months(book: Book):
    """No month is measured that is older than the period `all`, whatever year stands in a deal."""
    book.put(deal("1", ("first", "0206-02-01")), deal("2", ("first", "2017-02-01")))
    found = book.measure().measurement.values
    assert min(value.period.name for value in found) == "1970"


def test_a_deal_that_is_not_yet_created_is_not_there(book: Book):
    """Before its creation a deal counts nowhere."""
    book.put(deal("1", ("first", "2017-02-01")))
    found = book.measure("2017-01-15 00:00")
    assert (found.value("deals_created"), found.value("pipeline_value")) == (0, 0)


def test_a_closed_deal_was_worth_what_it_was_at_the_moment(book: Book):
    """A deal won for 300 whose amount was changed to 500 two months later brought 300 in the month in between, and 500 since."""
    book.put(
        deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), home_amount=D(500), amount=D(500)),
        changed("1", "home_amount", ("2017-02-10", "200", "300"), ("2017-05-05", "300", "500")),
    )
    assert [book.one("revenue_won", as_of=moment).value for moment in ("2017-04-10 00:00", "2017-06-01 00:00")] == [300, 500]


def test_the_past_has_the_amounts_of_the_past(book: Book):
    """A deal worth 300 until it was lost for 0 is worth 300 in the pipeline of the month before."""
    book.put(
        deal("1", ("first", "2017-01-01"), ("lost", "2017-03-05"), home_amount=D(0), amount=D(0)),
        changed("1", "home_amount", ("2017-02-10", "200", "300"), ("2017-03-05", "300", "0")),
    )
    found = book.measure()
    months = [found.value("pipeline_value", f"2017-0{month}") for month in (1, 2, 3)]
    assert months == [200, 300, 0]
    assert book.one("pipeline_value", as_of="2017-02-01 00:00").value == 200


def test_amounts_in_the_home_currency_follow_the_amount(book: Book):
    """Where only the amount has a history and the deal is in the home currency, that history is the home amount's."""
    book.put(
        deal("1", ("first", "2017-01-01"), home_amount=D(5), amount=D(5)),
        changed("1", "amount", ("2017-02-10", "4", "5")),
    )
    assert book.one("pipeline_value", "2017-01").value == 4


def test_a_win_that_came_later_is_open_in_the_past(book: Book):
    """Measured as of January, a deal won in March is open, and its customer has bought nothing."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05")))
    found = book.measure("2017-02-01 00:00")
    assert (found.value("pipeline_value"), found.value("deals_won"), found.field("acme", "kpi_orders")) == (100, 0, "0")


def test_a_deal_without_stays_stands_where_it_is_now(book: Book):
    """Where the CRM keeps no stage history, the present stage and close date are all there is: how long stages took, nothing tells."""
    records = deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"))
    book.put(records[:1])
    found = book.measure()
    assert (found.value("deals_won", "2017-03"), "pipeline_velocity" in found.measurement.unavailable) == (1, True)


def test_a_close_in_the_future_has_not_happened(book: Book):
    """A won deal whose close date somebody set to next year is neither open nor won yet."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), closed_at=at("2018-03-05")))
    found = book.measure()
    assert (found.value("deals_won"), found.value("pipeline_value")) == (0, 0)


def test_deleted_records_count_nowhere(book: Book):
    """A deleted deal is in no count, also not as of a time when it was there; a deleted line item takes no share."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), deleted_at=at("2017-06-01")))
    assert book.measure("2017-04-01 00:00").value("deals_won") == 0


GROWTH = [
    deal("1", ("first", "2017-01-01"), ("won", "2017-01-05"), home_amount=D(100)),
    deal("2", ("first", "2017-01-01"), ("won", "2017-01-25"), home_amount=D(900)),
    deal("3", ("first", "2017-01-01"), ("won", "2017-02-05"), home_amount=D(150)),
]


@pytest.mark.parametrize(
    ("as_of", "period", "value", "denominator"),
    [
        ("2017-02-11 00:00", "2017-02", D("0.5"), 100),
        ("2017-02-05 09:30", "2017-02", None, 0),
        ("2017-03-01 00:00", "2017-02", D("-0.85"), 1000),
        ("2017-03-01 00:00", "2017-01", None, 0),
        ("2017-03-01 00:00", "all", None, 0),
    ],
    ids=["a running month", "up to the minute", "a whole month", "nothing before", "all time"],
)
def test_growth_compares_the_same_elapsed_part(book: Book, as_of: str, period: str, value: Decimal | None, denominator: int):
    """On 10 February growth compares with 1 to 10 January, after February with the whole of January."""
    book.put(*GROWTH)
    found = book.one("revenue_growth", period, as_of=as_of)
    assert (found.value, found.denominator) == (value, denominator)


def test_year_on_year(book: Book):
    """March 2017 against March 2016, as far as it has gone."""
    book.put(
        deal("1", ("first", "2016-01-01"), ("won", "2016-03-05"), home_amount=D(100)),
        deal("2", ("first", "2016-01-01"), ("won", "2016-03-25"), home_amount=D(900)),
        deal("3", ("first", "2017-01-01"), ("won", "2017-03-05"), home_amount=D(125)),
    )
    found = [book.one("revenue_growth_yoy", period, as_of="2017-03-11 00:00").value for period in ("2017-03", "2017-Q1", "2017")]
    assert found == [D("0.25"), D("0.25"), D("0.25")]


def test_fiscal_years(new_book: Callable[..., Book]):
    """With a fiscal year from April, a win in May 2017 is in the first quarter of 2018."""
    book = new_book(calendar=Calendar(ZoneInfo("America/New_York"), fiscal_start=4))
    book.put(*STAGES, *PEOPLE, *THINGS, deal("1", ("first", "2017-04-01"), ("won", "2017-05-05")))
    found = book.measure("2017-06-01 00:00")
    assert [found.value("deals_won", period) for period in ("2018", "2018-Q1", "2017-05")] == [1, 1, 1]


def test_periods_run_from_the_first_event_to_the_next_period(book: Book):
    """The first period holds the first event; the next month, quarter and year are there for what looks ahead, and for nothing else."""
    book.put(deal("1", ("first", "2016-12-30"), expected_close_on=day("2017-02-10")))
    found = book.measure("2017-01-10 00:00")
    assert _periods(found, "pipeline_value") == ["all", "2016", "2017", "2016-Q4", "2017-Q1", "2016-12", "2017-01"]
    assert _periods(found, "forecast_revenue") == [
        "all", "2016", "2017", "2018", "2016-Q4", "2017-Q1", "2017-Q2", "2016-12", "2017-01", "2017-02",
    ]  # fmt: skip
    assert found.value("forecast_revenue", "2017-02") == 20


def _periods(found: Found, kpi: str) -> list[str]:
    grains = ["all", "year", "quarter", "month"]
    periods = {one.period for one in found.measurement.values if one.kpi == kpi and not one.by}
    return [period.name for period in sorted(periods, key=lambda period: (grains.index(period.grain), period.start))]


def test_an_empty_account_is_measured(new_book: Callable[..., Book]):
    """With no record at all every KPI has its row, zero or empty, and nothing fails."""
    found = new_book().measure()
    assert {one.kpi for one in found.measurement.values if one.value} == set()
    assert (found.value("deals_won"), found.value("win_rate")) == (0, None)


def test_weeks_and_days_on_demand(book: Book):
    """Any week or day can be asked for."""
    book.put(*GROWTH)
    assert [book.one("revenue_won", period).value for period in ("2017-W05", "2017-02-05", "2017-02-06")] == [150, 150, 0]


COHORT = [
    deal("1", ("first", "2017-01-01"), ("won", "2017-03-31")),
    deal("2", ("first", "2017-01-01"), ("won", "2017-04-05")),
    deal("3", ("first", "2017-01-01")),
    deal("4", ("first", "2017-01-31"), ("won", "2017-02-01")),
]


def test_a_young_cohort_is_unsure(book: Book):
    """While one of its deals is younger than 90 days, a cohort's close rate is marked; `within` waits for each deal to grow up."""
    book.put(*COHORT, *(deal(f"m{number}", ("first", "2017-01-02")) for number in range(4)))
    young, grown = (book.one("close_rate", "2017-01", as_of=moment) for moment in ("2017-04-20 00:00", "2017-05-02 00:00"))
    assert (young.value, young.marks) == (D("0.375"), (Mark.IMMATURE,))
    assert (grown.value, grown.marks) == (D("0.375"), ())


def test_a_young_period_is_immature(book: Book):
    """The rate within the age is that of the deals that are old enough, marked as long as others of the period are not, and no longer."""
    book.put(*COHORT, *(deal(f"m{number}", ("first", "2017-01-02")) for number in range(4)))
    young, grown = (book.one("close_rate_within", "2017-01", as_of=moment) for moment in ("2017-04-20 00:00", "2017-05-02 00:00"))
    assert (young.numerator, young.denominator, young.n, young.marks) == (1, 7, 7, (Mark.IMMATURE,))
    assert (grown.numerator, grown.denominator, grown.n, grown.marks) == (2, 8, 8, ())
    assert young.interval is not None
    assert [round(end, 4) for end in young.interval] == [D("0.0257"), D("0.5131")]


@pytest.mark.parametrize(
    ("as_of", "numerator", "denominator"),
    [("2017-03-01 00:00", 0, 0), ("2017-04-20 00:00", 1, 3), ("2017-05-02 00:00", 2, 4)],
    ids=["nobody is grown", "three are grown", "all are grown"],
)
def test_within_counts_early_wins_of_grown_deals(book: Book, as_of: str, numerator: int, denominator: int):
    """A win after 94 days is none within 90, and a deal of 80 days is not judged yet."""
    book.put(*COHORT)
    found = book.one("close_rate_within", "2017-01", as_of=as_of)
    assert (found.numerator, found.denominator) == (numerator, denominator)


def test_small_samples_are_marked(book: Book):
    """A rate over three deals is unsure, a count of three is not."""
    book.put(*GROWTH)
    assert [book.one(kpi, "2017").low_confidence for kpi in ("win_rate", "time_to_close_median", "deals_won", "revenue_won")] == [
        True, True, False, False,
    ]  # fmt: skip


def _by_status(id: str, status: Outcome | None, closed: str | None) -> list[Record]:  # noqa: A002 - it reads as the record does
    """Return a deal of a CRM in which winning is not a stage."""
    return deal(id, ("first", "2017-01-01"), ("second", "2017-01-11"), status=status, closed_at=at(closed) if closed else None)


def test_where_winning_is_not_a_stage(book: Book):
    """A status says what became of a deal; its last stay ends with the close, and a win passes the stages behind it."""
    book.put(_by_status("1", Outcome.WON, "2017-02-05"), _by_status("2", Outcome.LOST, "2017-02-10"), _by_status("3", Outcome.OPEN, None))
    found = book.measure()
    assert [found.value(key, "2017-02") for key in ("deals_won", "deals_lost", "pipeline_value")] == [1, 1, 100]
    assert found.members("stage_duration", "stage") == {"first": 10, "second": D("27.5")}
    assert found.members("stage_conversion_rate", "stage") == {"first": 1, "second": D("0.5"), "third": 1}
    assert (found.value("pipeline_value", "2017-01"), found.value("pipeline_velocity")) == (300, D("37.5"))


def test_a_status_has_a_history_too(book: Book):
    """Lost in February and opened again in March: open at the end of January and March, lost in between."""
    book.put(
        _by_status("1", Outcome.OPEN, None),
        changed("1", "status", ("2017-02-05", "open", "lost"), ("2017-03-05", "lost", "open")),
        changed("1", "closed_at", ("2017-02-05", None, "2017-02-05T14:30:00Z"), ("2017-03-05", "2017-02-05T14:30:00Z", None)),
    )
    found = book.measure()
    assert [found.value("pipeline_value", f"2017-0{month}") for month in (1, 2, 3)] == [100, 0, 100]
    assert book.one("deals_lost", "2017-02", as_of="2017-03-01 00:00").value == 1
    assert found.value("deals_lost") == 0


def test_cancelled_deals_are_neither_won_nor_lost(book: Book):
    """A cancelled deal is not open any more and no part of the win rate, and the explanation of the rate names it."""
    book.put(_by_status("1", Outcome.CANCELLED, "2017-02-05"), _by_status("2", Outcome.WON, "2017-02-05"))
    found = book.measure()
    assert (found.value("win_rate"), found.kpi("win_rate").n, found.value("pipeline_value")) == (1, 1, 0)


@pytest.mark.parametrize(
    ("period", "before"),
    [("2017", "2016"), ("2017-Q2", "2016-Q2"), ("2017-02", "2016-02"), ("2017-W05", "2016-W05"), ("2016-02-29", "2015-02-28")],
)
def test_the_same_period_a_year_before(period: str, before: str):
    """A year before a period lies the period of the same name, before a leap day the day before it."""
    assert year_before(NEW_YORK, NEW_YORK.parse(period)) == NEW_YORK.parse(before)


def test_a_closed_deal_without_stages_was_open_before_its_close(book: Book):
    """A file of deals without their stages tells when each was made and closed: it was open in between, in nobody knows which stage."""
    told = {"pipeline": "p", "stage": "won", "home_amount": D(100), "created_at": at("2017-01-05")}
    book.put(Deal(id="1", closed_at=at("2017-05-05"), probability=D(1), **told))
    found = book.measure()
    assert [found.value("pipeline_value", month) for month in ("2017-01", "2017-04", "2017-05")] == [100, 100, 0]
    assert found.members("pipeline_value", "stage", "2017-04") == {"": 100}
    assert [found.value("weighted_pipeline_value", "2017-04"), found.value("deals_won", "2017-05")] == [0, 1]
    before = book.measure("2017-05-01 00:00")
    assert [before.value(key) for key in ("pipeline_value", "close_rate", "deals_won")] == [100, 0, 0]
