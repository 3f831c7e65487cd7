"""Which pipelines `check` proposes to count."""

from collections.abc import Mapping

import pytest
import respx
from pydantic import SecretStr

from connector.adapters.bottlecrm import BottleCrm, BottleCrmSettings
from connector.model import Proposal

URL = "https://crm.example.com"
SALES, TRIAL = {"id": "s", "name": "Sales"}, {"id": "t", "name": "Test pipeline"}


async def proposed(there: list[Mapping[str, str]], status: int = 200, **settings: tuple[str, ...]) -> list[Proposal]:
    """Return what is proposed to an organisation with these pipelines, of three deals each."""
    crm = BottleCrm(BottleCrmSettings(url=URL, token=SecretStr("t"), requests_per_second=1000, **settings))
    with respx.mock(assert_all_called=False) as web:
        web.get(f"{URL}/api/opportunities/pipelines/").respond(status, json={"pipelines": there})
        web.get(url__startswith=f"{URL}/api/opportunities/?").respond(json={"opportunities": [], "opportunities_count": 3})
        found = list(await crm.proposals())
    await crm.close()
    return found


async def test_pipelines_that_are_no_business_are_left_out():
    """Their names tell; each is shown with its deals."""
    [found] = await proposed([SALES, TRIAL])
    assert (found.setting, found.value) == ("pipelines", ("s",))
    assert "Test pipeline does not look like business" in found.because
    assert found.seen == (("s (Sales)", 3), ("t (Test pipeline)", 3))


@pytest.mark.parametrize("there", [[SALES], [TRIAL], []])
async def test_where_nothing_or_all_would_be_left_out_all_count(there: list[Mapping[str, str]]):
    """There is nothing to choose then."""
    [found] = await proposed(there)
    assert (found.setting, found.value) == ("pipelines", None)


async def test_a_pipeline_that_is_not_there_is_named():
    """What is set and not there is a slip, or was deleted since."""
    _, *found = await proposed([SALES], pipelines=("s", "old"), pipelines_left_out=("gone",))
    assert [(one.setting, one.because) for one in found] == [
        ("pipelines", "The organisation has no pipeline old, which is set."),
        ("pipelines_left_out", "The organisation has no pipeline gone, which is set."),
    ]


async def test_what_may_not_be_seen_is_not_proposed():
    """`check` has said already that pipelines are refused."""
    assert await proposed([], status=403) == []
