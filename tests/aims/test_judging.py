"""How far goals are: hand-computed cases, and what holds for every goal."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.aims import Aim, Milestone, Result, Status, attainment, is_flow, judge
from connector.kpis import KPIS
from connector.kpis.metric import Better
from tests.aims.conftest import CALENDAR, QUARTER, YEAR, D, aim, seen, value

AHEAD, ON_TRACK, BEHIND, MISSED, MET = Status
Case = tuple[str, str, str, str | None, str, dict[str, Any], str | None, str | None, str | None, Status | None]
MONTHS = tuple(CALENDAR.parse(f"2018-{month:02}") for month in range(1, 13))

# What the rule is; KPI, target, actual, today, more of the goal; then attainment, pace, what each day left must bring, status.
# Of the twenty working days of February 2018 ten are over when the 15th begins.
CASES: list[Case] = [
    ("half of it after half the days is on track", "revenue_won", "100", "50", "2018-02-15", {}, "0.5", "1", "5", ON_TRACK),
    ("a twentieth more or less is on track still", "revenue_won", "100", "47.5", "2018-02-15", {}, "0.475", "0.95", "5.25", ON_TRACK),
    ("less than that is behind", "revenue_won", "100", "47", "2018-02-15", {}, "0.47", "0.94", "5.3", BEHIND),
    ("more than that is ahead", "revenue_won", "100", "53", "2018-02-15", {}, "0.53", "1.06", "4.7", AHEAD),
    ("all of it is met before the end", "revenue_won", "100", "100", "2018-02-15", {}, "1", "2", None, MET),
    ("a running day is not over", "revenue_won", "100", "0", "2018-02-01", {}, "0", None, "5", ON_TRACK),
    ("a weekend changes nothing", "revenue_won", "100", "10", "2018-02-05", {}, "0.1", "1", "5", ON_TRACK),
    ("something came before anything was due", "revenue_won", "100", "5", "2018-02-01", {}, "0.05", None, "4.75", ON_TRACK),
    ("what is short at the end is missed", "revenue_won", "100", "99.99", "2018-03-01", {}, "0.9999", "0.9999", None, MISSED),
    ("what is full at the end is met", "revenue_won", "100", "120", "2018-03-01", {}, "1.2", "1.2", None, MET),
    ("nothing is known before it begins", "revenue_won", "100", "5", "2018-01-31", {}, None, None, None, None),
    ("a target of nothing is met by nothing", "revenue_won", "0", "0", "2018-02-15", {}, "1", None, None, MET),
    ("a loss does not reach a target of nothing", "revenue_won", "0", "-5", "2018-03-01", {}, None, None, None, MISSED),
    ("a rate has no share of time", "win_rate", "0.5", "0.4", "2018-02-02", {}, "0.8", None, None, BEHIND),
    ("a rate can fall again and is not met yet", "win_rate", "0.5", "0.5", "2018-02-15", {}, "1", None, None, ON_TRACK),
    ("a rate well above is ahead", "win_rate", "0.5", "0.6", "2018-02-15", {}, "1.2", None, None, AHEAD),
    ("a rate is met at the end", "win_rate", "0.5", "0.5", "2018-03-01", {}, "1", None, None, MET),
    ("a rate that was not measured", "win_rate", "0.5", None, "2018-02-15", {}, None, None, None, None),
    ("a growth above a target below zero", "revenue_growth", "-0.1", "-0.05", "2018-02-15", {}, "1", None, None, ON_TRACK),
    ("a growth below a target below zero", "revenue_growth", "-0.1", "-0.2", "2018-02-15", {}, None, None, None, BEHIND),
    ("a level has no share of time", "pipeline_value", "100", "90", "2018-02-02", {}, "0.9", None, None, BEHIND),
    ("a forecast speaks of the whole period", "forecast_revenue", "100", "100", "2018-02-15", {}, "1", None, None, ON_TRACK),
    ("less is better: target over actual", "time_to_close", "30", "40", "2018-02-15", {}, "0.75", None, None, BEHIND),
    ("less is better: none of it is all one can wish", "time_to_close", "30", "0", "2018-03-01", {}, "1", None, None, MET),
    ("less is better: above a target of none", "time_to_close", "0", "2", "2018-03-01", {}, "0", None, None, MISSED),
    ("a flow that should be small may use what is due", "deals_lost", "10", "5", "2018-02-15", {}, "2", "1", "0.5", ON_TRACK),
    ("a flow that should be small and runs too fast", "deals_lost", "10", "8", "2018-02-15", {}, "1.25", "0.625", "0.2", BEHIND),
    ("a flow that should be small and hardly runs", "deals_lost", "10", "2", "2018-02-15", {}, "5", "2.5", "0.8", AHEAD),
    ("none yet of what should be little", "deals_lost", "10", "0", "2018-02-15", {}, "1", None, "1", AHEAD),
    (
        "a flow that passed what it should stay below",
        "deals_lost",
        "10",
        "11",
        "2018-02-15",
        {},
        "0.9090909090",
        "0.4545454545",
        None,
        MISSED,
    ),
    ("a flow that stayed below to the end", "deals_lost", "10", "10", "2018-03-01", {}, "1", "1", None, MET),
    ("gained since a baseline", "win_rate", "0.6", "0.55", "2018-02-15", {"baseline": D("0.5")}, "0.5", None, None, BEHIND),
    ("fallen below a baseline", "win_rate", "0.6", "0.4", "2018-02-15", {"baseline": D("0.5")}, "-1", None, None, BEHIND),
    ("gained where less is better", "time_to_close", "30", "32", "2018-02-15", {"baseline": D(40)}, "0.8", None, None, BEHIND),
    ("a flow with a baseline keeps its pace", "revenue_won", "120", "60", "2018-02-15", {"baseline": D(100)}, "-2", "1", "6", ON_TRACK),
    (
        "a baseline on the wrong side measures nothing",
        "win_rate",
        "0.4",
        "0.3",
        "2018-03-01",
        {"baseline": D("0.5")},
        None,
        None,
        None,
        MISSED,
    ),
    ("a direction of the goal's own", "deals_created", "10", "20", "2018-03-01", {"direction": Better.DOWN}, "0.5", "0.5", None, MISSED),
]


def near(found: Decimal | None, expected: str | None) -> bool:
    """Return whether a number is what was worked out by hand, to ten decimals."""
    return found is None if expected is None else found is not None and abs(found - D(expected)) < D("1e-9")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_goals_worked_out_by_hand(case: Case):
    """Attainment, pace, what each working day left must bring or may bring, and status, by the rules of docs/goals.md."""
    _, kpi, target, actual, today, more, reached, paced, per_day, status = case
    values = [] if actual is None else [value(kpi, actual)]
    found = judge(aim(kpi, target, **more), seen(*values, today=today))

    assert near(found.attainment, reached), found.attainment
    assert near(found.pace, paced), found.pace
    assert near(found.per_day, per_day), found.per_day
    assert found.status is status


def test_weights_say_how_much_is_due():
    """Of a year whose first quarter weighs 10 of 100 and whose second 40, by 16 May 10 + 40 × 32/65 is due; 20 is 66.8 % of that."""
    quarters = tuple(CALENDAR.parse(f"2018-Q{number}") for number in range(1, 5))
    parts = tuple(zip(quarters, (D(10), D(40), D(20), D(30)), strict=True))
    found = judge(aim(period=YEAR, parts=parts), seen(value("revenue_won", "20", YEAR), today="2018-05-16"))

    assert near(found.due, "29.6923076923")
    assert near(found.pace, "0.6735751295")
    assert (found.gap, found.status) == (80, BEHIND)


def test_a_member_of_whom_nothing_was_counted_has_reached_nothing():
    """No row means none of what is counted, but nothing to judge where the KPI, the breakdown or a rate was not measured."""
    ann = {"subject_type": "owner", "subject": "1"}
    assert judge(aim(**ann), seen()).actual == 0
    assert judge(aim(**ann), seen(missing=("by owner",))).status is None
    assert judge(aim(**ann), seen(missing=("revenue_won",))).status is None
    assert judge(aim("win_rate", "0.5", **ann), seen()).status is None


def test_a_small_rate_has_its_interval_and_n():
    """2 won of 4 may be anything between 15 % and 85 %; sums have no interval."""
    found = judge(aim("win_rate", "0.5"), seen(value("win_rate", "0.5", n=4, parts=(2, 4))))
    assert found.n == 4
    assert found.interval
    assert [round(bound, 4) for bound in found.interval] == [D("0.1500"), D("0.8500")]
    assert judge(aim(), seen(value("revenue_won", "5"))).interval is None


def test_milestones_are_judged_by_what_was_there_at_their_end():
    """Of a flow the months up to it count together, of a rate the month or quarter itself; what came later does not mend it."""
    one, two, three = MONTHS[:3]
    goals = (Milestone(one, D(20), (one,)), Milestone(two, D(50), (one, two), "half"), Milestone(three, D(99), (one, two, three)))
    figures = [value("revenue_won", "30", one), value("revenue_won", "15", two), value("revenue_won", "50", three)]
    found = judge(aim(period=QUARTER, milestones=goals), seen(*figures, value("revenue_won", "95", QUARTER), today="2018-03-15"))
    assert [(one.actual, one.status) for one in found.milestones] == [(30, MET), (45, MISSED), (95, None)]
    rate = Milestone(one, D("0.4"), (one,))
    found = judge(aim("win_rate", "0.5", period=QUARTER, milestones=(rate,)), seen(value("win_rate", "0.45", one), today="2018-03-15"))
    assert [one.status for one in found.milestones] == [MET]


def large(*parts: tuple[str, str, int]) -> Aim:
    """Return a goal that holds others: KPI, target, weight."""
    return aim("", None, results=tuple(Result(aim(kpi, target), D(weight)) for kpi, target, weight in parts))


@pytest.mark.parametrize(
    ("today", "actuals", "reached", "paced", "status"),
    [
        # Revenue 40 of 100 (weighs 3), win rate at its target (weighs 1): (3 × 0.4 + 1) / 4 = 0.55 of (3 × 0.5 + 1) / 4 = 0.625 due.
        ("2018-02-15", {"revenue_won": "40", "win_rate": "0.5"}, "0.55", "0.88", BEHIND),
        # Twice the revenue counts once: it does not buy off the rate.
        ("2018-02-15", {"revenue_won": "200", "win_rate": "0.25"}, "0.875", "1.4", AHEAD),
        ("2018-03-01", {"revenue_won": "200", "win_rate": "0.25"}, "0.875", "0.875", MISSED),
        ("2018-03-01", {"revenue_won": "200", "win_rate": "0.5"}, "1", "1", MET),
        # A rate that nobody measured leaves the mean, but the whole is not met without it.
        ("2018-03-01", {"revenue_won": "200"}, "1", "1", None),
        ("2018-03-01", {"revenue_won": "20"}, "0.2", "0.2", MISSED),
    ],
)
def test_a_large_goal_is_the_weighted_mean_of_its_key_results(
    today: str, actuals: dict[str, str], reached: str, paced: str, status: Status | None
):
    """Each key result counts by its weight and as full at most; what is due is the same mean of what is due of each."""
    figures = [value(kpi, actual) for kpi, actual in actuals.items()]
    found = judge(large(("revenue_won", "100", 3), ("win_rate", "0.5", 1)), seen(*figures, today=today))

    assert near(found.attainment, reached), found.attainment
    assert near(found.pace, paced), found.pace
    assert found.status is status
    assert len(found.results) == 2


def test_only_what_grows_through_a_period_is_due_by_time():
    """Revenue and counts are; a rate, a mean, what is open at a moment and a forecast of the whole period are not."""
    flows = {key for key in ("revenue_won", "deals_won", "leads_created", "complaints") if is_flow(KPIS[key])}
    assert len(flows) == 4
    assert not [key for key in ("win_rate", "time_to_close", "pipeline_value", "stalled_deals", "forecast_revenue") if is_flow(KPIS[key])]


MONEY = st.decimals("-1000", "1000", places=2)


@given(st.sampled_from(Better), MONEY, MONEY, st.none() | MONEY)
def test_all_of_a_target_is_reached_exactly_when_the_actual_is_on_its_side(
    better: Better, actual: Decimal, target: Decimal, baseline: Decimal | None
):
    """Whatever the signs, attainment is 1 or more when the target is reached, and less or unknown when it is not."""
    found = attainment(better, actual, target, baseline)
    is_reached = actual >= target if better is Better.UP else actual <= target
    assert (found is not None and found >= 1) is is_reached


@given(st.sampled_from(Better), MONEY, MONEY, st.sampled_from(["revenue_won", "deals_lost", "win_rate", "time_to_close"]))
def test_when_a_period_is_over_a_goal_is_met_or_missed(better: Better, actual: Decimal, target: Decimal, kpi: str):
    """At the end the gap alone decides; before its end only a flow can be either."""
    goal = aim(kpi, str(target), direction=better)
    over = judge(goal, seen(value(kpi, str(actual)), today="2018-03-01"))
    running = judge(goal, seen(value(kpi, str(actual)), today="2018-02-15"))
    assert over.gap is not None
    assert over.status is (MET if over.gap <= 0 else MISSED)
    assert is_flow(KPIS[kpi]) or running.status not in (MET, MISSED)
    assert running.status not in (MET, MISSED) or running.status is over.status


@given(st.decimals("0.01", "1000", places=2), st.integers(1, 27), st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_more_time_makes_more_due_and_all_of_it_is_due_at_the_end(target: Decimal, day: int, weights: list[int]):
    """However a target is weighted, what is due never falls, is nothing at the start and all of it at the end."""
    total = D(sum(weights))
    parts = tuple((month, target * weight / total) for month, weight in zip(MONTHS[:3], weights, strict=True))
    goal = aim(period=QUARTER, target=str(target), parts=parts)
    due = [
        judge(goal, seen(today=today)).due or D(0) for today in ("2018-01-01", f"2018-02-{day:02}", f"2018-02-{day + 1:02}", "2018-04-01")
    ]
    assert due[0] == 0
    assert due == sorted(due)
    assert abs(due[-1] - target) < D("1e-9")


@given(st.lists(st.tuples(MONEY, st.integers(1, 9)), min_size=1, max_size=5), st.sampled_from(["2018-02-15", "2018-03-01"]))
def test_no_key_result_makes_up_for_another(results: list[tuple[Decimal, int]], today: str):
    """A large goal never has more than all of it, and all of it only when each of its key results has."""
    kpis = ["revenue_won", "deals_won", "deals_created", "net_new_revenue", "repeat_purchases"][: len(results)]
    goal = large(*((kpi, "100", weight) for kpi, (_, weight) in zip(kpis, results, strict=True)))
    found = judge(goal, seen(*(value(kpi, str(actual)) for kpi, (actual, _) in zip(kpis, results, strict=True)), today=today))
    assert found.attainment is not None
    assert found.attainment <= 1
    assert (found.status is MET) is all(actual >= 100 for actual, _ in results)
