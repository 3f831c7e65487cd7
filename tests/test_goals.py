"""Every goal of the settings lands somewhere, or a sentence says why it does not."""

from datetime import date
from decimal import Decimal

import pytest

from connector.goals import landings
from connector.model import Ability, Answer, Capabilities, Goal, Target, Tenant
from connector.period import Grain, Period

QUARTER = Period(date(2018, 1, 1), date(2018, 4, 1), Grain.QUARTER, "2018-Q1")
OWNER = Target("revenue_won", "owner", "7", QUARTER, Decimal(10))
TEAM = Target("deals_won", "team", "5", QUARTER, Decimal(3))
WHOLE = Target("revenue_won", "account", "", QUARTER, Decimal(100))
GOALS = [Goal(one.kpi, one.subject_type, one.subject, QUARTER, one.target, "f", "t") for one in (OWNER, TEAM)]
BOARD = "companies:7"


def able(**goals: Answer) -> Capabilities:
    """Return what an account can do: by default goals for owners' revenue only."""
    answers = {"revenue_won of an owner": Ability(Answer.UNVERIFIED), "deals_won of a team": Ability(Answer.NO, "There is no such goal.")}
    return Capabilities(Tenant("1", "Acme", "UTC", "EUR"), {}, {}, answers | {key: Ability(answer) for key, answer in goals.items()})


def test_what_the_crm_can_hold_is_a_goal_there_and_the_rest_stands_on_the_board():
    """A goal of its own where it means the same, the board for what it cannot hold and for the whole account, each with its reason."""
    found = landings(GOALS, [OWNER, TEAM, WHOLE], able(), BOARD)
    assert [goal.kpi for goal in found.native] == ["revenue_won"]
    assert found.board == (TEAM, WHOLE)
    assert found.notes == ("Targets for deals_won of a team stand on the board record companies:7. There is no such goal.",)


def test_without_a_board_it_is_said_what_lands_nowhere():
    """No board, no place: the plan says so for each kind, and for the whole account how to have one."""
    found = landings(GOALS, [OWNER, TEAM, WHOLE], able(), None)
    assert found.board == ()
    assert found.notes[0] == "Targets for deals_won of a team count here, but are not written. There is no such goal."
    assert "CRM_KPI_BOARD_RECORD" in found.notes[1]
    assert landings(GOALS, [OWNER], able(), None).notes == ()


@pytest.mark.parametrize("answer", [Answer.YES, Answer.UNVERIFIED])
def test_a_kind_that_may_be_possible_is_tried(answer: Answer):
    """Unverified is no: only a write can turn it into a yes."""
    found = landings(GOALS, [OWNER, TEAM], able(**{"deals_won of a team": answer}), BOARD)
    assert (found.native, found.board, found.notes) == (tuple(GOALS), (), ())
