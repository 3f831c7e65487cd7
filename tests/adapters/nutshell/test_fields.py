"""Our fields are told from those of others by title and type, and by what is known of them."""

from dataclasses import replace

from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Status, Wording
from tests.adapters.nutshell.box import NutshellBox

SPECS = tuple(FieldSpec(Entity.COMPANIES, f"kpi_{name}", f"KPI: {name}", FieldKind.NUMBER, "Counts.") for name in ("one", "two"))
COMPANY = "3-accounts"


async def test_a_field_of_another_type_is_never_taken(box: NutshellBox):
    """A field that carries our name but holds something else is not ours, and nothing reads or writes it."""
    crm = await box.adapter(field_path="members")
    await box.take_field(SPECS[0], "Decision")
    await box.call("POST", "/sandbox/fill", {"kind": "accounts", "record": COMPANY, "title": "Theirs [kpi_one]", "value": "Yes"})

    results = (await crm.ensure_fields(SPECS)).results
    receipt = await crm.write([FieldWrite(Entity.COMPANIES, COMPANY, SPECS[0], "7")])

    assert [one.status for one in results] == [Status.REFUSED, Status.OK]
    assert "not ours" in results[0].message
    assert receipt.results[0].status is Status.REFUSED
    assert await crm.present_fields(Entity.COMPANIES) == {"kpi_two"}
    assert [one.value for one in await crm.held(Entity.COMPANIES, [COMPANY], SPECS)] == [None, None]
    assert (await box.custom("accounts", COMPANY))["Theirs [kpi_one]"] == "Yes"


async def test_a_field_with_a_title_of_others_is_never_taken(box: NutshellBox):
    """A field of our type whose title we never give is not ours, unless it is known that we made it."""
    crm = await box.adapter()
    await box.take_field(SPECS[0])

    unknown, known = [(await crm.ensure_fields([spec])).results[0] for spec in (SPECS[0], replace(SPECS[0], is_owned=True))]

    assert (unknown.status, known.status) == (Status.REFUSED, Status.OK)
    assert "not ours" in unknown.message


async def test_a_title_in_another_language_is_ours(box: NutshellBox):
    """A field that we made in one language is found again in another one."""
    crm = await box.adapter()
    await crm.ensure_fields([replace(SPECS[0], label="KPI: ett")])

    found = await crm.ensure_fields([replace(SPECS[0], wording=Wording(labels=frozenset({"KPI: ett", "KPI: one"})))])

    assert [one.status for one in found.results] == [Status.OK]
    assert list(await box.custom("accounts", COMPANY)) == ["KPI: ett [kpi_one]"]


async def test_a_name_that_stands_twice_is_nobodys(box: NutshellBox):
    """Where two fields carry our name, neither is read nor written, and a person has to say which is ours."""
    crm = await box.adapter(field_path="members")
    await crm.ensure_fields(SPECS)
    await box.take_field(SPECS[0])

    results = (await crm.ensure_fields([replace(spec, is_owned=True) for spec in SPECS])).results
    receipt = await crm.write([FieldWrite(Entity.COMPANIES, COMPANY, SPECS[0], "7")])

    assert [one.status for one in results] == [Status.REFUSED, Status.OK]
    assert "several fields" in results[0].message
    assert receipt.results[0].status is Status.REFUSED
    assert await crm.present_fields(Entity.COMPANIES) == {"kpi_two"}
    assert set((await box.custom("accounts", COMPANY)).values()) == {None}
