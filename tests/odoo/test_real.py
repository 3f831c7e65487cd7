"""The Odoo adapter against a real Odoo 14: what every adapter promises, and what is Odoo's own."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.adapters.odoo import Odoo
from connector.app import App
from connector.errors import CredentialsError
from connector.model import Answer, Deal, Entity, Outcome, Stream, Survey
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import read_all
from tests.adapters.test_contract import (
    records_in,
    test_a_field_that_vanished_is_named,
    test_a_hook_stops_goals_before_they_are_sent,
    test_a_pass_goes_on_at_every_page_after_a_kill,
    test_a_stream_is_read_to_its_end,
    test_an_empty_value_clears_a_field,
    test_an_unanswered_write_is_unknown,
    test_capabilities_are_true,
    test_changes_and_deletions_are_brought,
    test_faults_lose_nothing_and_double_nothing,
    test_fields_are_ensured_twice,
    test_fields_of_users_stand_on_their_records,
    test_goals_are_upserted_twice,
    test_goals_of_an_unanswered_call_are_found_again,
    test_histories_end_in_the_present,
    test_new_definitions_keep_the_field,
    test_nothing_changed_brings_nothing,
    test_one_bad_row_does_not_lose_the_others,
    test_only_our_goals_are_archived,
    test_requests_are_counted,
    test_values_are_in_the_house_form,
    test_what_is_written_is_held,
)
from tests.adapters.test_losses import (
    test_a_deleted_field_is_empty_and_missing,
    test_a_hook_stops_writes_before_they_are_sent,
)
from tests.odoo.box import OdooBox
from tests.odoo.conftest import DEALS, Filled
from tests.odoo.going import ACCOUNTS, APART, FORCED, NAMES, PAST, SELLER, environ
from tests.odoo.surveys import ASKED, NET_PROMOTERS, RESPONSES, SATISFIED, Surveyed
from tests.road.alike import Picture, go, unexplained

# The first test waits until Odoo is installed and filled.
pytestmark = pytest.mark.timeout(900)
STREAMS = [stream for stream in Odoo.streams if stream not in OdooBox.lacks]
"""Community 14 has no Helpdesk."""
ASKED_AT = datetime.fromisoformat(ASKED).replace(tzinfo=UTC)
_PLACES = Decimal("1E-8")
ASKED_FOR = {
    "net_promoter_score": (NET_PROMOTERS, 7),
    "customer_satisfaction_score": (SATISFIED, 6),
    "survey_response_rate": (RESPONSES, 16),
}
"""What was worked out by hand of the survey's answers, with how many there are."""
__all__ = [
    "test_a_deleted_field_is_empty_and_missing",
    "test_a_field_that_vanished_is_named",
    "test_a_hook_stops_goals_before_they_are_sent",
    "test_a_hook_stops_writes_before_they_are_sent",
    "test_a_pass_goes_on_at_every_page_after_a_kill",
    "test_a_stream_is_read_to_its_end",
    "test_an_empty_value_clears_a_field",
    "test_an_unanswered_write_is_unknown",
    "test_capabilities_are_true",
    "test_changes_and_deletions_are_brought",
    "test_faults_lose_nothing_and_double_nothing",
    "test_fields_are_ensured_twice",
    "test_fields_of_users_stand_on_their_records",
    "test_goals_are_upserted_twice",
    "test_goals_of_an_unanswered_call_are_found_again",
    "test_histories_end_in_the_present",
    "test_new_definitions_keep_the_field",
    "test_nothing_changed_brings_nothing",
    "test_one_bad_row_does_not_lose_the_others",
    "test_only_our_goals_are_archived",
    "test_requests_are_counted",
    "test_values_are_in_the_house_form",
    "test_what_is_written_is_held",
]
"""The promises of every adapter, held here by Odoo."""


async def test_it_holds_the_same_deals(box: OdooBox, filled: Filled) -> None:
    """Every deal that was put in comes back with its owner, amount, outcome and dates."""
    found = {one.id: one for one in records_in(await read_all(await box.adapter(), Stream.DEALS)) if isinstance(one, Deal)}
    put = [one for one in filled.records if isinstance(one, Deal)]
    assert len(put) == len(found) == DEALS
    for one in put:
        deal = found[str(filled.ids["deals", one.id])]
        assert (deal.amount, deal.created_at, deal.closed_at) == (one.amount, one.created_at, one.closed_at)
        assert deal.owner == str(filled.ids["users", one.owner or ""])
        assert deal.expected_close_on == one.expected_close_on
        assert (deal.status is Outcome.LOST) == (one.stage == "closedlost")


async def test_a_good_login_may_do_everything(box: OdooBox) -> None:
    """Somebody who may change settings can use every stream, field and goal but tickets, whose app is named; no more is to be said."""
    able = await (await box.adapter()).check()
    tickets = able.streams[Stream.TICKETS]
    assert (tickets.answer, tickets.needs) == (Answer.NO, ("Helpdesk",))
    assert "they need the app Helpdesk" in tickets.reason
    assert {ability.answer for part in (able.streams, able.fields, able.goals) for ability in part.values() if ability != tickets} == {
        Answer.YES
    }
    assert able.notes == ()
    assert able.tenant.id.endswith(f"@{box.url.partition('://')[2]}")


async def test_a_partial_login_is_named(box: OdooBox, filled: Filled) -> None:
    """A salesman sees no error, only fewer deals; `check` says so, with their number, and that no fields can be made."""
    seller = filled.records[0].id
    user = filled.ids["users", seller]
    own = box.people.id_of("sales_team.group_sale_salesman")
    more = box.people.id_of("sales_team.group_sale_salesman_all_leads")
    box.people.call("res.users", "write", [user], {"password": "secret", "groups_id": [[3, more], [4, own]]})
    login = box.people.find("res.users", ["id", "=", user], fields=["login"])[0]["login"]
    able = await (await box.adapter(user=login, key="secret")).check()
    mine = [one for one in filled.records if isinstance(one, Deal) and one.owner == seller]
    assert f"its own deals only ({len(mine)} of them)" in able.notes[0]
    assert len(able.notes) == 3
    assert able.fields[Entity.DEALS].answer is Answer.NO
    assert able.goals["revenue_won of an owner"].answer is Answer.NO


@pytest.mark.parametrize("wrong", [{"key": "wrong"}, {"user": "nobody"}, {"database": "nowhere"}])
async def test_a_bad_login_is_refused(box: OdooBox, wrong: dict[str, str]) -> None:
    """A wrong key, login or database is a matter of credentials, not of trying again."""
    with pytest.raises(CredentialsError, match="database"):
        await (await box.adapter(**wrong)).check()


async def test_who_answers_a_survey_waits_no_more(box: OdooBox) -> None:
    """Who was asked owes two answers; once they are there nothing waits, and both tell when they were asked for."""
    adapter, surveyed = await box.adapter(), Surveyed.found_by(box.people)
    first = await read_all(adapter, Stream.SURVEYS)
    waiting = {one.id for one in records_in(first) if isinstance(one, Survey) and one.answered_at is None and one.id.startswith("sent:")}
    [whole] = box.people.find("survey.user_input", ["state", "=", "new"], fields=["partner_id"])
    surveyed.answer(whole["id"], 10, 5)
    second = await read_all(adapter, Stream.SURVEYS, first[-1].cursor)
    told = [one for one in records_in(second) if isinstance(one, Survey)]
    assert waiting == {f"sent:{question}:{whole['id']}" for question in surveyed.questions}
    assert {key for page in second for key in page.gone} == waiting
    assert {(one.score, one.company, one.sent_at) for one in told} == {(score, str(whole["partner_id"][0]), ASKED_AT) for score in (10, 5)}


async def test_the_road_gives_the_same_values(box: OdooBox, filled: Filled, some_deals: Path, tmp_path: Path) -> None:
    """The same deals give the same values as behind HubSpot, but for what Odoo forces; goals show them, and nothing is pushed twice."""
    seller = str(box.people.find("res.users", ["name", "=", SELLER], fields=["name"])[0]["id"])
    with running(hubspot_app(data=some_deals, burst=100_000, search_per_second=1000)) as url:
        app = App.start(environ(tmp_path, url, box.url))
        try:
            roads = [await go(app, account) for account in (*ACCOUNTS, "odoo")]
            ours = Picture.of(app, "odoo", names=NAMES, without=APART)
            theirs = Picture.of(app, "hubspot", without=APART)
            won = app.store.values.find("odoo", ["revenue_won"], "owner", grain="quarter", member=seller)
            shares = app.store.values.find("odoo", ["win_rate"], "owner", period="2017", member=seller)
            asked = {kpi: app.store.values.find("odoo", [kpi], period="2017-Q4") for kpi in ASKED_FOR}
        finally:
            app.close()
    assert {kpi: (one.value, one.n) for kpi, [one] in asked.items()} == {
        kpi: ((Decimal(above) / below).quantize(_PLACES), n) for kpi, ((above, below), n) in ASKED_FOR.items()
    }
    assert unexplained(ours, theirs, FORCED, PAST) == {}
    assert [road.pushed.refusals for road in roads if road.pushed] == [(), (), ()]
    assert roads[2].plan
    assert roads[2].plan.size == 0
    columns = ["start_date", "user_id", "current", "target_goal", "completeness", "definition_id"]
    ours_there = box.people.find("gamification.goal", ["x_kpi_family", "!=", False], fields=columns)
    goals, rates = ([row for row in ours_there if row["definition_id"][1] == name] for name in ("Revenue won", "Win rate"))
    assert [row["target_goal"] for row in goals] == [25000] * 4
    for quarter, row in enumerate(goals, 1):
        value = next((one for one in won if one.period.name == f"2017-Q{quarter}"), None)
        assert Decimal(str(row["current"])) == (value.value if value and value.value else 0)
    assert [(row["target_goal"], row["completeness"]) for row in rates] == [(0.6, 100)]
    assert shares[0].value
    assert Decimal(str(rates[0]["current"])) == shares[0].value.quantize(Decimal("0.0001"))
    assert goals[0]["current"] > 0
    assert box.people.call("crm.lead", "search_count", [["x_kpi_stage_entered_on", "!=", False]], context={"active_test": False})
