"""Plans are kept whole before anything is sent, and what becomes of every line is kept with what it means for us."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from connector.errors import GuardStopped, SettingsError
from connector.model import Entity, FieldChange, FieldKind, FieldSpec, Goal, GoalChange, Result, Status, Why, WritePlan
from connector.period import Grain, Period
from connector.store import Item, Lease, MappedGoal, Store, Uses, Written

MADE = datetime(2018, 1, 1, 5, 0, 0, 250_000, tzinfo=UTC)
Q4 = Period(date(2017, 10, 1), date(2018, 1, 1), Grain.QUARTER, "2017-Q4")
WIN_RATE = FieldSpec(Entity.USERS, "kpi_win_rate", "Win rate", FieldKind.PERCENT, "won of closed", Decimal("0.001"), 3)
CLV = FieldSpec(Entity.COMPANIES, "kpi_clv", "Lifetime value", FieldKind.MONEY, "all it bought")
FIRST = FieldChange(CLV, "10", None, "1096", Why.NEW, {"n": 2, "why": "2 won deals", "best": None})
SECOND = FieldChange(WIN_RATE, "7", "0.5", "0.625", Why.CHANGED)
GOAL = GoalChange(Goal("revenue_won", "owner", "7", Q4, Decimal("250000.5"), "f1", "Revenue [kpi]"), None, Why.NEW)
PLAN = WritePlan("p000001", "acme", MADE, MADE - timedelta(hours=1), (FIRST, SECOND), (GOAL,), 12, ("one was left out",))
OK = Status.OK


def states(store: Store, plan_id: str = "p000001") -> list[str]:
    """Return the state of every line."""
    return [item.state.value for item in store.plans.items("acme", plan_id)]


def test_a_plan_is_read_back_as_it_was_saved(store: Store, lease: Lease):
    """Values, old values, evidence, definitions, goals and notes survive; the run and the counts are known at a glance."""
    store.plans.save(lease, "r000001", PLAN)
    assert store.plans.load("acme", "p000001") == PLAN
    info = store.plans.info("acme", "p000001")
    assert (info.run, info.kind, info.status, info.counts) == ("r000001", "push", "planned", {"planned": 3})
    assert (info.made_at, info.as_of, info.undoes) == (PLAN.made_at, PLAN.as_of, None)
    assert store.plans.items("acme", "p000001")[2] == Item(2, GOAL, "planned", "", None)


def test_an_undo_plan_says_so(store: Store, lease: Lease):
    """A plan that takes another one back keeps its name and its archived goals."""
    archive = GoalChange(replace(GOAL.goal, remote="88"), Decimal(5), Why.RESTORE, archive=True)
    undo = replace(PLAN, id="p000002", fields=(), goals=(archive,), undoes="p000001")
    store.plans.save(lease, None, undo)
    assert store.plans.load("acme", "p000002") == undo
    assert store.plans.info("acme", "p000002").kind == "undo"


def test_a_new_plan_takes_the_place_of_unsent_ones_only(store: Store, lease: Lease):
    """A plan that was begun stays, with its lines; one that was not is superseded, emptied and cannot be sent."""
    store.plans.save(lease, None, PLAN)
    store.plans.begin(lease, "p000001")
    for number in (2, 3):
        store.plans.save(lease, None, replace(PLAN, id=f"p00000{number}"))
    assert [(info.id, info.status) for info in store.plans.list("acme", 9)] == [
        ("p000003", "planned"),
        ("p000002", "superseded"),
        ("p000001", "sending"),
    ]
    assert store.plans.latest("acme").id == "p000003"
    assert store.plans.unfinished("acme") == "p000001"
    assert store.plans.load("acme", "p000002").size == 0
    with pytest.raises(GuardStopped, match="p000002 is superseded"):
        store.plans.begin(lease, "p000002")


def test_a_sent_plan_goes_from_planned_over_sending_to_done(store: Store, lease: Lease):
    """Lines follow what became of them; the plan is done when nothing is open or refused."""
    store.plans.save(lease, None, PLAN)
    store.plans.begin(lease, "p000001")
    store.plans.mark(lease, "p000001", [0, 1], "sending")
    assert states(store) == ["sending", "sending", "planned"]
    assert [item.seq for item in store.plans.items("acme", "p000001", ["sending"])] == [0, 1]
    store.plans.record(lease, "p000001", {0: Result("10", OK), 1: Result("7", OK), 2: Result("2017-Q4", OK, remote="88")})
    store.plans.finish(lease, "p000001")
    assert store.plans.info("acme", "p000001").status == "done"
    assert store.plans.unfinished("acme") is None
    with pytest.raises(GuardStopped, match="is done"):
        store.plans.begin(lease, "p000001")


def test_a_plan_with_a_refused_line_is_partial_and_may_be_sent_again(store: Store, lease: Lease):
    """What the CRM refused is kept with its message; skipped lines do not count."""
    store.plans.save(lease, None, PLAN)
    store.plans.begin(lease, "p000001")
    store.plans.record(lease, "p000001", {0: Result("10", OK), 1: Result("7", Status.REFUSED, "the property is read-only")})
    store.plans.mark(lease, "p000001", [2], "skipped")
    store.plans.finish(lease, "p000001")
    info = store.plans.info("acme", "p000001")
    assert (info.status, info.counts) == ("partial", {"ok": 1, "refused": 1, "skipped": 1})
    assert store.plans.items("acme", "p000001", ("refused",))[0].message == "the property is read-only"
    store.plans.begin(lease, "p000001")


def test_only_what_arrived_enters_the_ledger(store: Store, lease: Lease):
    """Written values, the mapping of goals and what the CRM holds follow OK outcomes alone."""
    store.plans.save(lease, None, PLAN)
    unknown = Result("7", Status.UNKNOWN, "no answer")
    store.plans.record(lease, "p000001", {0: Result("10", OK), 1: unknown, 2: Result("2017-Q4", OK, remote="88")})
    assert store.plans.written("acme") == {(Entity.COMPANIES, "10", "kpi_clv"): Written("1096", 1, "p000001")}
    assert store.records.held("acme") == {(Entity.COMPANIES, "10", "kpi_clv"): "1096"}
    assert store.plans.goal_map("acme") == {("f1", "2017-Q4"): MappedGoal("88", Decimal("250000.5"), "p000001")}
    store.plans.record(lease, "p000001", {1: Result("7", OK)})
    assert store.plans.written("acme")[Entity.USERS, "7", "kpi_win_rate"] == Written("0.625", 3, "p000001")
    assert states(store) == ["ok", "ok", "ok"]


def test_every_write_that_may_have_arrived_is_counted_for_ever(store: Store, lease: Lease):
    """Values, goals made and goals changed are counted over all plans; what was emptied, refused or never sent is not."""
    emptied = replace(SECOND, new=None)
    store.plans.save(lease, None, replace(PLAN, fields=(FIRST, SECOND, emptied), goals=(GOAL, replace(GOAL, why=Why.CHANGED))))
    assert store.plans.uses("acme") == Uses(0, 0, 0)
    store.plans.begin(lease, "p000001")
    results = {
        0: Result("10", OK),
        1: Result("7", Status.REFUSED, "no"),
        2: Result("7", OK),
        3: Result("q", OK),
        4: Result("q", Status.UNKNOWN),
    }
    store.plans.record(lease, "p000001", results)
    assert store.plans.uses("acme") == Uses(values=1, goals_made=1, goals_changed=1)


def test_undo_forgets_what_it_emptied_and_archived(store: Store, lease: Lease):
    """A value that undo removed is ours no longer, one that it set back is; an archived goal leaves the mapping."""
    store.plans.save(lease, None, PLAN)
    store.plans.record(lease, "p000001", {0: Result("10", OK), 1: Result("7", OK), 2: Result("2017-Q4", OK, remote="88")})
    back = tuple(replace(change, old=change.new, new=change.old, why=Why.RESTORE) for change in PLAN.fields)
    archive = GoalChange(replace(GOAL.goal, remote="88"), None, Why.RESTORE, archive=True)
    store.plans.save(lease, None, replace(PLAN, id="p000002", fields=back, goals=(archive,), undoes="p000001"))
    store.plans.record(lease, "p000002", {0: Result("10", OK), 1: Result("7", OK), 2: Result("88", OK)})
    assert store.plans.written("acme") == {(Entity.USERS, "7", "kpi_win_rate"): Written("0.5", 3, "p000002")}
    assert store.records.held("acme")[Entity.COMPANIES, "10", "kpi_clv"] is None
    assert store.plans.goal_map("acme") == {}
    store.plans.forget(lease, [(Entity.USERS, "7", "kpi_win_rate")])
    assert store.plans.written("acme") == {}


def test_nothing_to_say_changes_nothing(store: Store, lease: Lease):
    """Empty marks, outcomes and plans are allowed."""
    store.plans.save(lease, None, replace(PLAN, fields=(), goals=()))
    store.plans.begin(lease, "p000001")
    store.plans.mark(lease, "p000001", [], "sending")
    store.plans.record(lease, "p000001", {})
    store.plans.finish(lease, "p000001")
    assert store.plans.info("acme", "p000001").status == "done"


def test_an_unknown_plan_is_named(store: Store, lease: Lease):
    """Asking for a plan that is not there names it."""
    for ask in (lambda: store.plans.load("acme", "p9"), lambda: store.plans.info("acme", "p9"), lambda: store.plans.begin(lease, "p9")):
        with pytest.raises(SettingsError, match="has no plan 'p9'"):
            ask()
    assert store.plans.latest("acme") is None


def test_a_plan_of_another_account_is_not_saved(store: Store, lease: Lease):
    """The lease of one account does not let a plan of another one in."""
    with pytest.raises(ValueError, match="is for 'other'"):
        store.plans.save(lease, None, replace(PLAN, account="other"))


def test_fields_that_we_made_are_known(store: Store, lease: Lease):
    """A field is owned with the version of its definition; a later version takes the place of the earlier one."""
    store.plans.own_field(lease, Entity.USERS, "kpi_win_rate", 1)
    store.plans.own_field(lease, Entity.USERS, "kpi_win_rate", 3)
    assert store.plans.fields_owned("acme") == {(Entity.USERS, "kpi_win_rate"): 3}
