"""Lesson 18: the same field in many forms; one odd value costs that value, never its record and never the run."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import steps
from connector.adapters.hubspot.account import Account
from connector.adapters.hubspot.activities import ACTIVITIES, activity_of
from connector.adapters.hubspot.contacts import contact_of
from connector.adapters.hubspot.cursor import Cursor, Phase
from connector.adapters.hubspot.deals import deal_of
from connector.adapters.hubspot.goals import goal_of
from connector.adapters.hubspot.kinds import GOALS, KINDS
from connector.adapters.hubspot.leads import lead_of
from connector.adapters.hubspot.lifecycle import Lifecycle
from connector.adapters.hubspot.mapping import DealMapping, Mapped
from connector.adapters.hubspot.page import page_of
from connector.adapters.hubspot.passes import Batch
from connector.adapters.hubspot.records import company_of, line_item_of, product_of
from connector.adapters.hubspot.surveys import survey_of
from connector.adapters.hubspot.tickets import Complaint, ticket_of
from connector.engine import faults
from connector.model import Deal, Entity, Page, Record, Stream, Tenant, Unread
from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.running import running
from connector.steps import Work
from connector.store.rows import cells_of
from connector.web.overview import account_status
from tests.adapters.boxes import HubSpotBox, read_all
from tests.adapters.hubspot.rows import row_of
from tests.adapters.hubspot.working import at_work, pulled

AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)
BANGKOK = Account(Tenant("1", "Test", "Asia/Bangkok", "USD"), ZoneInfo("Asia/Bangkok"), {}, DealMapping(Mapped()))
DATING = {"hs_timestamp", "hs_start_datetime", "hs_end_datetime"}
"""What dates a record that nothing else dates."""
READERS: Mapping[Stream, Callable[[dict[str, Any]], Iterable[Record]]] = {
    Stream.DEALS: lambda row: deal_of(row, BANGKOK),
    Stream.COMPANIES: lambda row: (company_of(row, "industry"),),
    Stream.CONTACTS: lambda row: (contact_of(row, Lifecycle.of(())),),
    Stream.PRODUCTS: lambda row: (product_of(row),),
    Stream.LINE_ITEMS: lambda row: (line_item_of(row),),
    Stream.LEADS: lambda row: (lead_of(row, {}),),
    Stream.TICKETS: lambda row: (ticket_of(row, {}, Complaint()),),
    Stream.SURVEYS: lambda row: survey_of(row, is_seven_easy=True),
    Stream.GOALS: lambda row: (goal_of(row),),
    **{stream: lambda row, stream=stream: (activity_of(row, stream),) for stream in ACTIVITIES},
}
ODDITIES = ("lots", "5k", "1.234,5")
"""Amounts as people type them."""
ODD = st.one_of(
    st.sampled_from(["", "soon", "about 50", "€ 5", "1,234", "9999-12-31T23:59:59Z", "0001-01-01", "99999999999999", "-1", "NaN", "1e13"]),
    st.text(max_size=9),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def page_with(stream: Stream, *rows: object) -> Page:
    """Read rows as one page of a stream."""
    done = Cursor(Phase.DONE, "2017-01-01T00:00:00+00:00")
    return page_of(stream, Batch(list(rows), done, is_full=True), READERS[stream], lambda _row: ())  # type: ignore[arg-type]  # rows are anything


@given(st.sampled_from(list(READERS)), st.data())
def test_no_value_costs_its_record(stream: Stream, data: st.DataObject):
    """Whatever the properties and histories of a record hold, it is read, and every field of it can be kept."""
    kind = KINDS.get(stream, GOALS)
    values = data.draw(st.dictionaries(st.sampled_from([name for name in kind.properties if name not in DATING]), ODD, max_size=4))
    entries = st.lists(st.fixed_dictionaries({"timestamp": ODD, "value": ODD}), max_size=3)
    past = data.draw(st.dictionaries(st.sampled_from(kind.history), st.one_of(entries, ODD))) if kind.history else {}
    links = data.draw(st.one_of(st.just({}), ODD, st.dictionaries(st.sampled_from(["deals", "companies", "contacts"]), ODD)))
    page = page_with(stream, row_of(values) | {"propertiesWithHistory": past, "associations": links})

    assert page.rejected == ()
    assert {record.id.partition(":")[0] for record in page.records if record.entity is not Entity.MERGES} <= {"7"}
    assert all(cells_of(record) for record in page.records)


def test_only_what_cannot_be_told_or_dated_is_set_aside():
    """A record without an id, of no time, or archived at no time waits in quarantine, with its raw text; the ones beside it arrive."""
    good, lost = row_of({"amount": "many thousands"}), {"createdAt": "soon", "updatedAt": "soon"}
    undated = row_of({"createdate": "soon"}, **lost)
    page = page_with(Stream.COMPANIES, good, good | {"id": None}, undated, undated | {"archived": True}, good | {"properties": ["x"]})
    assert [record.id for record in page.records] == ["7"]
    assert [one.reason for one in page.rejected] == [
        "the record has no id.",
        "createdate: 'soon' is not a date and time.",
        "createdate: 'soon' is not a date and time.",
        "properties: they are no table of names and values.",
    ]
    assert '"createdate": "soon"' in page.rejected[1].raw
    assert [one.id for one in page_with(Stream.CALLS, row_of({"hs_timestamp": "soon"})).rejected] == ["7"]
    archived = row_of({"createdate": "2017-01-01"}, **lost) | {"archived": True, "archivedAt": "soon"}
    assert page_with(Stream.COMPANIES, archived).rejected[0].reason.startswith("archivedAt")


def test_odd_moments_in_a_history_are_left_out():
    """Of a history only the entries that cannot be dated or read go; the stays and changes around them stay."""
    stages = [{"timestamp": at, "value": stage} for at, stage in (("2017-03-05T00:00:00Z", "b"), ("soon", "x"), ("1488549600000", "a"))]
    amounts = [{"timestamp": at, "value": value} for at, value in (("2017-03-08", "2,500"), ("2017-03-07", "much"), ("2017-03-06", "1"))]
    past = {"dealstage": stages, "amount": amounts}
    row = row_of({"dealstage": "b", "amount": "2,500", "createdate": "2017-03-03T14:00:00Z"}, propertiesWithHistory=past)
    page = page_with(Stream.DEALS, row)
    stays = [(record.stage, record.entered_at.day) for record in page.records if record.entity is Entity.STAGE_CHANGES]  # type: ignore[attr-defined]  # of the entity
    history = [(one.old, one.new) for one in page.records if one.entity is Entity.FIELD_HISTORY and one.field == "amount"]  # type: ignore[attr-defined]  # the same
    assert stays == [("a", 3), ("b", 5)]
    assert history == [(None, "1"), ("1", None), (None, "2500")]
    assert {one.field for one in page.unread} == {"dealstage", "amount"}


async def test_drifting_forms_are_the_same_records(hubspot: HubSpotBox, few: Path):
    """Where forms change from record to record, everything is read as from a portal that always writes the usual ones."""
    with running(hubspot_app(data=few, burst=100_000, search_per_second=1000, extras=True, drift=True)) as url:
        drifting = HubSpotBox(url)
        usual, odd = await hubspot.adapter(), await drifting.adapter()
        for stream in (Stream.DEALS, Stream.COMPANIES, Stream.CONTACTS, Stream.LINE_ITEMS, Stream.TICKETS, Stream.MEETINGS):
            pages = await read_all(odd, stream)
            assert _plain(pages) == _plain(await read_all(usual, stream))
            assert not [one for page in pages for one in (*page.unread, *page.rejected)]
        await drifting.close()


def _plain(pages: Iterable[Page]) -> list[Record]:
    """Return the records without when they were last changed, which is when the portal was made."""
    return [replace(record, updated_at=None) for page in pages for record in page.records]


@pytest.fixture
async def portal_and_box(few: Path) -> AsyncIterator[tuple[Portal, HubSpotBox]]:
    """Run a portal in which amounts of three deals and the size of a company were typed in by hand."""
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000)
    with running(app) as url:
        portal, box = app.state.portal, HubSpotBox(url)
        for record, odd in zip(list(portal.tables["deals"])[:3], ODDITIES, strict=True):
            record.values["amount"] = odd
        next(iter(portal.tables["companies"])).values["numberofemployees"] = "about 50"
        yield portal, box
        await box.close()


async def test_what_cannot_be_read_is_counted_and_shown(portal_and_box: tuple[Portal, HubSpotBox], tmp_path: Path):
    """The run's record, the status and the list of faults tell which values were taken for absent; repaired ones leave them."""
    portal, box = portal_and_box
    deals = list(portal.tables["deals"])[:3]
    async with at_work(tmp_path, box) as work:
        first = await pulled(work)
        there = {deal.id: deal for deal in work.store.records.get("acme", Entity.DEALS) if isinstance(deal, Deal)}
        status = account_status(work.store, work.config, AS_OF)
        listed = await found_faults(work)
        await box.call("PATCH", f"/crm/objects/2026-09/deals/{deals[0].id}", {"properties": {"amount": "77"}})
        again = await pulled(work)
        left = work.store.unread.all("acme")

    fields = {"amount": 3, "amount_in_home_currency": 3}
    assert first.unread == {Stream.DEALS: fields, Stream.COMPANIES: {"numberofemployees": 1}}
    assert first.summary["unread"] == {"companies": {"numberofemployees": 1}, "deals": fields}
    assert len(there) == len(list(portal.tables["deals"]))
    assert {there[str(deal.id)].amount for deal in deals} == {None}
    assert status.unread == {"deals amount": 3, "deals amount_in_home_currency": 3, "companies numberofemployees": 1}
    assert status.quarantined == 0
    assert sorted(listed) == sorted(
        [
            ("companies", "numberofemployees: 'about 50' is not a number."),
            *(("deals", f"amount: {odd!r} is not a number. amount_in_home_currency: {odd!r} is not a number.") for odd in ODDITIES),
        ]
    )
    assert again.unread == {}
    kept = Unread(Entity.DEALS, str(deals[1].id), "amount", "amount: '5k' is not a number.")
    assert kept in left
    assert len(left) == 5


async def found_faults(work: Work) -> list[tuple[str, str | None]]:
    """Return what the list of faults says of unreadable values."""
    account = await work.bound()
    with steps.open_cache(work) as cache:
        found = faults(cache, calendar=work.calendar(account), as_of=AS_OF, policies=steps.policies(work, account), ready={})
    return [(fault.entity.value, fault.detail) for fault in found if fault.rule == "unreadable_value"]
