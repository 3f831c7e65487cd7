"""Open deals and how they move through stages: hand-computed cases."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.kpis import Dimension
from connector.model import Outcome, Policies, Record, Stage, Target
from tests.engine.conftest import NEW_YORK, STAGES, Book, changed, day, deal

D = Decimal
OPEN = [
    deal("1", ("first", "2017-01-10"), home_amount=D(100), expected_close_on=day("2017-12-01")),
    deal(
        "2", ("first", "2017-01-20"), ("second", "2017-02-19"), home_amount=D("50.5"), company="bolt", expected_close_on=day("2018-01-15")
    ),
    deal("3", ("first", "2017-02-01"), ("third", "2017-03-01"), home_amount=D(30), probability=D("0.9")),
    deal("4", ("first", "2017-02-01"), ("won", "2017-12-11"), home_amount=D(1000)),
    deal("5", ("first", "2017-02-01"), ("lost", "2017-03-11"), home_amount=D(77)),
]
ROUND_TRIP = [deal("1", ("first", "2017-01-01"), ("third", "2017-01-11"), ("first", "2017-01-21"), ("second", "2017-02-10"))]
REOPENED = [deal("1", ("first", "2017-01-01"), ("lost", "2017-01-11"), ("second", "2017-02-01"), ("won", "2017-03-01"))]

CASES: list[tuple[str, list[list[Record]], str, str, object, object, object, int]] = [
    ("open amounts add up", OPEN, "pipeline_value", "2017", D("180.5"), D("180.5"), None, 3),
    ("a level is read at the period's end", OPEN, "pipeline_value", "2017-02", D("1257.5"), D("1257.5"), None, 5),
    ("nothing open is a true zero", [OPEN[3]], "pipeline_value", "2017", 0, 0, None, 0),
    (
        "amounts are weighed by the deal's own chance, else its stage's",
        OPEN,
        "weighted_pipeline_value",
        "2017",
        D("72.25"),
        D("72.25"),
        None,
        3,
    ),
    ("a past level is weighed by the stage the deal was in", OPEN, "weighted_pipeline_value", "2017-01", D("30.1"), D("30.1"), None, 2),
    ("won so far and weighted deals still expected", OPEN, "forecast_revenue", "2018-01", D("25.25"), D("25.25"), None, 1),
    ("a period that is over brings what was won in it", OPEN, "forecast_revenue", "2017-12", 1000, 1000, None, 1),
    ("overdue deals are counted apart", OPEN, "forecast_overdue_value", "2017", 20, 20, None, 1),
    ("undated deals are counted apart", OPEN, "forecast_undated_value", "2017", 27, 27, None, 1),
    ("from the first stage to won or lost", OPEN, "pipeline_velocity", "2017", D("175.5"), 351, 2, 2),
    ("stays count in the period in which they ended", OPEN, "stage_duration", "2017-03", D(33), 66, 2, 2),
    ("a stay that goes on is not counted", OPEN, "stage_duration", "2017-04", None, 0, 0, 0),
    ("who left a stage went on or was lost", OPEN, "stage_conversion_rate", "2017", D("0.85714286"), 6, 7, 7),
    ("a stage that was jumped over counts as entered and passed", [OPEN[3]], "stage_conversion_rate", "2017-12", 1, 2, 2, 2),
    ("nobody left is nothing to measure", [OPEN[0]], "stage_conversion_rate", "2017", None, 0, 0, 0),
    ("the rest is still in the stage", OPEN, "stage_still_in_rate", "2017", D("0.3"), 3, 10, 10),
    ("no stay was ever completed, so nothing is stalled", [OPEN[0]], "stalled_deals", "2017", 0, 0, None, 0),
    ("longer than twice the median of completed stays is stalled", [OPEN[0], OPEN[1]], "stalled_deals", "2017", 1, 1, None, 1),
    ("the median is of the stays completed by then", [OPEN[0], OPEN[1]], "stalled_deals", "2017-02", 0, 0, None, 0),
    ("a stalled deal is stalled from the moment it takes too long", [OPEN[0], OPEN[1]], "stalled_deals", "2017-03", 1, 1, None, 1),
    ("no target, no coverage", OPEN, "pipeline_coverage", "2018", None, D("50.5"), 0, 1),
]


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[list[Record]], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each pipeline KPI of a small CRM is what a person computes by hand."""
    book.put(*records)
    found = book.one(kpi, period)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def _by_stage(book: Book, kpi: str, period: str = "all") -> dict[str, tuple[Decimal | None, int]]:
    return {one.by["stage"]: (one.value, one.n) for one in book.compute(kpi, period, by=[Dimension.STAGE])}


def test_a_skipped_stage_is_passed_when_it_is_skipped(book: Book):
    """First to third on 11 January enters and passes the second then; going back and on again counts nothing twice."""
    book.put(*ROUND_TRIP)
    assert _by_stage(book, "stage_conversion_rate", "2017-01") == {"first": (1, 1), "second": (1, 1), "third": (0, 1)}


def test_stages_before_the_first_stay_are_not_counted(book: Book):
    """A deal that begins in the third stage never entered the first two."""
    book.put(deal("1", ("third", "2017-01-01"), ("won", "2017-01-02")))
    assert _by_stage(book, "stage_conversion_rate") == {"third": (1, 1)}


def test_a_lost_deal_passes_no_further_stage(book: Book):
    """Being lost jumps over nothing."""
    book.put(deal("1", ("first", "2017-01-01"), ("lost", "2017-01-02")))
    assert _by_stage(book, "stage_conversion_rate") == {"first": (0, 1)}


def test_a_deal_that_went_back_is_in_no_later_stage(book: Book):
    """A deal that fell back from the second to the first stage has left the second without going on."""
    book.put(deal("1", ("first", "2017-01-01"), ("second", "2017-01-02"), ("first", "2017-01-03")))
    assert _by_stage(book, "stage_conversion_rate") == {"first": (1, 1), "second": (0, 1)}
    assert _by_stage(book, "stage_still_in_rate") == {"first": (0, 1), "second": (0, 1)}


def test_a_reopened_deal_counts_once_at_its_last_close(book: Book):
    """Lost in January, opened again and won in March is one win in March, and open in between."""
    book.put(*REOPENED)
    found = book.measure()
    assert (found.value("deals_lost", "2017-01"), found.value("deals_won", "2017-03"), found.value("deals_won")) == (0, 1, 1)
    assert (found.value("pipeline_value", "2017-01"), found.value("pipeline_value", "2017-02")) == (0, 100)


def test_time_in_stage_by_stage(book: Book):
    """Each stage has its own mean; a stage entered twice has two stays."""
    book.put(*ROUND_TRIP)
    assert _by_stage(book, "stage_duration") == {"first": (15, 2), "third": (10, 1)}


def _target(amount: int, period: str = "2018-01", kind: str = "account", subject: str = "") -> Target:
    return Target("revenue_won", kind, subject, NEW_YORK.parse(period), D(amount))


@pytest.mark.parametrize(
    ("target", "value", "denominator"),
    [(_target(202), D("0.25"), 202), (_target(202, "2018"), None, 0), (_target(0), None, 0)],
    ids=["open against what is missing", "a target of another period says nothing", "a target that is met"],
)
def test_coverage(book: Book, target: Target, value: Decimal | None, denominator: int):
    """Coverage is what is open against what is missing, and nothing where nothing is missing or known."""
    book.put(*OPEN)
    found = book.one("pipeline_coverage", "2018-01", targets=[target])
    assert (found.value, found.numerator, found.denominator) == (value, D("50.5"), denominator)


def test_coverage_of_members(book: Book):
    """An owner's and a team's targets are compared with their own deals."""
    book.put(*OPEN, deal("9", ("first", "2017-01-01"), owner="bob", home_amount=D(60), expected_close_on=day("2018-01-31")))
    targets = [_target(120, kind="owner", subject="bob"), _target(221, kind="team", subject="blue")]
    found = book.measure(targets=targets)
    assert found.value("pipeline_coverage", "2018-01", owner="bob") == D("0.5")
    assert found.value("pipeline_coverage", "2018-01", team="blue") == D("0.5")
    assert found.value("pipeline_coverage", "2018-01") is None


def test_what_is_won_lessens_what_is_missing(book: Book):
    """1,000 won in December leave 500 of 1,500 to be covered by 250 open."""
    book.put(OPEN[3], deal("6", ("first", "2017-12-01"), home_amount=D(250), expected_close_on=day("2017-12-30")))
    found = book.one("pipeline_coverage", "2017-12", as_of="2017-12-20 00:00", targets=[_target(1500, "2017-12")])
    assert (found.value, found.denominator) == (D("0.5"), 500)


def test_sales_velocity(book: Book):
    """3 open deals x 1/2 won x 1,000 a win / 313 days to a win."""
    book.put(*OPEN)
    found = book.one("sales_velocity", "2017")
    assert (found.numerator, found.denominator, found.n) == (1500, 313, 1)
    assert found.value == (D(1500) / 313).quantize(D("1e-8"))


def test_sales_velocity_without_a_win_is_nothing(book: Book):
    """Nothing was won in March, so nobody knows how fast money comes in."""
    book.put(*OPEN)
    assert book.one("sales_velocity", "2017-03").value is None


def test_the_stalled_factor_is_a_setting(book: Book):
    """With a factor of 12 a stay of 355 days is not yet 12 times the usual 30, with 11 it is."""
    book.put(OPEN[0], OPEN[1])
    found = [book.one("stalled_deals", "2017", policies=Policies(stalled_factor=D(factor))).value for factor in (12, 11)]
    assert found == [0, 1]


def test_dates_that_were_moved_count_as_they_stood(book: Book):
    """A deal expected in June, moved in July to next year, was overdue at the end of June and is not at the end of July."""
    book.put(
        deal("1", ("first", "2017-01-10"), expected_close_on=day("2018-03-01")),
        changed("1", "expected_close_on", ("2017-07-15", "2017-06-10", "2018-03-01")),
    )
    found = book.measure()
    assert (found.value("forecast_overdue_value", "2017-06"), found.value("forecast_overdue_value", "2017-07")) == (20, 0)


def test_chances_that_nobody_tells_are_not_nought(book: Book):
    """Where no open stage and no deal says its chance to be won, nothing is weighed and nothing foretold; one open deal's chance is enough.

    That a deal was won is sure for who won it, and says nothing of those that are open.
    """
    book.put(*(replace(stage, probability=None) for stage in STAGES if isinstance(stage, Stage) and stage.outcome is Outcome.OPEN))
    book.put(*deal("1", ("first", "2017-02-01")), *deal("3", ("first", "2017-01-01"), ("won", "2017-02-01"), probability=D(1)))
    book.put(*deal("4", ("first", "2017-01-01"), ("lost", "2017-02-01"), probability=D(0)))
    weighed = {"weighted_pipeline_value", "forecast_revenue", "forecast_overdue_value", "forecast_undated_value"}
    found = book.measure().measurement
    assert {key for key, reason in found.unavailable.items() if "chance" in reason and "." not in key} == weighed
    assert not weighed & {value.kpi for value in found.values}
    book.put(*deal("2", ("first", "2017-02-01"), probability=D("0.5")))
    assert book.measure().value("weighted_pipeline_value") == 50
