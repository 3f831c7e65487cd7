"""Fields are written in the form that the account takes, all of a record's at once."""

from pathlib import Path

import pytest

from connector.adapters.nutshell.probing import alike
from connector.adapters.nutshell.writing import operations
from connector.errors import CredentialsError, TryLater
from connector.model import Entity, FieldKind, FieldSpec, FieldWrite, Receipt, Status
from connector.sandbox.nutshell import Options, nutshell_app
from connector.sandbox.running import running
from tests.adapters.nutshell.box import NutshellBox

SPECS = tuple(FieldSpec(Entity.COMPANIES, f"kpi_{name}", f"KPI: {name}/a~b", FieldKind.NUMBER, "Counts.") for name in ("one", "two"))
COMPANY = "3-accounts"
THEIRS = "Contract number"


async def written(few: Path, options: Options, path: str = "auto") -> tuple[Receipt, dict[str, object]]:
    """Write onto a company that holds a field of somebody else; return the receipt, and what the company holds then."""
    with running(nutshell_app(data=few, options=options)) as url:
        box = NutshellBox(url)
        crm = await box.adapter(field_path=path)
        await box.give_field("accounts", COMPANY, THEIRS, "C-77")
        await crm.ensure_fields(SPECS)
        receipt = await crm.write([FieldWrite(Entity.COMPANIES, COMPANY, spec, "7") for spec in SPECS])
        held = await box.custom("accounts", COMPANY)
        await box.close()
    return receipt, held


@pytest.mark.parametrize("form", ["members", "field"])
async def test_the_first_write_finds_the_form(few: Path, form: str):
    """Whichever form an account takes, while it answers the others like it, the values arrive and the receipt tells the form."""
    receipt, held = await written(few, Options(form=form))

    assert [(one.key, one.status) for one in receipt.results] == [(COMPANY, Status.OK)]
    assert f"`{form}`" in receipt.results[0].message
    assert list(held.values()) == ["C-77", "7", "7"]


async def test_the_whole_object_is_never_tried(few: Path):
    """An account that takes only the whole object of custom fields is refused, with the setting that would allow it."""
    receipt, held = await written(few, Options(form="object"))

    assert [one.status for one in receipt.results] == [Status.REFUSED]
    assert "CRM_KPI_NUTSHELL__FIELD_PATH" in receipt.results[0].message
    assert list(held.values()) == ["C-77", None, None]


@pytest.mark.parametrize("path", ["auto", "members", "object"])
async def test_fields_of_others_are_kept_by_the_letter_of_patches(few: Path, path: str):
    """Where a patch does just what RFC 6902 says, our values arrive and those of others stay, in every form."""
    receipt, held = await written(few, Options(is_strict=True), path)

    assert [one.status for one in receipt.results] == [Status.OK]
    assert list(held.values()) == ["C-77", "7", "7"]


async def test_a_form_that_loses_fields_of_others_is_undone(few: Path):
    """What a first write changed beside its own field is put back, and nothing more is sent."""
    receipt, held = await written(few, Options(is_strict=True, forgets=True))

    assert [one.status for one in receipt.results] == [Status.REFUSED]
    assert f"changed {THEIRS} of {COMPANY}; this was put back" in receipt.results[0].message
    assert list(held.values()) == ["C-77", None, None]


async def test_a_deleted_record_proves_nothing(box: NutshellBox):
    """Where the first record is gone, the next one finds out the form."""
    crm = await box.adapter()
    await crm.ensure_fields(SPECS)
    await box.call("DELETE", f"/rest/accounts/{COMPANY}")

    receipt = await crm.write([FieldWrite(Entity.COMPANIES, one, spec, "7") for one in (COMPANY, "7-accounts") for spec in SPECS])

    assert [one.status for one in receipt.results] == [Status.SKIPPED, Status.OK]


async def test_an_unanswered_record_proves_nothing(box: NutshellBox):
    """Where the first write has no answer, it is unknown, and the next record finds out the form."""
    crm = await box.adapter()
    await crm.ensure_fields(SPECS)
    await box.fail(kind="drop", method="PATCH", path="/rest/accounts", applied=False)

    receipt = await crm.write([FieldWrite(Entity.COMPANIES, one, spec, "7") for one in (COMPANY, "7-accounts") for spec in SPECS])

    assert [one.status for one in receipt.results] == [Status.UNKNOWN, Status.OK]


async def test_nothing_is_sent_in_a_form_that_was_not_proved(few: Path):
    """Where no form does anything, only the first record is asked, and all are refused."""
    with running(nutshell_app(data=few, options=Options(form="none"))) as url:
        box = NutshellBox(url)
        crm = await box.adapter()
        await crm.ensure_fields(SPECS)
        await box.call("POST", "/sandbox/requests", {"clear": True})
        receipt = await crm.write([FieldWrite(Entity.COMPANIES, one, SPECS[0], "7") for one in (COMPANY, "7-accounts", "11-accounts")])
        sent = await box.call("POST", "/sandbox/requests", {})
        await box.close()

    assert {one.status for one in receipt.results} == {Status.REFUSED}
    assert all("no path form proved" in one.message for one in receipt.results)
    assert [path for path in sent if path.startswith("PATCH")] == [f"PATCH /rest/accounts/{COMPANY}"]


@pytest.mark.parametrize("form", ["members", "field"])
async def test_an_undo_finds_the_form_by_a_filled_field(few: Path, form: str):
    """A batch that only clears finds the form with a field that is filled, and clears everything."""
    with running(nutshell_app(data=few, options=Options(form=form))) as url:
        box = NutshellBox(url)
        await (first := await box.adapter(field_path=form)).ensure_fields(SPECS)
        await first.write([FieldWrite(Entity.COMPANIES, "7-accounts", spec, "7") for spec in SPECS])
        clearing = [FieldWrite(Entity.COMPANIES, one, spec, None) for one in (COMPANY, "7-accounts") for spec in SPECS]
        receipt = await (await box.adapter()).write(clearing)
        held = await box.custom("accounts", "7-accounts")
        await box.close()

    assert [one.status for one in receipt.results] == [Status.OK, Status.OK]
    assert set(held.values()) == {None}


@pytest.mark.parametrize(
    ("kind", "wanted", "held", "is_alike"),
    [
        (FieldKind.MONEY, "-1054.2549", "-1054.25", True),
        (FieldKind.MONEY, "1054.25", "1054.26", False),
        (FieldKind.NUMBER, "12.50", "12.5", True),
        (FieldKind.NUMBER, "12.3456", "12.35", True),
        (FieldKind.NUMBER, "12.3456", "12.3", True),
        (FieldKind.NUMBER, "12.3456", "12.4", False),
        (FieldKind.PERCENT, "0.6315", "NaN", False),
        (FieldKind.LONG_TEXT, "East: 3\nWest: 4", "East: 3\r\nWest: 4 ", True),
        (FieldKind.TEXT, "7", None, False),
        (FieldKind.TEXT, None, None, True),
    ],
)
def test_values_are_compared_by_kind(kind: FieldKind, wanted: str | None, held: str | None, *, is_alike: bool):
    """Money counts to cents, a number to the places that the CRM keeps, a text without its blanks."""
    assert alike(kind, wanted, held) is is_alike


@pytest.mark.parametrize(("status", "error"), [(429, TryLater), (401, CredentialsError)])
async def test_a_batch_that_stops_says_why(box: NutshellBox, status: int, error: type[Exception]):
    """A refusal amid a batch is raised as the word that it is, not as one of a group."""
    crm = await box.adapter(field_path="members", patience_seconds=0)
    await crm.ensure_fields(SPECS)
    await box.fail(kind="status", status=status, method="PATCH", path="/rest/accounts/7-accounts")

    with pytest.raises(error):
        await crm.write([FieldWrite(Entity.COMPANIES, one, SPECS[0], "7") for one in (COMPANY, "7-accounts", "11-accounts")])


@pytest.mark.parametrize(
    ("status", "end"), [(403, Status.REFUSED), (500, Status.UNKNOWN), (503, Status.UNKNOWN), (404, Status.SKIPPED), (410, Status.SKIPPED)]
)
async def test_one_record_does_not_stop_the_others(box: NutshellBox, status: int, end: Status):
    """A record that is forbidden, broken or gone ends as that, is asked for once, and the others are written."""
    crm = await box.adapter(field_path="members")
    await crm.ensure_fields(SPECS)
    await box.fail(kind="status", status=status, method="PATCH", path="/rest/accounts/7-accounts")
    await box.call("POST", "/sandbox/requests", {"clear": True})

    receipt = await crm.write([FieldWrite(Entity.COMPANIES, one, SPECS[0], "7") for one in (COMPANY, "7-accounts", "11-accounts")])

    assert [one.status for one in receipt.results] == [Status.OK, end, Status.OK]
    assert (await box.call("POST", "/sandbox/requests", {}))["PATCH /rest/accounts/7-accounts"] == 1


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
