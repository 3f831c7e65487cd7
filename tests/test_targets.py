"""Targets from settings and from the CRM become one number for each period."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import SettingsError
from connector.kpis import KPIS
from connector.model import GoalRecord
from connector.period import Calendar
from connector.settings import GoalSetting
from connector.targets import Members, check_goals, goals_for, split, targets_in, targets_of, unresolved

CALENDAR = Calendar(ZoneInfo("America/New_York"))
MEMBERS = Members({"7": "Darcel Schlecht", "8": "Two Names", "9": "Two Names"}, {"t1": "Central"})
FEW = {key: KPIS[key] for key in ("deals_won", "revenue_won", "win_rate")}


def setting(subject: str = "team:Central", **more: object) -> GoalSetting:
    """Return a revenue goal for 2018."""
    return GoalSetting.model_validate({"kpi": "revenue_won", "subject": subject, "period": "2018", "target": 100, **more})


def test_a_year_is_split_into_its_quarters():
    """The whole and its parts are all targets, and the parts add up to the whole."""
    found = targets_of([setting(split="quarter")], MEMBERS, CALENDAR)

    assert [(one.period.name, one.target) for one in found] == [
        ("2018", 100),
        ("2018-Q1", 25),
        ("2018-Q2", 25),
        ("2018-Q3", 25),
        ("2018-Q4", 25),
    ]
    assert {(one.subject_type, one.subject) for one in found} == {("team", "t1")}


@given(st.decimals("0.01", "1e9", places=2), st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_parts_add_up_to_the_whole(whole: Decimal, weights: list[int]):
    """However a target is weighted, no cent is lost or made."""
    assert sum(split(whole, [Decimal(weight) for weight in weights])) == whole


def test_only_goals_of_people_and_teams_are_written():
    """An account-wide target counts here but has no place among a CRM's goals; a split one is written as its parts."""
    found = goals_for([setting("account"), setting(split="quarter"), setting("owner:Darcel Schlecht")], "portal", MEMBERS, CALENDAR)

    assert [(goal.subject_type, goal.subject, goal.period.name) for goal in found] == [
        ("team", "t1", "2018-Q1"),
        ("team", "t1", "2018-Q2"),
        ("team", "t1", "2018-Q3"),
        ("team", "t1", "2018-Q4"),
        ("owner", "7", "2018"),
    ]
    assert len({goal.family for goal in found}) == 2


def test_a_family_keeps_its_name():
    """The same goal has the same family in every run, whatever its target; another tenant's has another."""
    first = goals_for([setting()], "portal", MEMBERS, CALENDAR)[0]
    again = goals_for([setting(target=7)], "portal", MEMBERS, CALENDAR)[0]
    other = goals_for([setting()], "other", MEMBERS, CALENDAR)[0]

    assert first.family == again.family != other.family


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        (setting(kpi="revenue"), "names the KPI 'revenue'; did you mean revenue_won? Allowed are"),
        (setting("stage:Won"), "allowed are account, owner:NAME and team:NAME"),
        (setting(period="2018-13"), "goal 1 (CRM_KPI_GOALS) is for the period '2018-13'; allowed are a year (2018), a quarter"),
        (setting(kpi="win_rate", target=60), "has the target 60, but win_rate is a share, at most 1; 60 % is written 0.6"),
        (setting(split="quarter", weights=(1, 2)), "has 2 weights for 4 parts"),
    ],
)
def test_a_goal_that_cannot_be_understood_says_why(goal: GoalSetting, says: str):
    """A wrong goal names itself and what is allowed."""
    with pytest.raises(SettingsError) as error:
        check_goals([goal], FEW, CALENDAR)

    assert says in str(error.value)


def test_two_targets_for_the_same_are_refused():
    """Of two goals for one KPI, subject and period nobody could say which counts."""
    with pytest.raises(SettingsError, match="another goal sets already"):
        check_goals([setting(), setting(target=5)], FEW, CALENDAR)


def test_a_goal_for_somebody_who_is_not_there_is_named_and_left_out():
    """A rep who left or has a namesake must not stop everybody else's numbers."""
    goals = [setting("team:North"), setting("owner:Two Names"), setting()]

    assert [one.subject for one in targets_of(goals, MEMBERS, CALENDAR)] == ["t1"]
    assert [goal.subject for goal in goals_for(goals, "portal", MEMBERS, CALENDAR)] == ["t1"]
    assert [sentence.split(",")[0] for sentence in unresolved(goals, MEMBERS, CALENDAR)] == [
        "Goal 1 (CRM_KPI_GOALS) is for team:North",
        "Goal 2 (CRM_KPI_GOALS) is for owner:Two Names",
    ]


def test_the_crms_own_goals_are_targets_when_they_cover_a_whole_period():
    """A goal of people counts for its period; ours is not read back as theirs, and an odd span is no period."""
    theirs = GoalRecord(
        id="1",
        kpi="revenue_won",
        subject_type="owner",
        subject="7",
        starts_on=date(2017, 1, 1),
        ends_on=date(2017, 4, 1),
        target=Decimal(5),
    )
    rows = [theirs, replaced(theirs, marker="ours"), replaced(theirs, ends_on=date(2017, 3, 15)), replaced(theirs, kpi=None)]

    found = targets_in(rows, CALENDAR)

    assert [(one.period.name, one.target) for one in found] == [("2017-Q1", Decimal(5))]


def replaced(row: GoalRecord, **changes: object) -> GoalRecord:
    """Return the row with some columns changed."""
    columns = {name: getattr(row, name) for name in ("id", "kpi", "subject_type", "subject", "starts_on", "ends_on", "target", "marker")}
    return GoalRecord(**{**columns, **changes})  # type: ignore[arg-type]
