"""A feed's rows in the store: whole days, the recent ones read again, nothing lost by a refusal, nothing left of another place."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import respx

from connector import steps
from connector.app import App
from connector.errors import AccessRefused, CredentialsError, Stopped
from connector.model import Cost, Entity, Scope, Traffic
from connector.steps import Fed, Work
from connector.store import RunStatus
from tests.feeds.google import EMAIL, NOON, PROPERTY, Property, key, refusal, report

FILES = {"CRM_KPI_FILES__COMPANY": "Acme", "CRM_KPI_FILES__CURRENCY": "EUR", "CRM_KPI_TIMEZONE": NOON.key}
TODAY = datetime.now(NOON).date()


def ago(days: int) -> str:
    """Return a past day as Google writes it."""
    return (TODAY - timedelta(days=days)).strftime("%Y%m%d")


@asynccontextmanager
async def at_work(folder: Path, **other: str) -> AsyncIterator[Work]:
    """Give a company without a CRM at work, beside it a property."""
    google = {"CRM_KPI_GA4__PROPERTY": PROPERTY, "CRM_KPI_GA4__CREDENTIALS": key(), "CRM_KPI_GA4__HISTORY_DAYS": "60"}
    app = App.start({"CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite", **FILES, **google, **other})
    try:
        async with app.work(None) as work:
            yield work
    finally:
        app.close()


async def draw(work: Work, *, full: bool = False, dry_run: bool = False) -> Fed:
    """Bring the one feed up to date."""
    return await steps.feed_alone(work, work.feeds[0], full=full, dry_run=dry_run)


def sessions(work: Work) -> dict[str, int]:
    """Return the sessions that are stored, by id with the days as their distance from today."""
    found = [one for one in work.store.records.get(work.account, Entity.TRAFFIC) if isinstance(one, Traffic)]
    return {f"{(TODAY - one.day).days}|{one.id.split('|', 1)[1]}": one.sessions for one in found}


async def test_the_first_time_brings_the_history_and_then_only_the_last_days(web: Property, tmp_path: Path):
    """The past is asked for by the month, today never; afterwards three days are read again, restated, and what vanished is gone."""
    web.held["sessions"] = [
        ((ago(60), "a", "b", "c"), ("1", "0")),
        ((ago(61), "a", "b", "c"), ("1", "0")),
        ((ago(2), "a", "b", "(not set)"), ("2", "0")),
        ((ago(2), "x|y", "", ""), ("3", "0")),
        ((ago(0), "a", "b", "c"), ("4", "0")),
    ]
    async with at_work(tmp_path) as work:
        fed = await draw(work)
        assert sessions(work) == {"60|a|b|c": 1, "2|a|b|": 2, "2|x\\|y||": 3}
        asked = [body["dateRanges"][0] for body in web.asked]
        assert [(one["startDate"], one["endDate"]) for one in asked[:2]] == [
            (str(TODAY - timedelta(days=60)), str(TODAY - timedelta(days=30))),
            (str(TODAY - timedelta(days=29)), str(TODAY - timedelta(days=1))),
        ]
        assert fed.summary["requests"] == 5

        web.asked.clear()
        web.held["sessions"] = [((ago(2), "a", "b", ""), ("20", "0")), ((ago(60), "a", "b", "c"), ("99", "0"))]
        fed = await draw(work)
        assert [body["dateRanges"][0]["startDate"] for body in web.asked] == [str(TODAY - timedelta(days=3))] * 2
        assert sessions(work) == {"60|a|b|c": 1, "2|a|b|": 20}
        assert (fed.taken[Entity.TRAFFIC].changed, fed.taken[Entity.TRAFFIC].removed) == (1, 1)

        assert (await draw(work)).taken[Entity.TRAFFIC].unchanged == 1
        await draw(work, full=True)
        assert sessions(work) == {"60|a|b|c": 99, "2|a|b|": 20}


async def test_costs_land_beside_other_costs(web: Property, tmp_path: Path):
    """Costs are named by their own columns, belong to their feed, and leave those of a file alone."""
    web.held["advertiserAdCost"] = [((ago(2), "google", "cpc", "spring"), ("12.5",))]
    async with at_work(tmp_path) as work:
        file = tmp_path / "costs.csv"
        file.write_text(f"day,category,amount\n{TODAY},sales,7\n", encoding="utf-8")
        await steps.take(work, Scope(Entity.COSTS, "costs"), file, await steps.reading(work))
        await draw(work)
        found = [one for one in work.store.records.get(work.account, Entity.COSTS) if isinstance(one, Cost)]
        day = TODAY - timedelta(days=2)
        assert {(one.id, str(one.amount), one.currency) for one in found} == {
            (f"{day}|advertising|google|spring|google_analytics|", "12.5000", "EUR"),
            (f"{TODAY}|sales||||", "7.0000", None),
        }


async def test_another_property_takes_the_place_of_the_one_before(google: respx.MockRouter, web: Property, tmp_path: Path):
    """Rows of two websites are not mixed: those of the old one go, of whatever day, and the history of the new one comes."""
    web.held["sessions"] = [((ago(50), "old", "", ""), ("1", "0"))]
    async with at_work(tmp_path) as work:
        await draw(work)
    other = google.post("https://analyticsdata.googleapis.com/v1beta/properties/7:runReport")
    other.mock(return_value=report([]))
    async with at_work(tmp_path, CRM_KPI_GA4__PROPERTY="7", CRM_KPI_GA4__HISTORY_DAYS="30") as work:
        await draw(work)
        assert sessions(work) == {}
        assert json.loads(other.calls[0].request.content)["dateRanges"][0]["startDate"] == str(TODAY - timedelta(days=30))


async def test_a_refusal_is_no_reason_to_end_a_run(web: Property, tmp_path: Path):
    """The run says what is missing and goes on; rows stay as they were, and what one report refuses does not hold up the other."""
    web.held["sessions"] = [((ago(2), "a", "b", "c"), ("1", "0"))]
    web.refused["advertiserAdCost"] = refusal(400, "INVALID_ARGUMENT", "Incompatible.")
    async with at_work(tmp_path) as work:
        async with steps.recorded(work, "run") as (lease, run):
            road = steps.Road(run)
            await steps.run(work, lease, road, as_of=None)
        assert road.measured is not None
        assert [type(error) for error in road.fed[0].refused.values()] == [AccessRefused]
        assert set(road.fed[0].taken) == {Entity.TRAFFIC}

        web.refused["sessions"] = refusal(403, "PERMISSION_DENIED", "No.")
        async with steps.recorded(work, "run") as (lease, run):
            await steps.run(work, lease, steps.Road(run), as_of=None)
        kept = work.store.runs.latest(work.account)[0]
        assert kept.status is RunStatus.DONE
        assert f"the role Viewer on property {PROPERTY} for {EMAIL}" in kept.steps["ga4"]["refused"]["traffic"]
        assert sessions(work) == {"2|a|b|c": 1}


async def test_without_a_token_nothing_else_is_tried(web: Property, tmp_path: Path):
    """What stands in the way of everything is asked for once, and every table says so."""
    web.tokens.mock(return_value=refusal(400, "x", "x"))
    async with at_work(tmp_path) as work:
        fed = await draw(work)
    assert {table: type(error) for table, error in fed.refused.items()} == {
        Entity.TRAFFIC: CredentialsError,
        Entity.COSTS: CredentialsError,
    }
    assert web.tokens.call_count == 1
    assert len(list(fed.sentences())) == 1
    assert next(fed.sentences()).startswith("Google Analytics, traffic, costs: not available. ")


async def test_a_history_that_was_cut_off_is_read_from_its_start(web: Property, tmp_path: Path):
    """A table is taken whole or not at all, so that no gap stays behind an end that somebody asked for."""
    web.held["sessions"] = [((ago(60), "a", "b", "c"), ("1", "0")), ((ago(2), "a", "b", "c"), ("1", "0"))]
    async with at_work(tmp_path) as work:
        work.stop.set()
        with pytest.raises(Stopped):
            await draw(work)
        assert sessions(work) == {}
        work.stop.clear()
        await draw(work)
        assert set(sessions(work)) == {"60|a|b|c", "2|a|b|c"}


async def test_a_dry_run_keeps_nothing(web: Property, tmp_path: Path):
    """It says what would come, and the next real one is the first."""
    web.held["sessions"] = [((ago(50), "a", "b", "c"), ("1", "0"))]
    async with at_work(tmp_path) as work:
        assert (await draw(work, dry_run=True)).taken[Entity.TRAFFIC].changed == 1
        assert sessions(work) == {}
        assert work.store.runs.latest(work.account) == []
        assert (await draw(work)).taken[Entity.TRAFFIC].changed == 1


async def test_rows_that_cannot_be_read_are_told_and_remove_nothing(web: Property, tmp_path: Path):
    """A row without a number may be the very one that seems to be missing."""
    web.held["sessions"] = [((ago(2), "a", "b", "c"), ("1", "0"))]
    async with at_work(tmp_path) as work:
        await draw(work)
        web.held["sessions"] = [((ago(2), "a", "b", "c"), ("many", "0"))]
        fed = await draw(work)
        assert fed.notes == [
            "1 rows of traffic were not taken, the first because sessions is 'many': it is not a number, or too large to keep."
        ]
        assert sessions(work) == {"2|a|b|c": 1}


async def test_check_says_whether_each_feed_works(web: Property, tmp_path: Path):
    """What works says what it holds, what does not says why; neither is an error of the check."""
    web.held["sessions"] = [((ago(2), "a", "b", "c"), ("1", "0"))]
    async with at_work(tmp_path) as work:
        await steps.check(work)
        first, last = TODAY - timedelta(days=28), TODAY - timedelta(days=1)
        assert await steps.check_feeds(work) == [
            f"Google Analytics, property 123456789: 1 rows of traffic on {first} to {last}; days end at midnight in Europe/Helsinki.",
            f"Google Analytics, property 123456789: 0 rows of costs on {first} to {last}; costs are in EUR.",
        ]
        web.refused["sessions"] = refusal(403, "PERMISSION_DENIED", "No.")
        said = await steps.check_feeds(work)
    assert len(said) == 1
    assert said[0].startswith("Google Analytics: not available. ")
