"""What goals of the settings may ask for beyond a plain number: more than before, members' sums, milestones, key results."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.aims import Workdays
from connector.errors import SettingsError
from connector.kpis import KPIS
from connector.kpis.metric import Better, Dimension
from connector.model import Membership, Target
from connector.period import Calendar
from connector.settings import GoalSetting
from connector.targets import Members, aims_of, check_goals, goals_for, pasts, targets_of, unresolved

CALENDAR = Calendar(ZoneInfo("UTC"))
D = Decimal
PEOPLE = Members({"1": "Ann", "2": "Bo", "3": "Cy"}, {"5": "East"})
FEBRUARY = CALENDAR.parse("2018-02")


def setting(**more: object) -> GoalSetting:
    """Return a goal for February 2018, for revenue unless told otherwise."""
    return GoalSetting.model_validate({"period": "2018-02", **({} if "key_results" in more else {"kpi": "revenue_won"}), **more})


def stay(user: str, since: str | None = None, until: str | None = None) -> Membership:
    """Return a time in the team East."""
    start, end = (datetime.fromisoformat(one).replace(tzinfo=UTC) if one else None for one in (since, until))
    return Membership(id=f"{user}{since}", team="5", user=user, since=start, deleted_at=end)


def people(*stays: Membership, past: dict[tuple[str, str, str, str], Decimal] | None = None, theirs: tuple[Target, ...] = ()) -> Members:
    """Return everybody, with who was in the team when."""
    return Members(PEOPLE.owner, PEOPLE.team, Workdays.of((), stays, PEOPLE.team, CALENDAR), past or {}, theirs)


REFUSED = [
    (setting(), "goal 1 (CRM_KPI_GOALS) gives no target; allowed is one of target, more_than, less_than and of_team"),
    (setting(target=1, more_than={"by": 0.2}), "gives target and more_than; allowed is one of"),
    (setting(period="2018-W05", target=1), "is for the period '2018-W05'; allowed are a year (2018), a quarter (2018-Q1) and a month"),
    (setting(period="all", target=1), "is for the period 'all'; allowed are"),
    (setting(target=1, baseline=1), "has the target 1 and the baseline 1, but better is up; allowed are targets above the baseline"),
    (setting(kpi="time_to_close", target=9, baseline=8), "better is down; allowed are targets below the baseline"),
    (setting(kpi="time_to_close", target=8, baseline=9, better="up"), "better is up; allowed are targets above the baseline"),
    (setting(more_than={"by": 0.2}, baseline=1), "has the baseline 1 and no target"),
    (setting(less_than={"by": 0.2}), "asks for another way than revenue_won should go (better is up); allowed is more_than"),
    (setting(more_than={"by": 0.2, "period": "2017"}), "starts from 2017; allowed is a month before 2018-02"),
    (setting(more_than={"by": 0.2, "period": "2018-02"}), "starts from 2018-02; allowed is a month before 2018-02"),
    (setting(subject="owner:Ann", of_team="members"), "is for 'owner:Ann' and has of_team = \"members\"; allowed with it is team:NAME"),
    (setting(kpi="win_rate", subject="team:East", of_team="members"), "but win_rate of members cannot be added up"),
    (setting(target=1, weights=(1, 2)), "has 2 weights and no split"),
    (setting(target=1, split="quarter"), "is split by quarter, but 2018-02 has no parts of that kind"),
    (
        setting(target=1, period="2018", split="quarter", weights=(1, -1, 1, 1)),
        "has the weights 1, -1, 1, 1; allowed are numbers from 0 on",
    ),
    (setting(kpi="win_rate", target=1, period="2018-Q1", split="month", weights=(1, 2, 3)), "win_rate is the same in every part"),
    (
        setting(target=1, milestones=[{"by": "2018-02", "target": 1}]),
        "has a milestone by '2018-02'; allowed are months and quarters inside",
    ),
    (setting(key_results=[{"kpi": "win_rate", "target": 1}]), "has key_results and no name"),
    (
        setting(key_results=[{"kpi": "x", "target": 1}], name="Grow"),
        "key result 1 of goal 1 (CRM_KPI_GOALS) names the KPI 'x'; allowed are",
    ),
    (
        setting(key_results=[{"kpi": "win_rate", "target": 1}], kpi="win_rate", split="month"),
        "has key_results and kpi, split; a large goal has",
    ),
    (setting(kpi=None, target=1), "has neither kpi nor key_results"),
]


@pytest.mark.parametrize(("goal", "says"), REFUSED, ids=lambda value: value[:40] if isinstance(value, str) else "")
def test_a_goal_that_cannot_be_understood_says_what_was_given_and_what_is_allowed(goal: GoalSetting, says: str):
    """The message names the goal, the wrong part of it, and what would do."""
    with pytest.raises(SettingsError) as error:
        check_goals([goal], KPIS, CALENDAR)

    assert says in str(error.value)


def test_a_goal_is_for_those_by_whom_its_kpi_is_measured():
    """A KPI without teams can have no goal of a team; the message says whose it may be."""
    kpis = {"deals_won": replace(KPIS["deals_won"], by=(Dimension.OWNER,))}
    with pytest.raises(SettingsError, match="deals_won is not measured by team; allowed are account, owner:NAME"):
        check_goals([setting(kpi="deals_won", target=1, subject="team:East")], kpis, CALENDAR)
    check_goals([setting(kpi="deals_won", target=1, subject="owner:Ann")], kpis, CALENDAR)


def test_twenty_per_cent_more_than_the_month_before():
    """The target grows from what was measured, which is its baseline; until that is known, or when it was nothing, the goal waits."""
    goals = [
        setting(more_than={"by": "0.2"}),
        setting(kpi="time_to_close", less_than={"by": "0.1", "period": "2017-12"}, subject="team:East"),
    ]
    check_goals(goals, KPIS, CALENDAR)
    assert pasts(goals, CALENDAR) == {
        ("revenue_won", "", CALENDAR.parse("2018-01")),
        ("time_to_close", "team", CALENDAR.parse("2017-12")),
    }

    past = {("revenue_won", "", "", "2018-01"): D("1000.01"), ("time_to_close", "team", "5", "2017-12"): D("40.5")}
    found = aims_of(goals, people(past=past), CALENDAR)
    assert [(aim.target, aim.baseline, aim.better) for aim in found] == [
        (D("1200.01"), D("1000.01"), Better.UP),
        (D("36.45"), D("40.5"), Better.DOWN),
    ]
    assert targets_of(goals, people(), CALENDAR) == ()
    assert "in 2018-01, which is not measured yet; it is left out" in unresolved(goals, people(), CALENDAR)[0]
    assert "which was 0" in unresolved(goals, people(past={**past, ("revenue_won", "", "", "2018-01"): D(0)}), CALENDAR)[0]


def test_a_teams_goal_is_the_sum_of_its_members():
    """Who joins or leaves in mid-period adds a share: from 15 February on 10 of the 20 working days, until 8 February 5 of them."""
    goals = [setting(target=100 * number, subject=f"owner:{name}") for number, name in enumerate(PEOPLE.owner.values(), 1)]
    goals.append(setting(subject="team:East", of_team="members"))
    known = people(stay("1"), stay("2", "2018-02-15"), stay("3", None, "2018-02-08"))
    check_goals(goals, KPIS, CALENDAR)

    assert targets_of(goals, known, CALENDAR)[-1] == Target("revenue_won", "team", "5", FEBRUARY, D(100) + D(100) + D(75))
    assert [(goal.subject, goal.target) for goal in goals_for(goals, "portal", known, CALENDAR)][-1] == ("5", 275)
    assert unresolved(goals, known, CALENDAR) == ()


def test_members_goals_in_the_crm_count_and_those_without_one_are_named():
    """A goal that people set in the CRM is added as well, by month where there are months; a setting wins; who has none is named."""
    months = [CALENDAR.parse(name) for name in ("2018-01", "2018-02", "2018-03")]
    theirs = (
        *(Target("revenue_won", "owner", "1", month, D(10)) for month in months),
        Target("revenue_won", "owner", "2", months[0], D(7)),
    )
    goals = [setting(period="2018-Q1", subject="team:East", of_team="members", split="month")]
    known = people(stay("1", "2018-02-01"), stay("2"), theirs=theirs)

    assert [(one.period.name, one.target) for one in targets_of(goals, known, CALENDAR)] == [
        ("2018-Q1", 20),
        ("2018-01", 7),
        ("2018-02", 10),
        ("2018-03", 10),
    ]
    note = "Goal 1 (CRM_KPI_GOALS) adds up the goals of the members of team:East; without one are Bo."
    assert unresolved(goals, known, CALENDAR) == (note,)
    alone = people(stay("3"))
    assert targets_of(goals, alone, CALENDAR) == ()
    assert unresolved(goals, alone, CALENDAR) == (
        "Goal 1 (CRM_KPI_GOALS) adds up the goals of the members of team:East, none of whom has one (Cy); it is left out.",
    )


@given(st.lists(st.integers(1, 28), max_size=3, unique=True), st.decimals("0.01", "100000", places=2))
def test_one_member_after_another_has_one_goal_together(days: list[int], target: Decimal):
    """However often a place in the team changes hands, its target is that of one person who stays, but for a cent a person."""
    marks = [None, *(f"2018-02-{day:02}" for day in sorted(days)), None]
    stays = [stay(str(number), since, until) for number, (since, until) in enumerate(pairwise(marks))]
    theirs = tuple(Target("revenue_won", "owner", one.user, FEBRUARY, target) for one in stays)
    found = targets_of([setting(subject="team:East", of_team="members")], people(*stays, theirs=theirs), CALENDAR)
    assert abs(found[0].target - target) <= D("0.01") * len(stays)


def test_a_rate_is_the_same_in_every_part():
    """Half of the deals won in a year is half of them in each quarter, not an eighth."""
    found = targets_of([setting(kpi="win_rate", target="0.5", period="2018", split="quarter")], people(), CALENDAR)
    assert {one.target for one in found} == {D("0.5")}
    assert len(found) == 5


def test_weights_and_baselines_go_with_the_parts():
    """The parts of a flow have their shares of target and baseline, and say what of the whole is due when."""
    goal = setting(target=100, baseline=40, period="2018-Q1", split="month", weights=(1, 1, 2), better="up", name="Spring")
    whole, *parts = aims_of([goal], people(), CALENDAR)
    assert [(aim.target, aim.baseline) for aim in parts] == [(25, 10), (25, 10), (50, 20)]
    assert [part for _, part in whole.parts] == [25, 25, 50]
    assert {aim.title for aim in (whole, *parts)} == {"Spring"}


def test_milestones_know_the_months_until_them():
    """A milestone by the end of a quarter counts all months of the goal so far."""
    goal = setting(target=9, period="2018", milestones=[{"by": "2018-Q2", "target": 4, "name": "half-time"}])
    check_goals([goal], KPIS, CALENDAR)
    (found,) = aims_of([goal], people(), CALENDAR)[0].milestones
    assert (found.name, found.target, found.by.name) == ("half-time", 4, "2018-Q2")
    assert [month.name for month in found.so_far] == [f"2018-0{number}" for number in range(1, 7)]


def test_a_large_goal_holds_key_results_which_are_goals_too():
    """Each key result is a target of its own, for the large goal's subject unless it names another; what cannot be found is left out."""
    results = [
        {"kpi": "revenue_won", "target": 100, "weight": 2},
        {"kpi": "win_rate", "target": "0.5", "subject": "owner:Ann"},
        {"kpi": "deals_won", "target": 5, "subject": "owner:Nobody"},
    ]
    goals = [setting(name="Grow", subject="team:East", key_results=results)]
    check_goals(goals, KPIS, CALENDAR)
    (large,) = aims_of(goals, people(), CALENDAR)

    assert (large.title, large.kpi, large.subject) == ("Grow", None, "5")
    assert [(one.aim.subject, one.weight) for one in large.results] == [("5", 2), ("1", 1)]
    assert [(one.kpi, one.subject) for one in targets_of(goals, people(), CALENDAR)] == [("revenue_won", "5"), ("win_rate", "1")]
    assert [(one.kpi, one.subject) for one in goals_for(goals, "portal", people(), CALENDAR)] == [("revenue_won", "5"), ("win_rate", "1")]
    assert unresolved(goals, people(), CALENDAR) == (
        "Key result 3 of goal 1 (CRM_KPI_GOALS) is for owner:Nobody, of which the CRM shows 0; it is left out.",
    )


def test_goals_of_the_crm_are_judged_beside_those_of_the_settings():
    """What people set in the CRM is a goal as well; where both speak of the same, the setting counts."""
    theirs = (Target("revenue_won", "owner", "1", FEBRUARY, D(5)), Target("revenue_won", "owner", "2", FEBRUARY, D(6)))
    found = aims_of([setting(target=9, subject="owner:Ann")], people(theirs=theirs), CALENDAR)
    assert [(aim.subject, aim.target, aim.origin) for aim in found] == [("1", 9, "settings"), ("2", 6, "crm")]
