"""The Odoo adapter against a real Odoo 14: what every adapter promises, and what is Odoo's own."""

import pytest

from connector.errors import CredentialsError
from connector.model import Answer, Deal, Entity, Outcome, Stream
from tests.adapters.boxes import read_all
from tests.adapters.test_contract import records_in
from tests.odoo.box import OdooBox
from tests.odoo.conftest import DEALS, Filled


async def test_it_holds_the_same_deals(box: OdooBox, filled: Filled):
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


async def test_a_good_login_may_do_everything(box: OdooBox):
    """Somebody who may change settings can use every stream, field and goal, and there is nothing to be said."""
    able = await (await box.adapter()).check()
    assert {ability.answer for part in (able.streams, able.fields, able.goals) for ability in part.values()} == {Answer.YES}
    assert able.notes == ()
    assert able.tenant.id.endswith(f"@{box.url.partition('://')[2]}")


async def test_a_partial_login_is_named(box: OdooBox, filled: Filled):
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
async def test_a_bad_login_is_refused(box: OdooBox, wrong: dict[str, str]):
    """A wrong key, login or database is a matter of credentials, not of trying again."""
    with pytest.raises(CredentialsError, match="database"):
        await (await box.adapter(**wrong)).check()
