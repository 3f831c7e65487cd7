"""A deal's past from noted changes, and what Odoo does not note."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.adapters.odoo.account import Account
from connector.adapters.odoo.deals import deal_of
from connector.adapters.odoo.goals import counts_won
from connector.adapters.odoo.ids import packed, unpacked
from connector.adapters.odoo.past import Change
from connector.adapters.odoo.versions import words_of
from connector.model import Deal, FieldHistory, Outcome, StageChange, Tenant

MARCH, APRIL, MAY = (datetime(2017, month, 1, 12, tzinfo=UTC) for month in (3, 4, 5))
STAGES = {"1": {"id": 1, "is_won": False}, "2": {"id": 2, "is_won": False}, "4": {"id": 4, "is_won": True}}
ACCOUNT = Account(Tenant("t", "T", "UTC", "USD"), STAGES, words_of(14))


def row(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - what Odoo gives
    """Return an open opportunity as Odoo 14 gives it."""
    return {
        "id": 7,
        "name": "GTX",
        "active": True,
        "stage_id": [1, "New"],
        "user_id": [2, "Anna"],
        "partner_id": False,
        "source_id": False,
        "campaign_id": False,
        "expected_revenue": Decimal(100),
        "probability": Decimal(20),
        "company_currency": [1, "USD"],
        "date_closed": False,
        "date_deadline": "2017-06-01",
        "date_last_stage_update": "2017-03-01 12:00:00",
        "create_date": "2017-03-01 12:00:00",
        "write_date": "2017-05-01 12:00:00",
        "lost_reason": False,
        **more,
    }


def put_away(at: datetime) -> Change:
    """Return the change by which a deal became inactive."""
    return Change(at, field="active", old=True, new=False)


def test_a_past_that_may_not_be_seen_is_not_guessed():
    """Without the noted changes there is the deal alone: no stay, no change, and no closing that Odoo itself does not date."""
    lost = row(active=False, probability=Decimal(0))
    won = row(stage_id=[4, "Won"], date_closed="2017-05-01 12:00:01")
    for found, closed_at in ((lost, None), (won, MAY.replace(second=1))):
        records = list(deal_of(found, ACCOUNT, {}, None))
        assert [one.closed_at for one in records if isinstance(one, Deal)] == [closed_at]
        assert len(records) == 1


def told(found: dict[str, Any], *changes: Change) -> tuple[Deal, Sequence[StageChange], dict[str, list[tuple[str | None, str | None]]]]:
    """Read a deal, and return it with its stays and, by field, what it changed from and to."""
    records = list(deal_of(found, ACCOUNT, {}, changes))
    history: dict[str, list[tuple[str | None, str | None]]] = {}
    for one in records:
        if isinstance(one, FieldHistory):
            history.setdefault(one.field, []).append((one.old, one.new))
    deal = next(one for one in records if isinstance(one, Deal))
    return deal, [one for one in records if isinstance(one, StageChange)], history


def test_a_won_deal_closed_when_odoo_says():
    """Its stay in the won stage begins with the noted change, and closing is Odoo's own date."""
    won = row(
        stage_id=[4, "Won"], probability=Decimal(100), date_closed="2017-05-01 12:00:01", date_last_stage_update="2017-05-01 12:00:00"
    )
    deal, stays, history = told(won, Change(MAY, "stage_id", "1", "4"))
    assert [(one.stage, one.entered_at) for one in stays] == [("1", MARCH), ("4", MAY)]
    assert (deal.status, deal.probability, deal.expected_close_on) == (None, None, None)
    assert history == {"closed_at": [(None, "2017-05-01T12:00:01Z")]}


def test_a_lost_deal_closed_when_it_became_inactive():
    """Odoo 14 gives lost deals no date, and leaves them in their stage."""
    deal, stays, history = told(row(active=False, probability=Decimal(0), lost_reason=[3, "Too dear"]), put_away(APRIL))
    assert (deal.status, deal.closed_at, deal.lost_reason) == (Outcome.LOST, APRIL, "Too dear")
    assert [one.stage for one in stays] == ["1"]
    assert history == {"status": [(None, "lost")], "closed_at": [(None, "2017-04-01T12:00:00Z")]}


def test_a_deal_that_was_won_and_put_away_stays_won():
    """An inactive deal in a won stage whose chance is still certain was archived, not lost."""
    away = row(active=False, stage_id=[4, "Won"], probability=Decimal(100), date_closed="2017-04-01 12:00:00")
    deal, _, history = told(away, Change(APRIL, "stage_id", "1", "4"), put_away(MAY))
    assert (deal.status, deal.closed_at) == (None, APRIL)
    assert history["closed_at"] == [(None, "2017-04-01T12:00:00Z")]


def test_what_nobody_noted_holds_since_the_last_change():
    """A value that does not follow from the noted changes still ends the history, so that past and present agree."""
    found = row(expected_revenue=Decimal(300), stage_id=[2, "Next"], date_last_stage_update="2017-05-01 12:00:00")
    _, stays, history = told(found, Change(APRIL, "expected_revenue", Decimal(100), Decimal(200)), Change(APRIL, "stage_id", "1", "4"))
    assert [one.stage for one in stays] == ["1", "4", "2"]
    assert history["amount"] == [("100", "200"), ("200", "300")]
    assert history["closed_at"] == [(None, "2017-04-01T12:00:00Z"), ("2017-04-01T12:00:00Z", None)]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("[('stage_id.is_won', '=', True), ('user_id', '=', user.id)]", True),
        ("[('user_id','=',user.id),('type','=','opportunity'),('stage_id.is_won','=',True)]", True),
        ("[('stage_id.is_won', '=', True), ('user_id', '=', user.id), ('team_id', '=', 3)]", False),
        ("['|', ('stage_id.is_won', '=', True), ('user_id', '=', user.id)]", False),
        ("[('stage_id.is_won', '=', True)]", False),
        ("[]", False),
        ("not even [", False),
    ],
)
def test_only_goals_that_count_exactly_the_won_deals_mean_a_kpi(domain: str, *, expected: bool):
    """A goal with a narrower or wider search is a target for something else."""
    assert counts_won(domain) is expected


def test_ids_are_packed():
    """A set of ids comes back the same, in the room of its gaps."""
    assert packed([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10"
    assert unpacked("1-3,7,9-10") == {1, 2, 3, 7, 9, 10}
    assert unpacked(packed([])) == set()


def test_newer_versions_date_what_was_lost():
    """From 17 on a lost deal has a date of closing of its own, and its reason has another name."""
    lost = row(active=False, probability=Decimal(0), date_closed="2017-05-01 12:00:00", lost_reason_id=[3, "Too dear"])
    del lost["lost_reason"]
    deal = next(one for one in deal_of(lost, Account(ACCOUNT.tenant, STAGES, words_of(17)), {}, [put_away(APRIL)]) if isinstance(one, Deal))
    assert (deal.status, deal.closed_at, deal.lost_reason) == (Outcome.LOST, MAY, "Too dear")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (13, ("lost_reason", "field", "value_monetary", False, "check_access_rights")),
        (14, ("lost_reason", "field", "value_monetary", False, "check_access_rights")),
        (15, ("lost_reason", "field", "value_monetary", False, "check_access_rights")),
        (16, ("lost_reason_id", "field", "value_monetary", False, "check_access_rights")),
        (17, ("lost_reason_id", "field_id", "value_float", False, "check_access_rights")),
        (18, ("lost_reason_id", "field_id", "value_float", True, "has_access")),
        (19, ("lost_reason_id", "field_id", "value_float", True, "has_access")),
    ],
)
def test_each_version_has_its_words(version: int, expected: tuple[object, ...]):
    """One table says what a version calls things; the oldest stands for what came before it."""
    assert astuple(words_of(version)) == expected
