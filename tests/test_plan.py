"""A plan holds exactly the writes that turn what the CRM holds into what was measured."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model import Entity, FieldKind, FieldSpec, FieldValue, Goal, GoalChange, GoalRecord, Held, Why
from connector.period import Grain, Period
from connector.plan import Head, Key, Present, is_same, make_plan, undo_plan

NOW = datetime(2018, 1, 1, 5, tzinfo=UTC)
HEAD = Head("p000001", "acme", NOW, NOW)
MONEY = FieldSpec(Entity.COMPANIES, "kpi_lifetime_value", "Lifetime value", FieldKind.MONEY, "Revenue of all orders.", Decimal("0.01"), 2)
COUNT = FieldSpec(Entity.COMPANIES, "kpi_orders", "Orders", FieldKind.NUMBER, "Number of orders.")
STAMP = FieldSpec(Entity.COMPANIES, "kpi_updated_at", "Updated", FieldKind.DATETIME, "When these numbers changed.")
STAMPS = {Entity.COMPANIES: STAMP}
QUARTER = Period(date(2018, 1, 1), date(2018, 4, 1), Grain.QUARTER, "2018-Q1")


@dataclass(frozen=True)
class Sent:
    """What we wrote before, as the store remembers it."""

    value: str | None
    version: int = 2


def key(spec: FieldSpec, record: str = "1") -> Key:
    """Return where a value lives."""
    return (spec.entity, record, spec.name)


@pytest.mark.parametrize(
    ("held", "sent", "measured", "why"),
    [
        (None, None, "10", Why.NEW),
        ("10", Sent("10"), "12", Why.CHANGED),
        ("10", None, "12", Why.CHANGED),
        ("11", Sent("10"), "12", Why.DRIFT),
        ("11", Sent("10"), "10", Why.DRIFT),
        (None, Sent("10"), "10", Why.DRIFT),
        ("10", Sent("10", version=1), "12", Why.DEFINITION),
        ("10", Sent("10"), None, Why.CHANGED),
        ("10", Sent("10"), "10", None),
        ("10", Sent("10"), "10.004", None),
        (None, None, None, None),
        (None, Sent(None), "10", Why.NEW),
    ],
)
def test_why_a_value_is_written(held: str | None, sent: Sent | None, measured: str | None, why: Why | None):
    """A value is written only when the CRM holds another one, and the plan says which kind of difference that is."""
    present = Present({key(MONEY): held}, {key(MONEY): sent} if sent else {})

    made = make_plan(HEAD, [FieldValue(MONEY, "1", measured)], [], present, stamps={})

    assert [change.why for change in made.fields] == ([why] if why else [])


def test_the_stamp_is_written_only_beside_another_change():
    """A record whose numbers stayed keeps its stamp, one of which any moved gets a new one, once."""
    values = [FieldValue(MONEY, "1", "5"), FieldValue(COUNT, "1", "1"), FieldValue(COUNT, "2", "3")]
    present = Present({key(COUNT, "2"): "3", key(STAMP, "2"): "2017-01-01T00:00:00Z"})

    made = make_plan(HEAD, values, [], present, stamps=STAMPS)

    assert [(change.record, change.spec.name) for change in made.fields] == [
        ("1", "kpi_lifetime_value"),
        ("1", "kpi_orders"),
        ("1", "kpi_updated_at"),
    ]


def test_the_share_counts_only_values_that_were_there_before():
    """New fields and stamps do not count as changes of what people see already."""
    values = [FieldValue(COUNT, str(record), "7") for record in range(10)]
    present = Present({key(COUNT, str(record)): "6" if record < 2 else "7" for record in range(8)})

    made = make_plan(HEAD, values, [], present, stamps=STAMPS)

    assert (made.present, made.change_share) == (8, 0.25)


@given(st.lists(st.tuples(st.integers(0, 20), st.none() | st.integers(0, 5).map(str)), unique_by=lambda pair: pair[0]))
def test_after_a_plan_is_carried_out_there_is_nothing_left_to_plan(measured: list[tuple[int, str | None]]):
    """Planning again on a CRM that took the plan finds nothing to write."""
    values = [FieldValue(COUNT, str(record), value) for record, value in measured]
    first = make_plan(HEAD, values, [], Present(), stamps=STAMPS)
    held = {key(change.spec, change.record): change.new for change in first.fields}

    second = make_plan(HEAD, values, [], Present(held, {place: Sent(value, 1) for place, value in held.items()}), stamps=STAMPS)

    assert second.size == 0


def test_undo_restores_only_what_nobody_touched():
    """What a person changed since, and what is gone, is reported and left alone."""
    values = [FieldValue(COUNT, record, "7") for record in ("1", "2", "3")]
    done = make_plan(HEAD, values, [], Present({key(COUNT, "1"): "6"}), stamps={})
    now = [Held(Entity.COMPANIES, "1", "kpi_orders", "7"), Held(Entity.COMPANIES, "2", "kpi_orders", "99")]

    back = undo_plan(HEAD, done, {(one.entity, one.record, one.field): one.value for one in now}, [])

    assert [(change.record, change.old, change.new, change.why) for change in back.fields] == [("1", "7", "6", Why.RESTORE)]
    assert back.undoes == "p000001"
    assert len(back.notes) == 2
    assert "changed since to 99" in back.notes[0]
    assert "record is gone" in back.notes[1]


def goal(target: int) -> Goal:
    """Return a goal of one quarter."""
    return Goal("revenue_won", "team", "t1", QUARTER, Decimal(target), "family-1", "Revenue 2018, Central")


def row(target: int, marker: str | None = "crm-kpi") -> GoalRecord:
    """Return a goal row as a CRM holds it."""
    return GoalRecord(
        id="g1", starts_on=QUARTER.start, ends_on=QUARTER.end, target=Decimal(target), family="family-1", marker=marker, kpi="revenue_won"
    )


def test_goals_of_others_are_never_changed():
    """A goal without our marker is not ours, even where it looks the same: ours is made beside it."""
    made = make_plan(HEAD, [], [goal(10)], Present(goals=[row(5, marker=None)]), stamps={})

    assert [(change.old, change.goal.remote, change.why) for change in made.goals] == [(None, None, Why.NEW)]


def test_the_id_that_we_know_tells_a_goal_from_its_copies():
    """Of rows that look alike the known one is ours, without its marker, too; where no id is known the plan names none."""
    rows = [replace(row(5), id="copy"), row(5)]
    known = make_plan(HEAD, [], [replace(goal(10), remote="g1")], Present(goals=rows), stamps={})
    bare = make_plan(HEAD, [], [replace(goal(5), remote="g1")], Present(goals=[rows[0], row(5, marker=None)]), stamps={})
    unknown = make_plan(HEAD, [], [goal(10)], Present(goals=rows), stamps={})

    found = [(change.old, change.goal.remote) for made in (known, bare, unknown) for change in made.goals]
    assert found == [(Decimal(5), "g1"), (Decimal(5), "g1"), (Decimal(5), None)]
    back = undo_plan(HEAD, replace(known, goals=(GoalChange(replace(goal(5), remote="g1"), None, Why.NEW),)), {}, rows)
    assert [(change.archive, change.goal.remote) for change in back.goals] == [(True, "g1")]


def test_a_goal_is_written_only_when_its_target_differs():
    """Our own goal row is found again by its family and period, and changed in place."""
    same = make_plan(HEAD, [], [goal(5)], Present(goals=[row(5)]), stamps={})
    moved = make_plan(HEAD, [], [goal(10)], Present(goals=[row(5)]), stamps={})

    assert same.size == 0
    assert [(change.old, change.goal.remote) for change in moved.goals] == [(Decimal(5), "g1")]


@pytest.mark.parametrize(
    ("measured", "held", "why"),
    [(7, 3, Why.PROGRESS), (7, 7, None), (None, 3, None), (7, None, None)],
    ids=["it moved", "it did not", "nothing was measured", "the CRM works it out itself"],
)
def test_progress_is_written_where_it_is_ours_to_write(measured: int | None, held: int | None, why: Why | None):
    """A goal whose target is right is written only for its progress; that is no change to be doubted, and undoing leaves it as it is."""
    actual, now = (None if one is None else Decimal(one) for one in (measured, held))
    made = make_plan(HEAD, [], [replace(goal(10), actual=actual)], Present(goals=[replace(row(10), actual=now)]), stamps={})

    assert [change.why for change in made.goals] == ([why] if why else [])
    assert made.change_share == 0
    back = undo_plan(HEAD, made, {}, [replace(row(10), actual=actual)])
    assert (back.goals, ["keeps its progress" in note for note in back.notes]) == ((), [True] if why else [])


def test_undo_archives_a_goal_that_was_made_and_restores_one_that_was_changed():
    """A row that did not exist before goes away again; one that did gets its target back."""
    new = make_plan(HEAD, [], [goal(10)], Present(), stamps={})
    moved = make_plan(HEAD, [], [goal(10)], Present(goals=[row(5)]), stamps={})

    gone = undo_plan(HEAD, new, {}, [row(10)])
    restored = undo_plan(HEAD, moved, {}, [row(10)])
    touched = undo_plan(HEAD, moved, {}, [row(11)])

    assert [(change.archive, change.goal.remote) for change in gone.goals] == [(True, "g1")]
    assert [(change.archive, change.goal.target) for change in restored.goals] == [(False, Decimal(5))]
    assert (touched.goals, len(touched.notes)) == ((), 1)


def test_numbers_that_nobody_could_tell_apart_are_the_same():
    """Text that differs while the value does not is no change; text fields compare as they are."""
    text = FieldSpec(Entity.DEALS, "kpi_stalled_reason", "Why", FieldKind.TEXT, "Why it is stalled.")

    assert is_same(COUNT, "10", "10.0")
    assert is_same(MONEY, "10.001", "10.005")
    assert not is_same(MONEY, "10.00", "10.01")
    assert not is_same(COUNT, "n/a", "10")
    assert not is_same(text, "10", "10.0")
