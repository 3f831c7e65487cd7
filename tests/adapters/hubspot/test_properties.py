"""Our properties among those of others: brought back, relabelled, or left alone with the reason."""

from dataclasses import replace
from typing import Any

import pytest

from connector.adapters.hubspot.properties import MARK, definition_of, objection, renewal
from connector.model import Deal, Entity, FieldKind, FieldSpec, FieldWrite, Status, Stream, Wording
from tests.adapters.boxes import HubSpotBox, read_all

SPEC = FieldSpec(Entity.DEALS, "kpi_x", "KPI: x", FieldKind.NUMBER, "X.")
LABELS = frozenset({"KPI: x", "KPI: x suomeksi"})
FINNISH = replace(
    SPEC,
    label="KPI: x suomeksi",
    means="X suomeksi.",
    wording=Wording("Avaintunnusluvut", "Kyllä", "Ei", LABELS, frozenset({"KPI", "Avaintunnusluvut"})),
)
OURS = definition_of(SPEC)
PROPERTIES = "/crm/properties/2026-09/deals"


async def definition(box: HubSpotBox, name: str = "kpi_x") -> dict[str, Any]:
    """Return a property as it stands in the account."""
    return await box.call("GET", f"{PROPERTIES}/{name}")


async def test_our_archived_field_is_brought_back_with_its_values(hubspot: HubSpotBox):
    """Somebody archived our field: making it again restores it, and what it held."""
    adapter = await hubspot.adapter()
    deal = next(row.id for page in await read_all(adapter, Stream.DEALS) for row in page.records if isinstance(row, Deal))
    await adapter.ensure_fields([SPEC])
    await adapter.write([FieldWrite(Entity.DEALS, deal, SPEC, "7")])
    await hubspot.drop_field(SPEC)
    assert (await adapter.ensure_fields([SPEC])).results[0].status is Status.OK
    assert [held.value for held in await adapter.held(Entity.DEALS, [deal], [SPEC])] == ["7"]


async def test_an_archived_field_of_others_is_not_brought_back(hubspot: HubSpotBox):
    """A name that an archived field of somebody else has is reported: making ours would bring that one back, and call it ours."""
    adapter = await hubspot.adapter()
    await hubspot.take_field(SPEC)
    await hubspot.drop_field(SPEC)
    result = (await adapter.ensure_fields([SPEC])).results[0]
    assert result.status is Status.REFUSED
    assert "archived field that is not ours" in result.message
    archived = await hubspot.call("GET", f"{PROPERTIES}?archived=true")
    assert [row["label"] for row in archived["results"] if row["name"] == "kpi_x"] == ["Theirs"]


async def test_a_new_language_is_shown_where_nobody_chose_other_words(hubspot: HubSpotBox):
    """Label, description, group and choices follow the language; a label that a person gave stays, with our description under it."""
    adapter = await hubspot.adapter()
    flag = replace(SPEC, name="kpi_is_x", kind=FieldKind.BOOL)
    renamed = replace(SPEC, name="kpi_renamed")
    await adapter.ensure_fields([SPEC, flag, renamed])
    await hubspot.call("PATCH", f"{PROPERTIES}/kpi_renamed", {"label": "Our favourite"})
    finnish = [replace(FINNISH, name=spec.name, kind=spec.kind) for spec in (SPEC, flag, renamed)]
    assert {result.status for result in (await adapter.ensure_fields(finnish)).results} == {Status.OK}
    found = [await definition(hubspot, spec.name) for spec in finnish]
    assert [row["label"] for row in found] == ["KPI: x suomeksi", "KPI: x suomeksi", "Our favourite"]
    assert {row["description"] for row in found} == {f"X suomeksi. {MARK} v1]"}
    assert [option["label"] for option in found[1]["options"]] == ["Kyllä", "Ei"]
    groups = await hubspot.call("GET", f"{PROPERTIES}/groups")
    assert [row["label"] for row in groups["results"] if row["name"] == "kpi_connector"] == ["Avaintunnusluvut"]


async def test_the_same_language_again_asks_for_nothing(hubspot: HubSpotBox):
    """Fields that are as they should be cost one request, which reads."""
    adapter = await hubspot.adapter()
    await adapter.ensure_fields([FINNISH])
    before = adapter.calls
    await adapter.ensure_fields([FINNISH])
    assert adapter.calls == before + 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"description": "Theirs"}, "taken by a field that is not ours"),
        ({"description": "Theirs", "archived": True}, "taken by an archived field that is not ours"),
        ({"calculated": True}, "calculated or read-only"),
        ({"modificationMetadata": {"readOnlyValue": True}}, "calculated or read-only"),
        ({"type": "string"}, "of type string, but number is needed"),
    ],
)
def test_what_has_our_name_and_cannot_be_our_field(more: dict[str, object], said: str):
    """Foreign, calculated, read-only and differently typed properties are never written, and the reason is told."""
    assert said in str(objection("deals", SPEC, OURS | more))
    assert objection("deals", SPEC, OURS) is None


def test_a_definition_that_may_not_change_is_left_as_it_is():
    """Where HubSpot says that a definition is read-only, a new language or version asks for no change of it."""
    assert renewal(FINNISH, OURS) == {"label": FINNISH.label, "description": f"X suomeksi. {MARK} v1]"}
    assert renewal(FINNISH, OURS | {"modificationMetadata": {"readOnlyDefinition": True}}) == {}
