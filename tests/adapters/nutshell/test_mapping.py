"""What pipelines mean: proposed by their names, and heeded as the settings say."""

from collections.abc import Sequence

import pytest

from connector.adapters.nutshell import NutshellSettings
from connector.model import Deal, Proposal, Stream
from tests.adapters.boxes import read_all
from tests.adapters.nutshell.box import NutshellBox
from tests.adapters.test_contract import records_in


async def leads(box: NutshellBox) -> list[str]:
    """Return the ids of all leads."""
    return [row["id"] for row in (await box.call("GET", "/rest/leads?page[limit]=10000"))["leads"]]


async def pipeline(box: NutshellBox, name: str, moved: Sequence[str] = (), status: int = 1) -> str:
    """Make a pipeline and move leads into it."""
    made = await box.call("POST", "/sandbox/pipeline", {"name": name, "leads": list(moved), "status": status})
    return str(made["pipeline"])


async def proposed(box: NutshellBox, **settings: object) -> dict[str, Proposal]:
    """Return what the account suggests, by setting."""
    found = {one.setting: one for one in await (await box.adapter(**settings)).proposals()}
    assert found.keys() <= NutshellSettings.model_fields.keys()
    return found


async def deals(box: NutshellBox, **settings: object) -> dict[str, str]:
    """Return the kinds of the deals that are read, by id."""
    records = records_in(await read_all(await box.adapter(**settings), Stream.DEALS))
    return {one.id: one.kind for one in records if isinstance(one, Deal)}


async def test_an_account_as_it_comes_needs_no_mapping(box: NutshellBox):
    """One pipeline counts as it is, with the number of its leads to see why."""
    found = await proposed(box)

    assert {name: one.value for name, one in found.items()} == {"pipelines": None}
    assert found["pipelines"].seen == (("3-stagesets (Sales Pipeline)", len(await leads(box))),)


async def test_pipelines_are_told_apart_by_their_names(box: NutshellBox):
    """What looks like a test is left out, what speaks of renewals is no new business; one that is retired keeps what it held."""
    some = await leads(box)
    test, renewal = await pipeline(box, "Test leads", some[:3]), await pipeline(box, "Renewals", some[3:5])
    retired = await pipeline(box, "Old pipeline", some[5:6], status=3)
    found = await proposed(box)

    assert found["pipelines"].value == ("3-stagesets", renewal, retired)
    assert (f"{test} (Test leads)", 3) in found["pipelines"].seen
    assert found["pipeline_kinds"].value == (f"{renewal}=renewal",)


async def test_a_pipeline_that_is_set_and_gone_is_named(box: NutshellBox):
    """A mapping to a pipeline that the account does not have would silently bring nothing; the check says so."""
    found = await (await box.adapter(pipelines="99-stagesets", pipeline_kinds="98-stagesets=renewal")).proposals()

    assert [one.because for one in found if one.value is None][1:] == [
        "The account has no pipeline 99-stagesets, which is set.",
        "The account has no pipeline 98-stagesets, which is set.",
    ]


async def test_what_the_key_may_not_see_is_left_out(box: NutshellBox):
    """Without leads the pipelines are told without figures, without pipelines nothing is proposed."""
    await box.call("POST", "/sandbox/revoke", {"revoked": ["leads"]})
    assert (await proposed(box))["pipelines"].seen == (("3-stagesets (Sales Pipeline)", None),)
    await box.call("POST", "/sandbox/revoke", {"revoked": ["stagesets"]})
    assert await proposed(box) == {}


async def test_only_the_pipelines_that_count_are_read(box: NutshellBox):
    """Leads of a pipeline that is left out, or that is not among those that count, are no deals; kinds follow the pipeline."""
    some = await leads(box)
    other = await pipeline(box, "Partners", some[:3])

    assert set(await deals(box)) == set(some)
    assert set(await deals(box, pipelines_left_out=other)) == set(some[3:])
    kinds = await deals(box, pipelines=other, pipeline_kinds=f"{other}=cross_sell")
    assert kinds == dict.fromkeys(some[:3], "cross_sell")


async def test_a_lead_that_leaves_the_pipelines_that_count_is_gone(box: NutshellBox):
    """What was moved away since the last reading is told to be gone, and back again when it comes back."""
    some = await leads(box)
    other = await pipeline(box, "Partners")
    crm = await box.adapter(pipelines_left_out=other)
    cursor = (await read_all(crm, Stream.DEALS))[-1].cursor
    moved = await pipeline(box, "More partners", some[:1])
    crm = await box.adapter(pipelines_left_out=[other, moved])
    pages = await read_all(crm, Stream.DEALS, cursor)

    assert [one for page in pages for one in page.gone] == some[:1]
    assert not [one for one in records_in(pages) if isinstance(one, Deal)]
    again = await read_all(await box.adapter(pipelines_left_out=other), Stream.DEALS, cursor)
    assert [one.id for one in records_in(again) if isinstance(one, Deal)] == some[:1]


@pytest.mark.parametrize("wrong", ["3-stagesets", "3-stagesets=old", "=renewal"])
def test_a_kind_that_is_none_is_refused(wrong: str):
    """A pipeline's kind is one of four words."""
    with pytest.raises(ValueError, match="pipeline=kind"):
        NutshellSettings.model_validate({"user": "a@example.com", "api_key": "key", "pipeline_kinds": wrong})
