"""Our fields in Odoo beside those of others, and logins that may not do this or that."""

from typing import Any

import pytest

from connector.adapters.odoo import Odoo
from connector.adapters.odoo.account import Accounts
from connector.adapters.odoo.words import MARK
from connector.model import Deal, Entity, FieldKind, FieldSpec, FieldWrite, Stage, Status, Stream
from tests.adapters.odoo.stand import SETTINGS, Fails, Stand
from tests.adapters.odoo.test_past import row

DAYS = FieldSpec(Entity.DEALS, "kpi_days", "Days", FieldKind.NUMBER, "Days.")
NOTE = FieldSpec(Entity.DEALS, "kpi_note", "Note", FieldKind.TEXT, "A note.")
OURS = f"It is ours. {MARK} v1]"
THEIRS = [{"type": "char", "string": "Zeros", "help": "Theirs"}, {"type": "float", "string": "Zeros", "help": OURS}]


def refuses(*_: object, **__: object) -> None:
    """Refuse."""
    raise Fails("odoo.exceptions.AccessError")


def has(stand: Stand, **fields: dict[str, Any]) -> None:
    """Let deals have these fields."""
    stand.says["crm.lead", "fields_get"] = lambda **_: fields


@pytest.mark.parametrize("theirs", THEIRS)
async def test_a_list_of_zeros_of_others_takes_no_numbers(odoo: Odoo, stand: Stand, theirs: dict[str, Any]):
    """Where a field has our list's name but is not ours, numbers are refused, texts are not, and it is never written."""
    has(stand, x_kpi_zeros=theirs, x_kpi_days={"type": "float", "string": "Days", "help": OURS}, x_kpi_note=_note())
    stand.says |= {
        ("ir.model.fields", "search_read"): lambda *_, **__: [{"id": 9}],
        ("ir.model.fields", "write"): lambda *_, **__: True,
        ("crm.lead", "search_read"): lambda *_, **__: [{"id": 1}],
        ("crm.lead", "write"): lambda *_, **__: True,
    }
    ensured = {result.key: result for result in (await odoo.ensure_fields([DAYS, NOTE])).results}
    assert (ensured["kpi_days"].status, ensured["kpi_note"].status) == (Status.REFUSED, Status.OK)
    assert "x_kpi_zeros" in ensured["kpi_days"].message
    assert await _written(odoo, FieldWrite(Entity.DEALS, "1", DAYS, "0")) == Status.REFUSED
    assert await _written(odoo, FieldWrite(Entity.DEALS, "1", NOTE, "well")) == Status.OK
    assert [named["vals"] for model, _, named in stand.called("write") if model == "crm.lead"] == [{"x_kpi_note": "well"}]


def _note() -> dict[str, Any]:
    return {"type": "char", "string": "Note", "help": OURS}


async def _written(odoo: Odoo, write: FieldWrite) -> Status:
    return (await odoo.write([write])).results[0].status


@pytest.mark.parametrize("method", ["fields_get", "search_read"])
async def test_a_refused_look_before_a_write_is_a_refusal(odoo: Odoo, stand: Stand, method: str):
    """A login that may not look at what it is to write is refused that batch, and the push goes on."""
    has(stand, x_kpi_note=_note())
    stand.says["crm.lead", "search_read"] = lambda *_, **__: [{"id": 1}]
    stand.says["crm.lead", method] = refuses
    assert await _written(odoo, FieldWrite(Entity.DEALS, "1", NOTE, "well")) == Status.REFUSED


def company(stand: Stand) -> None:
    """Let there be a company with one user and one stage."""
    has(stand)
    stand.says |= {
        ("res.users", "search_read"): lambda *_, **__: [{"id": 2, "tz": "Europe/Berlin", "company_id": [1, "Acme"]}],
        ("res.company", "search_read"): lambda *_, **__: [{"id": 1, "name": "Acme", "currency_id": [1, "EUR"]}],
        ("ir.config_parameter", "search_read"): lambda *_, **__: [{"id": 1, "value": "u-u-i-d"}],
        ("crm.stage", "search_read"): lambda *_, **__: [{"id": 1, "is_won": False}],
    }


async def test_an_account_is_the_same_for_every_login(odoo: Odoo, stand: Stand):
    """Whose database this is does not depend on rights; its own id is seen only by those who may read it."""
    company(stand)
    accounts = Accounts(odoo._rpc, SETTINGS)  # noqa: SLF001 - a whole check would ask about every stream
    seen = await accounts.tenant()
    stand.says["ir.config_parameter", "search_read"] = refuses
    unseen = await accounts.tenant()
    assert seen.id == unseen.id == "acme@acme.example"
    assert (seen.seal, unseen.seal) == ("u-u-i-d", None)


async def test_stages_stand_in_one_order_over_all_pages(odoo: Odoo, stand: Stand):
    """A stage's place is Odoo's own, whichever page it came with."""
    stages = [{"id": key, "name": str(key), "sequence": 50 - key, "is_won": False} for key in range(1, 6)]

    def page(domain: list[list[Any]], limit: int, **_: object) -> list[dict[str, Any]]:
        return [one for one in stages if one["id"] > domain[-1][2]][:limit]

    stand.says |= {("crm.stage", "search_read"): page, ("crm.stage", "search_count"): lambda *_, **__: len(stages)}
    pages = [page async for page in odoo.pages(Stream.PIPELINES, None, [])]
    assert len(pages) == 2
    told = {one.id: one.position for page in pages for one in page.records if isinstance(one, Stage)}
    assert told == {one["name"]: one["sequence"] for one in stages}


async def test_a_past_that_is_refused_is_said_to_be(odoo: Odoo, stand: Stand):
    """Where the noted changes may not be seen, deals come without a past, what is known of it stays, and an undated loss is unread."""
    company(stand)
    lost = {**row(active=False, probability=0), "expected_revenue": 100}
    stand.says |= {
        ("crm.lead", "search_read"): lambda *_, **__: [lost],
        ("ir.model.fields", "search_read"): lambda *_, **__: [{"id": 3, "name": "active"}],
        ("mail.tracking.value", "search_read"): refuses,
    }
    pages = [page async for page in odoo.pages(Stream.DEALS, None, [])]
    assert [type(one) for one in pages[0].records] == [Deal]
    assert pages[0].kept == ("7",)
    assert [(one.record, one.field) for one in pages[0].unread] == [("7", "date_closed")]
