"""Lesson 6: a link that changes does not count as a change of its records; those of open deals are read again with each run."""

from pathlib import Path

from connector.model import Company, Deal, Entity, Stream
from connector.steps import Work
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.working import asked, at_work, pulled

V = "2026-09"
LINKS = "POST associations/deals/{to}/batch/read"


def deals(work: Work, *, are_open: bool) -> list[Deal]:
    """Return the deals that are open, or those that are not, and have a company."""
    found = [one for one in work.store.records.get("acme", Entity.DEALS) if isinstance(one, Deal)]
    return [one for one in found if (one.closed_at is None) is are_open and one.company]


def deal_of(work: Work, deal: str) -> Deal:
    """Return one deal."""
    (found,) = work.store.records.get("acme", Entity.DEALS, [deal])
    assert isinstance(found, Deal)
    return found


async def move(box: HubSpotBox, work: Work, deal: Deal) -> str:
    """Give a deal another company, as people do, and return its id."""
    others = [one.id for one in work.store.records.get("acme", Entity.COMPANIES) if isinstance(one, Company) and one.id != deal.company]
    await box.call("DELETE", f"/crm/objects/{V}/deals/{deal.id}/associations/companies/{deal.company}")
    await box.call("PUT", f"/crm/objects/{V}/deals/{deal.id}/associations/default/companies/{others[0]}")
    return others[0]


async def test_an_open_deals_new_company_shows_in_the_next_run(hubspot: HubSpotBox, tmp_path: Path):
    """A deal whose company was exchanged is found though nothing else of it changed, by one request for all open deals and each kind."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES, Stream.CONTACTS) as work:
        await pulled(work)
        deal, *_ = deals(work, are_open=True)
        company = await move(hubspot, work, deal)
        contacts = [one.id for one in work.store.records.get("acme", Entity.CONTACTS) if one.id != deal.contact]
        await hubspot.call("PUT", f"/crm/objects/{V}/deals/{deal.id}/associations/default/contacts/{contacts[0]}")
        await asked(hubspot)
        done = await pulled(work)
        first = await asked(hubspot)
        assert deal_of(work, deal.id).company == company
        assert done.streams[Stream.DEALS]["changed"] == 1
        # For companies and for contacts: once to see which links changed, and once more for the deal that is read whole.
        assert first[LINKS] == 4
        done = await pulled(work)
        second = await asked(hubspot)
        assert second[LINKS] == 2
        assert "POST objects/deals/batch/read" not in second
        assert done.streams[Stream.DEALS] == {"rows": 0, "changed": 0, "deleted": 0, "rejected": 0}


async def test_a_closed_deals_new_company_shows_when_everything_is_read(hubspot: HubSpotBox, tmp_path: Path):
    """Links of closed deals wait for the pass over everything, where one request brings them with a hundred deals."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        deal, *_ = deals(work, are_open=False)
        company = await move(hubspot, work, deal)
        await pulled(work)
        assert deal_of(work, deal.id).company == deal.company
        await pulled(work, full=True)
        assert deal_of(work, deal.id).company == company


async def test_links_that_may_not_be_seen_are_not_taken_for_gone(hubspot: HubSpotBox, tmp_path: Path):
    """Without the scope for companies no deal is read again for its links, and all keep the company that they are known with."""
    async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
        await pulled(work)
        before = deals(work, are_open=True)
        await hubspot.call("POST", "/sandbox/scopes", {"revoked": ["crm.objects.companies.read"]})
        await asked(hubspot)
        await pulled(work)
        assert "POST objects/deals/batch/read" not in await asked(hubspot)
        assert deals(work, are_open=True) == before


async def test_links_are_read_as_soon_as_they_may_be_seen(hubspot: HubSpotBox, tmp_path: Path):
    """Closed deals that were read while links were hidden get theirs with the first run that may see them, which reads all once more."""

    async def linked(*revoked: str) -> int:
        await hubspot.call("POST", "/sandbox/scopes", {"revoked": list(revoked)})
        async with at_work(tmp_path, hubspot, Stream.COMPANIES) as work:
            await pulled(work)
            return len(deals(work, are_open=False))

    assert await linked("crm.objects.companies.read") == 0
    await asked(hubspot)
    assert await linked("crm.objects.companies.read") == 0
    assert "POST objects/deals/batch/read" not in await asked(hubspot)
    assert await linked() > 0
    await asked(hubspot)
    assert await linked() > 0
    assert "POST objects/deals/batch/read" not in await asked(hubspot)
