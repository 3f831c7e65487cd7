"""Lesson 16: close dates are instants in UTC; one calendar decides the day, month and quarter that each of them falls on."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector import steps
from connector.engine import compute
from connector.model import Deal, Entity, Stream
from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.hubspot.clock import instant, moment
from connector.sandbox.running import running
from connector.steps import Work
from tests.adapters.boxes import HubSpotBox
from tests.adapters.hubspot.working import at_work, measured

AS_OF = datetime(2018, 1, 2, tzinfo=UTC)
Edges = list[tuple[str, str]]
"""Instants in UTC, each with the local day it falls on."""
CASES: dict[str, tuple[str, str | None, Edges]] = {
    "UTC+7": ("Asia/Bangkok", None, [("2017-04-30T16:59:59.999Z", "2017-04-30"), ("2017-04-30T17:00:00Z", "2017-05-01")]),
    "UTC-7": ("America/Phoenix", None, [("2017-05-01T06:59:59.999Z", "2017-04-30"), ("2017-05-01T07:00:00Z", "2017-05-01")]),
    "by the settings, not by the account": (
        "Asia/Bangkok",
        "America/Phoenix",
        [("2017-05-01T06:59:59Z", "2017-04-30"), ("2017-04-30T17:00:00Z", "2017-04-30")],
    ),
    "months that begin and end in different offsets": (
        "America/New_York",
        None,
        [
            ("2017-03-01T04:59:59Z", "2017-02-28"),
            ("2017-04-01T03:59:59Z", "2017-03-31"),
            ("2017-04-01T04:00:00Z", "2017-04-01"),
            ("2017-11-01T04:00:00Z", "2017-11-01"),
            ("2017-12-01T04:59:59Z", "2017-11-30"),
        ],
    ),
    "the days on which clocks change": (
        "Europe/Helsinki",
        None,
        [
            ("2017-03-25T22:00:00Z", "2017-03-26"),
            ("2017-03-26T20:59:59Z", "2017-03-26"),
            ("2017-03-26T21:00:00Z", "2017-03-27"),
            ("2017-10-28T21:00:00Z", "2017-10-29"),
            ("2017-10-29T21:59:59Z", "2017-10-29"),
        ],
    ),
    "a day that begins at one o'clock": (
        "Asia/Amman",
        None,
        [("2017-03-30T21:59:59Z", "2017-03-30"), ("2017-03-30T22:00:00Z", "2017-03-31"), ("2017-03-31T21:00:00Z", "2017-04-01")],
    ),
}


@pytest.mark.parametrize(("account", "set_to", "edges"), CASES.values(), ids=CASES)
async def test_every_win_counts_on_its_local_day(few: Path, tmp_path: Path, account: str, set_to: str | None, edges: Edges):
    """Wins moved to the edges of days count on the days they should, and all months are what a count of local days says."""
    zone = ZoneInfo(set_to or account)
    app = hubspot_app(data=few, burst=100_000, search_per_second=1000, timezone=account)
    with running(app) as url:
        box = HubSpotBox(url)
        portal: Portal = app.state.portal
        won = [record for record in portal.tables["deals"] if record.values["dealstage"] == "closedwon"]
        for record, (at, _) in zip(won, edges, strict=False):
            await box.call("PATCH", f"/crm/objects/2026-09/deals/{record.id}", {"properties": {"closedate": at}})
        days = {str(record.id): _local(record.values["closedate"], zone) for record in won}
        async with at_work(tmp_path, box, Stream.DEALS, zone=set_to) as work:
            _, found = await measured(work, AS_OF)
            deals = {deal.id: deal for deal in work.store.records.get("acme", Entity.DEALS) if isinstance(deal, Deal)}
            by_day = {day: await won_on(work, day) for _, day in edges}
        await box.close()

    months = Counter(f"{day:%Y-%m}" for day in days.values())
    figures = {one.period.name: one.value for one in found.values if (one.kpi, dict(one.by)) == ("deals_won", {})}
    assert [str(days[str(record.id)]) for record, _ in zip(won, edges, strict=False)] == [day for _, day in edges]
    assert {name: value for name, value in figures.items() if len(name) == len("2017-04") and value and "Q" not in name} == months
    assert by_day == {day: Counter(map(str, days.values()))[day] for _, day in edges}
    waiting = {str(record.id): record.values["closedate"] for record in portal.tables["deals"] if record.values.get("closedate")}
    expected = {key: deal.expected_close_on for key, deal in deals.items() if deal.expected_close_on}
    assert expected == {key: _local(waiting[key], zone) for key in expected}
    assert len(expected) >= 10


async def won_on(work: Work, day: str) -> int:
    """Return how many deals were won on a day, as asked on demand."""
    account = await work.bound()
    calendar, policies = work.calendar(account), steps.policies(work, account)
    with steps.open_cache(work) as cache:
        (found,) = compute(cache, "deals_won", by=(), period=calendar.parse(day), calendar=calendar, as_of=AS_OF, policies=policies)
    return int(found.value or 0)


def _local(written: str, zone: ZoneInfo) -> date:
    """Return the local day by the plainest means: the offset of the moment added to its UTC."""
    at = moment(instant(written) or 0)
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return (at.replace(tzinfo=None) + offset).date()
