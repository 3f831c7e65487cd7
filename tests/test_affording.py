"""What a CRM's plan takes in all its life is not used up by half of a push."""

from datetime import date
from decimal import Decimal

import pytest

from connector.kpis.fields import COMPANY_FIELDS
from connector.model import Allowance, FieldChange, Goal, GoalChange, Why
from connector.period import Grain, Period
from connector.steps.affording import short
from connector.store import Uses

Q1 = Period(date(2018, 1, 1), date(2018, 4, 1), Grain.QUARTER, "2018-Q1")

FREE = {"fields": Allowance(60), "goals": Allowance(100, new=3)}


def values(number: int, new: str | None = "1") -> list[FieldChange]:
    """Return changes of fields."""
    return [FieldChange(COMPANY_FIELDS[0], str(key), None, new, Why.NEW) for key in range(number)]


def goals(number: int, old: Decimal | None = None, *, archive: bool = False) -> list[GoalChange]:
    """Return changes of goals, made where there is no old one."""
    goal = Goal("revenue_won", "owner", "7", Q1, Decimal(5), "f", "Revenue")
    return [GoalChange(goal, old, Why.NEW, archive=archive) for _ in range(number)]


@pytest.mark.parametrize(
    ("used", "changes"),
    [
        (Uses(0, 0, 0), values(60)),
        (Uses(59, 0, 0), [*values(1), *values(500, None)]),
        (Uses(60, 0, 0), goals(33)),
        (Uses(0, 33, 0), goals(1, Decimal(4))),
        (Uses(60, 33, 1), [*values(9, None), *goals(40, Decimal(4), archive=True)]),
    ],
    ids=["all of it", "emptying costs nothing", "goals have their own", "changing costs one", "taking back costs nothing"],
)
def test_what_there_is_room_for_is_sent(used: Uses, changes: list[FieldChange | GoalChange]) -> None:
    """Up to the last use nothing stands in the way."""
    assert short(FREE, used, changes) == []


@pytest.mark.parametrize(
    ("used", "changes", "said"),
    [
        (Uses(0, 0, 0), values(61), "60 values of fields in all its life; 0 were used from here"),
        (Uses(59, 0, 0), values(2), "60 values of fields in all its life; 59 were used from here"),
        (Uses(0, 0, 0), goals(34), "100 uses of goals in all its life; 0 were used from here"),
        (Uses(0, 33, 1), goals(1, Decimal(4)), "100 uses of goals in all its life; 100 were used from here"),
    ],
)
def test_one_too_many_is_said_before_anything_is_sent(used: Uses, changes: list[FieldChange | GoalChange], said: str) -> None:
    """The sentence tells what the plan takes, what is used and what would be needed."""
    (told,) = short(FREE, used, changes)
    assert said in told
    assert "nothing of it is sent" in told
