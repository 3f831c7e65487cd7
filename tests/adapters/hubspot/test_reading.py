"""Reading a HubSpot account over a socket: what the contract does not ask of every vendor."""

import asyncio
import csv
import logging
import time
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.adapters.hubspot import HubSpot, HubSpotSettings
from connector.errors import CredentialsError, LeftOut, TryLater
from connector.model import (
    Answer,
    Company,
    Contact,
    Deal,
    Entity,
    FieldKind,
    FieldSpec,
    FieldWrite,
    GoalRecord,
    LineItem,
    Membership,
    Outcome,
    Page,
    Product,
    Record,
    Stage,
    Status,
    Stream,
    Team,
    User,
)
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.adapters.boxes import TOKEN, HubSpotBox, read_all

V = "2026-09"


def records_in(pages: Iterable[Page]) -> list[Record]:
    """Return the records of some pages."""
    return [record for page in pages for record in page.records]


async def deals_of(adapter: HubSpot, since: str | None = None) -> dict[str, Deal]:
    """Read deals by name."""
    found = records_in(await read_all(adapter, Stream.DEALS, since))
    return {record.name or "": record for record in found if isinstance(record, Deal)}


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """Read a file of the data set, by plain means."""
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


async def test_deals_are_those_of_the_files(hubspot: HubSpotBox, few: Path):
    """Stage, days, amount, agent, account and product of every real deal arrive unchanged, in the account's own time zone."""
    adapter = await hubspot.adapter()
    deals = await deals_of(adapter)
    users = {record.id: record.name for record in records_in(await read_all(adapter, Stream.USERS)) if isinstance(record, User)}
    companies = {record.id: record for record in records_in(await read_all(adapter, Stream.COMPANIES)) if isinstance(record, Company)}
    lines = {record.deal: record for record in records_in(await read_all(adapter, Stream.LINE_ITEMS)) if isinstance(record, LineItem)}
    products = {record.id: record.name for record in records_in(await read_all(adapter, Stream.PRODUCTS)) if isinstance(record, Product)}
    zone = ZoneInfo("America/New_York")
    rows = rows_of(few, "sales_pipeline.csv")
    assert len(deals) == len(rows)
    for row in rows:
        deal = next(found for name, found in deals.items() if f"({row['opportunity_id']})" in name)
        assert users[deal.owner or ""] == row["sales_agent"]
        assert (companies[deal.company].name if deal.company else "") == row["account"]
        assert products[lines[deal.id].product or ""] == row["product"].replace("GTXPro", "GTX Pro")
        assert deal.created_at
        assert deal.created_at.astimezone(zone).date().isoformat() == (row["engage_date"] or "2017-12-31")
        assert (deal.closed_at.astimezone(zone).date().isoformat() if deal.closed_at else "") == row["close_date"]
        if row["close_value"]:
            assert deal.amount == deal.home_amount == Decimal(row["close_value"])


async def test_people_teams_and_stages(hubspot: HubSpotBox, few: Path):
    """Every agent is in the manager's team (primary) and in the regional office (secondary); stages mean what people see."""
    adapter = await hubspot.adapter()
    users = {record.id: record for record in records_in(await read_all(adapter, Stream.USERS)) if isinstance(record, User)}
    rows = records_in(await read_all(adapter, Stream.TEAMS))
    teams = {record.id: record.name for record in rows if isinstance(record, Team)}
    found = {(users[row.user].name, teams[row.team], row.is_primary) for row in rows if isinstance(row, Membership)}
    agents = rows_of(few, "sales_teams.csv")
    wanted = {(row["sales_agent"], row["manager"], True) for row in agents}
    assert found == wanted | {(row["sales_agent"], row["regional_office"], False) for row in agents}
    assert all(user.record and user.record != user.id for user in users.values())
    stages = [row for row in records_in(await read_all(adapter, Stream.PIPELINES)) if isinstance(row, Stage) and row.pipeline == "default"]
    assert [(stage.name, stage.position, stage.outcome, stage.probability) for stage in stages] == [
        ("Prospecting", 0, Outcome.OPEN, Decimal("0.2")),
        ("Engaging", 1, Outcome.OPEN, Decimal("0.6")),
        ("Won", 2, Outcome.WON, Decimal(1)),
        ("Lost", 3, Outcome.LOST, Decimal(0)),
    ]


async def test_companies_and_contacts(hubspot: HubSpotBox, few: Path):
    """Industry is the segment, parents are known, and every contact has its company."""
    adapter = await hubspot.adapter()
    companies = {one.name: one for one in records_in(await read_all(adapter, Stream.COMPANIES)) if isinstance(one, Company)}
    by_id = {one.id: one for one in companies.values()}
    for row in rows_of(few, "accounts.csv"):
        found = companies[row["account"]]
        assert found.size == int(row["employees"])
        assert found.segment == found.industry
        assert found.industry
        assert (by_id[found.parent].name if found.parent else "") == row["subsidiary_of"]
    contacts = [one for one in records_in(await read_all(adapter, Stream.CONTACTS)) if isinstance(one, Contact)]
    assert {one.company for one in contacts} == by_id.keys()


async def test_the_quota_that_people_made(hubspot: HubSpotBox):
    """Quarterly rows of a sales quota are targets for revenue, with local names and without our marker."""
    goals = [row for row in records_in(await read_all(await hubspot.adapter(), Stream.GOALS)) if isinstance(row, GoalRecord)]
    assert [(row.starts_on, row.ends_on) for row in goals][:2] == [
        (date(2017, 1, 1), date(2017, 4, 1)),
        (date(2017, 4, 1), date(2017, 7, 1)),
    ]
    kinds = {("revenue_won", "owner", None), ("revenue_won", "team", None), ("deals_won", "owner", None)}
    assert {(row.kpi, row.subject_type, row.marker) for row in goals} == kinds
    assert all(row.target for row in goals)


async def test_progress_has_an_end(hubspot: HubSpotBox, few: Path):
    """The first pages of a long pass tell how many records there are; a short one asks only once, at its end."""
    adapter = await hubspot.adapter()
    pages = await read_all(adapter, Stream.DEALS)
    assert {page.total for page in pages[:-1]} == {pages[-1].counted} == {len(rows_of(few, "sales_pipeline.csv"))}
    before = adapter.calls
    await read_all(adapter, Stream.PRODUCTS)
    assert adapter.calls - before == 4


async def test_a_lagging_index_loses_nothing(few: Path):
    """An edit that the search index does not show yet comes with the reading after next, because each window reaches back."""
    with running(hubspot_app(data=few, burst=100_000, search_per_second=1000, search_lag=4)) as url:
        box = HubSpotBox(url)
        adapter = await box.adapter(horizon_seconds=30)
        full = await read_all(adapter, Stream.DEALS)
        deal = next(record.id for record in records_in(full) if isinstance(record, Deal))
        await box.edit_deal(deal, Decimal(4321))
        await asyncio.sleep(1.5)  # the clock is known in whole seconds: let this window end after the edit
        early = await read_all(adapter, Stream.DEALS, full[-1].cursor)
        assert records_in(early) == []
        await asyncio.sleep(3)
        late = await deals_of(adapter, early[-1].cursor)
        assert [(one.id, one.amount) for one in late.values()] == [(deal, Decimal(4321))]
        await box.close()


async def test_a_clock_that_steps_back_starts_again(hubspot: HubSpotBox):
    """When the CRM's clock is behind the cursor, only everything is sure to hold what changed."""
    adapter = await hubspot.adapter()
    full = await read_all(adapter, Stream.COMPANIES)
    await hubspot.call("POST", "/sandbox/clock", {"advance": -3600})
    again = await read_all(await hubspot.adapter(), Stream.COMPANIES, full[-1].cursor)
    assert all(page.is_full for page in again)
    assert len(records_in(again)) == 85


async def test_a_garbled_cursor_starts_again(hubspot: HubSpotBox):
    """A cursor that is not ours is no reason to fail, only to read everything."""
    pages = await read_all(await hubspot.adapter(), Stream.PRODUCTS, '{"phase": "moon"}')
    assert pages[-1].is_full
    assert len(records_in(pages)) == 7


async def test_what_changed_during_a_cut_off_pass_is_brought_too(hubspot: HubSpotBox):
    """A pass that was cut off is finished, and then read on from its beginning, so that early pages are not old."""
    adapter = await hubspot.adapter()
    pages = await read_all(adapter, Stream.DEALS)
    first = next(record for record in pages[0].records if isinstance(record, Deal))
    await hubspot.edit_deal(first.id, Decimal(99))
    rest = await read_all(await hubspot.adapter(), Stream.DEALS, pages[1].cursor)
    assert first.id in {record.id for record in records_in(rest)}
    assert [page.is_full for page in rest if page.is_last] == [True, False]
    assert rest[-1].is_last


async def test_the_primary_company_counts(hubspot: HubSpotBox):
    """Of several companies on a deal the primary one is its company, in lists and in increments."""
    adapter = await hubspot.adapter()
    full = await read_all(adapter, Stream.DEALS)
    deal = next(record for record in records_in(full) if isinstance(record, Deal) and record.company)
    other = next(record.id for record in records_in(await read_all(adapter, Stream.COMPANIES)) if record.id != deal.company)
    await hubspot.call("PUT", f"/crm/objects/{V}/deals/{deal.id}/associations/default/companies/{other}")
    await hubspot.edit_deal(deal.id, Decimal(1))
    for since in (None, full[-1].cursor):
        assert {one.company for one in (await deals_of(adapter, since)).values() if one.id == deal.id} == {deal.company}


async def test_only_chosen_pipelines_count(hubspot: HubSpotBox):
    """Deals of other pipelines are not brought; a deal that is in none of ours any more comes as gone."""
    every = await hubspot.adapter()
    full = await read_all(every, Stream.DEALS)
    deal = next(record for record in records_in(full) if isinstance(record, Deal))
    none = await hubspot.adapter(pipelines=["elsewhere"])
    assert records_in(await read_all(none, Stream.DEALS)) == []
    await hubspot.edit_deal(deal.id, Decimal(1))
    gone = await deals_of(none, full[-1].cursor)
    assert [one.id for one in gone.values() if one.deleted_at] == [deal.id]


async def test_legacy_paths_work_too(hubspot: HubSpotBox):
    """The older path style brings the same records."""
    old, new = await hubspot.adapter(version="v3"), await hubspot.adapter()
    for stream in (Stream.USERS, Stream.TEAMS, Stream.PIPELINES, Stream.PRODUCTS, Stream.DEALS):
        assert records_in(await read_all(old, stream)) == records_in(await read_all(new, stream))
    assert (await old.check()).limits == (await new.check()).limits


async def test_a_wrong_token_is_told(hubspot: HubSpotBox):
    """A token that HubSpot does not know ends in one sentence, without the token."""
    adapter = await hubspot.adapter(token="pat-na1-wrong")
    with pytest.raises(CredentialsError, match="does not accept the token") as refused:
        await adapter.check()
    assert "pat-na1-wrong" not in str(refused.value)


async def test_an_unreachable_account_is_told():
    """Where nobody listens, the message names the address."""
    adapter = HubSpot(HubSpotSettings(token=TOKEN, base_url="http://127.0.0.1:9", patience_seconds=0))
    with pytest.raises(TryLater, match=r"HubSpot cannot be reached at http://127\.0\.0\.1:9"):
        await adapter.check()
    await adapter.close()


async def test_the_limits_are_kept(few: Path, caplog: pytest.LogCaptureFixture):
    """At a small burst limit no request is refused: the limiter learns it from the first answer and waits by itself."""
    caplog.set_level(logging.INFO, "connector.http")
    with running(hubspot_app(data=few, burst=25)) as url:
        box = HubSpotBox(url)
        adapter = await box.adapter()
        begun = time.monotonic()
        while adapter.calls < 30:
            await read_all(adapter, Stream.PIPELINES)
        assert time.monotonic() - begun >= 10
        assert len(caplog.records) == adapter.calls
        assert " 429 " not in caplog.text
        await box.close()


async def test_daily_limits_end_the_run(hubspot: HubSpotBox):
    """When today's quota is used up, the run ends with 'try later' at once."""
    fault = {"kind": "status", "status": 429, "policy": "DAILY", "count": 100}
    await hubspot.call("POST", "/sandbox/faults", {"faults": [fault]})
    adapter = await hubspot.adapter()
    with pytest.raises(TryLater, match="daily limit"):
        await read_all(adapter, Stream.PIPELINES)
    assert adapter.calls == 1


async def test_check_names_missing_scopes(hubspot: HubSpotBox):
    """A stream or object that the token may not touch is a no, with the scope that would make it a yes."""
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": ["settings.users.teams.read", "crm.objects.goals.read"]})
    able = await (await hubspot.adapter()).check()
    assert able.streams[Stream.TEAMS].needs == ("settings.users.teams.read",)
    assert able.streams[Stream.GOALS].needs == ("crm.objects.goals.read",)
    assert "crm.objects.goals.read" in able.goals["revenue_won of an owner"].needs


async def test_a_missing_write_scope_is_a_refusal(hubspot: HubSpotBox):
    """Without the scope to write, every row is refused with the scope's name; nothing is raised, and nothing is lost."""
    adapter = await hubspot.adapter()
    deal = next(record.id for record in records_in(await read_all(adapter, Stream.DEALS)))
    spec = FieldSpec(Entity.DEALS, "kpi_x", "KPI: x", FieldKind.NUMBER, "X.")
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": ["crm.objects.deals.write", "crm.schemas.deals.write"]})
    ensured = (await adapter.ensure_fields([spec])).results
    written = (await adapter.write([FieldWrite(Entity.DEALS, deal, spec, "1")])).results
    assert [result.status for result in (*ensured, *written)] == [Status.REFUSED, Status.REFUSED]
    assert "crm.schemas.deals.write" in ensured[0].message
    assert "crm.objects.deals.write" in written[0].message


async def test_a_stream_that_is_left_out_is_not_asked_for(hubspot: HubSpotBox):
    """What the settings leave out is refused without a call, and `check` says whose doing that is."""
    adapter = await hubspot.adapter(streams_left_out=("contacts",))
    with pytest.raises(LeftOut, match="The contacts are left out by CRM_KPI_HUBSPOT__STREAMS_LEFT_OUT"):
        await read_all(adapter, Stream.CONTACTS)
    assert adapter.calls == 0
    able = (await adapter.check()).streams
    assert {stream for stream, ability in able.items() if ability.answer is not Answer.YES} == {Stream.CONTACTS}
    assert able[Stream.CONTACTS].reason == "The contacts are left out by CRM_KPI_HUBSPOT__STREAMS_LEFT_OUT."
