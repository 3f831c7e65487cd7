"""Goals in an account at work: what the store holds becomes their progress, and every change of a target is kept."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from connector import steps
from connector.adapters.memory import Memory
from connector.kpis.interval import wilson
from connector.model import (
    Entity,
    KpiValue,
    Mark,
    Measurement,
    Membership,
    Scope,
    Team,
    User,
)
from connector.period import Calendar
from connector.steps import Judged, Work, recorded
from connector.web.goals import goal_lines
from connector.web.overview import account_status
from tests.test_steps import at_work

AS_OF = datetime(2018, 2, 15, tzinfo=UTC)
D = Decimal
GOALS = [
    {"kpi": "revenue_won", "subject": "owner:Ann", "period": "2018-02", "target": 100},
    {"kpi": "revenue_won", "subject": "team:East", "period": "2018-02", "of_team": "members"},
    {"kpi": "win_rate", "subject": "team:East", "period": "2018-02", "target": "0.6"},
    {"kpi": "deals_lost", "period": "2018-02", "target": 10},
]


def crm() -> Memory:
    """Give a CRM with one owner, who came into her team on 15 February."""
    joined = datetime(2018, 2, 15, tzinfo=UTC)
    return Memory([User(id="1", name="Ann"), Team(id="5", name="East"), Membership(id="5:1", team="5", user="1", since=joined)])


async def put(work: Work, *values: KpiValue) -> None:
    """Pull, and keep these values as what was measured."""
    async with recorded(work, "run") as (lease, run):
        await steps.pull(work, lease, run)
        await work.ask(work.store.values.save, lease, run, Measurement(AS_OF, values, ()))


async def judged(work: Work) -> Judged:
    """Return how far the running goals are."""
    return await work.ask(steps.judged, work.store, work.config, await work.bound())


def values(calendar: Calendar) -> tuple[KpiValue, ...]:
    """Return what was measured by the middle of February."""
    month = calendar.parse("2018-02")
    ann, east = ({"owner": "1"}, {"owner": "Ann"}), ({"team": "5"}, {"team": "East"})
    return (
        KpiValue("revenue_won", month, AS_OF, D(50), D(50), None, 2, *ann),
        KpiValue("revenue_won", month, AS_OF, D(10), D(10), None, 1, *east),
        KpiValue("win_rate", month, AS_OF, D("0.5"), D(2), D(4), 4, *east, interval=wilson(D(2), D(4)), marks=(Mark.SMALL,)),
        KpiValue("deals_lost", month, AS_OF, D(2), D(2), None, 2),
    )


async def test_goals_are_told_line_by_line(tmp_path: Path):
    """The whole account comes first, then teams, then owners; a team's sum is pro-rated, a small rate shows its interval and n."""
    async with at_work(tmp_path, crm(), goals=GOALS, timezone="UTC") as work:
        await put(work, *values(work.calendar(await work.bound())))
        account = await work.bound()
        lines = goal_lines(await judged(work), account)
        shown = account_status(work.store, work.config, AS_OF).goals
    told = [(one.name, one.subject, one.target, one.actual, one.attainment, one.pace, one.status, one.gap, one.per_day) for one in lines]
    cash = f" {account.tenant.currency}"

    assert told == [
        ("Deals lost", account.tenant.name, "10", "2", "500.0%", "250.0%", "ahead", "-8", "at most 0.80"),
        ("Revenue won", "East", f"50{cash}", f"10{cash}", "20.0%", "40.0%", "behind", f"40{cash}", f"4{cash}"),
        ("Win rate", "East", "60.0%", "50.0%", "83.3%", "–", "behind", "10.0%", ""),
        ("Revenue won", "Ann", f"100{cash}", f"50{cash}", "50.0%", "100.0%", "on track", f"50{cash}", f"5{cash}"),
    ]
    assert [one.doubt for one in lines] == ["", "", "uncertain, n 4, 15.0% to 85.0%", ""]
    assert shown == lines


async def test_imported_holidays_move_what_is_due(tmp_path: Path):
    """A day off for all counts for everybody, one of a team for its members from the day they joined on."""
    file = tmp_path / "holidays.csv"
    file.write_text("day,team\n2018-02-05,\n2018-02-20,East\n2018-02-06,East\n", encoding="utf-8")
    async with at_work(tmp_path, crm(), goals=GOALS[:1], timezone="UTC") as work:
        await put(work, *values(work.calendar(await work.bound())))
        await steps.take(work, Scope(Entity.HOLIDAYS, "holidays"), file, await steps.reading(work))
        (ann,) = (await judged(work)).goals

    # Of February's 20 days the 5th is free for all; the 20th for her, who is in the team by then; the 6th was before she joined.
    assert ann.days_left == 9
    assert ann.due == D(100) * 9 / 18


async def test_hours_move_what_is_due(tmp_path: Path):
    """Of Ann, who works from Monday to Thursday, 8 of 16 days are over; without hours of business 10 of 20 of everybody's are."""
    told = []
    ann = User(id="1", name="Ann", working_hours="mon-thu 09:00-17:00")
    for place, hours in enumerate(("mon-fri 09:00-17:00", None)):
        folder = tmp_path / str(place)
        folder.mkdir()
        async with at_work(folder, Memory([ann]), goals=GOALS[:1], timezone="UTC", business_hours=hours) as work:
            await put(work, *values(work.calendar(await work.bound())))
            told += [(one.due, one.days_left) for one in (await judged(work)).goals]

    assert told == [(50, 8), (50, 10)]


async def test_a_measurement_keeps_the_targets_it_used(tmp_path: Path):
    """The first run leaves a line, and each that finds another target one more."""
    for target in (100, 120):
        async with at_work(tmp_path, crm(), goals=[{**GOALS[0], "target": target}]) as work:
            async with recorded(work, "run") as (lease, run):
                await steps.pull(work, lease, run)
                await steps.measure(work, lease, run, AS_OF)
            kept = work.store.targets.changes("acme")["revenue_won", "owner", "1", "2018-02"]
    assert [one.target for one in kept] == [100, 120]
