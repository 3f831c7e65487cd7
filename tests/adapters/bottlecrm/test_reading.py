"""What is asked for by its id, and what is kept of what cannot be read."""

from collections.abc import AsyncIterator, Iterator, Mapping

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.adapters.bottlecrm import BottleCrm, BottleCrmSettings
from connector.model import Stream
from tests.adapters.boxes import read_all

URL = "https://crm.example.com"


@pytest.fixture
def web() -> Iterator[respx.MockRouter]:
    """Open a BottleCRM of which only its organisation and an admin are there."""
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{URL}/api/org/settings/").respond(json={"id": "o", "name": "Maven", "timezone": "UTC", "default_currency": "USD"})
        router.get(f"{URL}/api/profile/").respond(json={"user_obj": {"role": "ADMIN"}})
        yield router


@pytest.fixture
async def crm() -> AsyncIterator[BottleCrm]:
    """Connect, two rows a page."""
    made = BottleCrm(BottleCrmSettings(url=URL, token=SecretStr("t"), requests_per_second=1000, page_size=2))
    yield made
    await made.close()


@pytest.mark.parametrize(("more", "there"), [({}, ["t"]), ({"is_active": False}, []), ({"status": "Duplicate"}, [])])
async def test_a_ticket_that_was_merged_or_deleted_is_gone(
    web: respx.MockRouter, crm: BottleCrm, more: Mapping[str, object], there: list[str]
) -> None:
    """The list leaves it out; asked for by its id, as a delivery asks, BottleCRM still tells it."""
    ticket = {"id": "t", "status": "Closed", "is_active": True, "created_at": "2017-05-01T10:00:00Z", **more}
    web.get(f"{URL}/api/cases/t/").respond(json={"cases_obj": ticket})
    page = await crm.records(Stream.TICKETS, ["t"], [])
    assert [one.id for one in page.records] == there


async def test_nobody_s_address_is_kept_with_a_deal_that_cannot_be_read(web: respx.MockRouter, crm: BottleCrm) -> None:
    """A deal that is set aside is kept for an admin to look at, without the people who stand in it."""
    people = [{"id": "a", "email": "ann@example.com"}]
    deal = {"id": "d", "amount": "5.00", **dict.fromkeys(("contacts", "assigned_to", "created_by", "closed_by"), people)}
    web.get(url__startswith=f"{URL}/api/opportunities/").respond(json={"opportunities": [deal], "opportunities_count": 1})
    [page] = await read_all(crm, Stream.DEALS)
    [set_aside] = page.rejected
    assert "5.00" in set_aside.raw
    assert "example.com" not in set_aside.raw


async def test_a_list_of_teams_that_was_begun_again_doubles_nobody(web: respx.MockRouter, crm: BottleCrm) -> None:
    """The first rows come twice then, and each member stays in the team that is first."""
    there = [{"id": f"{number:02}", "name": "Team", "users": [{"id": "u"}]} for number in range(5)]

    def answer(request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        rows, count = there[offset : offset + limit], len(there)
        if len(there) == 5:
            del there[1]
        return httpx.Response(200, json={"teams": rows, "teams_count": count})

    web.get(url__startswith=f"{URL}/api/teams/").mock(side_effect=answer)
    [page] = await read_all(crm, Stream.TEAMS)
    ids = [one.id for one in page.records]
    assert len(ids) == len(set(ids))
    assert [one.id for one in page.records if getattr(one, "is_primary", False)] == ["00:u"]
