"""Fields are written in the form that the account takes, all of a record's at once."""

from pathlib import Path

import pytest

from connector.adapters.nutshell import Nutshell, NutshellSettings
from connector.adapters.nutshell.writing import operations
from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Status
from connector.sandbox.nutshell import KEY, USER, Options, nutshell_app
from connector.sandbox.running import running
from tests.adapters.nutshell.box import NutshellBox

SPECS = tuple(FieldSpec(Entity.COMPANIES, f"kpi_{name}", f"KPI: {name}/a~b", FieldKind.NUMBER, "Counts.") for name in ("one", "two"))
COMPANY = "3-accounts"


@pytest.mark.parametrize("form", ["members", "object", "field"])
async def test_the_first_write_finds_the_form(few: Path, form: str):
    """Whichever form an account takes, while it answers the others like it, the values arrive and the receipt tells the form."""
    with running(nutshell_app(data=few, options=Options(form=form))) as url:
        crm = Nutshell(NutshellSettings(user=USER, api_key=KEY, base_url=url, requests_per_second=1000))
        await crm.ensure_fields(SPECS)
        receipt = await crm.write([FieldWrite(Entity.COMPANIES, COMPANY, spec, "7") for spec in SPECS])
        held = await crm.held(Entity.COMPANIES, [COMPANY], SPECS)
        await crm.close()

    assert [(one.key, one.status) for one in receipt.results] == [(COMPANY, Status.OK)]
    assert f"`{form}`" in receipt.results[0].message
    assert [one.value for one in held] == ["7", "7"]


async def test_a_record_takes_one_patch(box: NutshellBox):
    """All values of a record go out in one request, once the form is known."""
    crm = await box.adapter(field_path="members")
    await crm.ensure_fields(SPECS)
    await box.call("POST", "/sandbox/requests", {"clear": True})

    await crm.write([FieldWrite(Entity.COMPANIES, key, spec, "7") for key in (COMPANY, "7-accounts") for spec in SPECS])

    sent = await box.call("POST", "/sandbox/requests", {})
    assert {path: count for path, count in sent.items() if path.startswith("PATCH")} == {
        "PATCH /rest/accounts/3-accounts": 1,
        "PATCH /rest/accounts/7-accounts": 1,
    }


def test_titles_are_escaped():
    """A slash and a tilde in a title are no parts of the path (RFC 6901)."""
    assert operations("members", "leads", {"a/b~c": "1"})[0]["path"] == "/leads/0/customFields/a~1b~0c"


async def test_nothing_is_written_on_users(box: NutshellBox):
    """A field of users is refused, because Nutshell has no place for it."""
    crm = await box.adapter()
    spec = FieldSpec(Entity.USERS, "kpi_win_rate", "KPI: win rate", FieldKind.PERCENT, "Won of closed.")

    assert {result.status for result in (await crm.ensure_fields([spec])).results} == {Status.REFUSED}
    assert {result.status for result in (await crm.write([FieldWrite(Entity.USERS, "3-users", spec, "1")])).results} == {Status.REFUSED}


async def test_a_field_of_another_type_is_never_taken(box: NutshellBox):
    """A field that carries our name but holds something else is not ours."""
    crm = await box.adapter()
    await box.take_field(SPECS[0])

    results = (await crm.ensure_fields(SPECS)).results

    assert [one.status for one in results] == [Status.REFUSED, Status.OK]
    assert "not ours" in results[0].message
