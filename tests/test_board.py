"""The board record: known answers for its numbers and lines."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connector.aims import Aim, Result, Seen, Workdays, judge
from connector.board import View, board_fields
from connector.kpis import KPIS
from connector.model import Entity, KpiValue, Mark
from connector.period import ALL_TIME, Calendar, Grain, Period

CALENDAR = Calendar(ZoneInfo("UTC"))
DAY = date(2018, 2, 14)
MONTH, QUARTER = CALENDAR.period_of(Grain.MONTH, DAY), CALENDAR.period_of(Grain.QUARTER, DAY)
RECORD = (Entity.COMPANIES, "7")
D = Decimal


def value(kpi: str, period: Period, figure: str | None, **by: str) -> KpiValue:
    """Return a measured number."""
    number = None if figure is None else D(figure)
    return KpiValue(kpi, period, datetime(2018, 2, 15, tzinfo=UTC), number, None, None, 1, by)


def goal(kpi: str, kind: str, subject: str, target: str, **more: Any) -> Aim:  # noqa: ANN401 - any column of a goal
    """Return a goal for the first quarter."""
    return Aim(title="", kpi=KPIS[kpi], subject_type=kind, subject=subject, period=QUARTER, target=D(target), **more)


def view(*values: KpiValue, goals: tuple[Aim, ...] = (), missing: tuple[str, ...] = ()) -> View:
    """Return what a board is made from, at the end of 14 February."""
    found = {(one.kpi, *next(iter(one.by.items()), ("", "")), one.period.name): one for one in values}
    seen = Seen(found, Workdays(), DAY + timedelta(days=1), missing)
    names = {"team": {"5": "East", "6": "West"}, "owner": {"1": "Ann"}}
    return View(found, [judge(one, seen) for one in goals], names, CALENDAR, DAY, missing)


def shown(seen: View, *, with_owners: bool = False) -> dict[str, str | None]:
    """Return the board's fields by name, with a line for each of the goals."""
    return {one.spec.name: one.value for one in board_fields(RECORD, seen, seen.goals, with_owners=with_owners)}


ACCOUNT = (
    value("revenue_won", MONTH, "1200.004"),
    value("revenue_won", QUARTER, "45000"),
    value("win_rate", QUARTER, "0.63158"),
    value("pipeline_value", ALL_TIME, "250000"),
)
TARGET = goal("revenue_won", "account", "", "120000")


def test_the_whole_account_is_shown_as_a_user_is():
    """Money to cents, shares to hundredths of a per cent, by the names of user records; what nobody measured is empty."""
    found = shown(view(*ACCOUNT))
    assert found["kpi_board_revenue_won_month"] == "1200"
    assert found["kpi_board_revenue_won_quarter"] == "45000"
    assert found["kpi_board_win_rate_quarter"] == "0.6316"
    assert found["kpi_board_open_pipeline"] == "250000"
    assert found["kpi_board_win_rate_month"] is None
    assert "kpi_board_owners" not in found


def test_the_goal_of_the_whole_account_in_numbers():
    """45,000 of 120,000 is 37.5 %; by 14 February 33 of the quarter's 65 weekdays are gone, so the pace is 37.5 % / (33/65) = 73.86 %."""
    found = shown(view(*ACCOUNT, goals=(TARGET,)))
    assert found["kpi_board_target_quarter"] == "120000"
    assert found["kpi_board_attainment_quarter"] == "0.375"
    assert found["kpi_board_pace_quarter"] == "0.7386"
    assert found["kpi_board_gap_to_target_quarter"] == "75000"
    assert found["kpi_board_target_month"] is None


def test_a_line_for_each_team():
    """Teams stand in the order of their names, each with what was measured of it; one without anything has no line."""
    found = shown(view(value("revenue_won", QUARTER, "30000", team="6"), value("win_rate", QUARTER, "0.5", team="6")))
    assert found["kpi_board_teams"] == "West: revenue won 30,000 (2018-Q1), win rate 50.0% (2018-Q1)"
    assert shown(view())["kpi_board_teams"] is None


def test_owners_have_lines_only_where_they_are_wanted():
    """Reps' numbers stand on the board only where the settings want them and user records cannot show them."""
    seen = view(value("revenue_won", MONTH, "5", owner="1"))
    assert shown(seen, with_owners=True)["kpi_board_owners"] == "Ann: revenue won 5 (2018-02)"
    assert "kpi_board_owners" not in shown(seen)


def test_a_line_for_each_goal():
    """Target, actual, attainment, pace and where that leads; goals that hold others come first."""
    rate, team = goal("win_rate", "team", "6", "0.5"), goal("deals_won", "team", "5", "10")
    large = Aim(
        title="Grow", subject_type="team", subject="5", period=QUARTER, results=(Result(team), Result(goal("win_rate", "team", "5", "1")))
    )
    unsure = value("win_rate", QUARTER, "0.55", team="6")._replace(marks=(Mark.SMALL,), n=4)
    seen = view(*ACCOUNT, value("deals_won", QUARTER, "6", team="5"), unsure, goals=(TARGET, rate, team, large))
    assert shown(seen)["kpi_board_goals"] == (
        "Grow 2018-Q1, East: 1 of 2 key results measured, attainment 60.0%, pace 118.2% - ahead\n"
        "Deals won 2018-Q1, East: target 10, actual 6, attainment 60.0%, pace 118.2% - ahead\n"
        "Revenue won 2018-Q1, whole account: target 120,000, actual 45,000, attainment 37.5%, pace 73.9% - behind\n"
        "Win rate 2018-Q1, West: target 50.0%, actual 55.0%, attainment 110.0%, uncertain, n 4 - ahead"
    )


def test_what_could_not_be_measured_is_left_as_it_is():
    """A field is emptied only where a measurement found nothing; without a measurement it is not touched."""
    found = shown(view(*ACCOUNT, goals=(goal("win_rate", "team", "6", "1"),), missing=("win_rate", "by team")))
    assert not {name for name in found if "win_rate" in name or name in ("kpi_board_teams", "kpi_board_goals")}
    assert found["kpi_board_revenue_won_quarter"] == "45000"


def test_a_text_that_grows_too_long_is_cut_at_a_line():
    """What does not fit is counted instead of being cut in the middle of a number."""
    names = {str(number): f"Team {number:04}" + "x" * 100 for number in range(1000)}
    values = {("revenue_won", "team", one, MONTH.name): value("revenue_won", MONTH, "1", team=one) for one in names}
    text = shown(View(values, (), {"team": names}, CALENDAR, DAY))["kpi_board_teams"]
    assert text
    assert len(text) < 60_100
    assert text.endswith(f"and {1000 - text.count(': ')} more")
