"""The board record in a HubSpot account, from settings to what a person reads there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from connector import steps
from connector.adapters.hubspot import HubSpotSettings
from connector.settings import AccountConfig, AccountSettings
from connector.steps import Road, Work, recorded
from connector.store import Store
from tests.adapters.boxes import TOKEN, HubSpotBox

AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)
GOALS = (
    {"kpi": "revenue_won", "subject": "account", "period": "2017-Q4", "target": "100000"},
    {"kpi": "deals_won", "subject": "team:East", "period": "2017", "target": "50"},
)


async def go(folder: Path, box: HubSpotBox, **house: object) -> Road:
    """Go the road once on the same store."""
    settings = AccountSettings.model_validate({"goals": GOALS, "push_fields": ["companies"], **house})
    vendor = HubSpotSettings.model_validate({"token": TOKEN, "base_url": box.url, "headroom": 0})
    config = AccountConfig("acme", settings, "hubspot", vendor)
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store, ThreadPoolExecutor(1) as desk, ThreadPoolExecutor(1) as bench:
        work = Work(config, store, await box.adapter(), folder / "cache.duckdb", desk, bench)
        async with recorded(work, "run", AS_OF) as (lease, run):
            road = Road(run)
            await steps.run(work, lease, road, as_of=AS_OF, yes=True)
        return road


async def test_the_board_shows_what_no_goal_of_hubspot_can(hubspot: HubSpotBox, tmp_path: Path):
    """Account KPIs, teams, and goals without a template stand on the one company that was named; a second run writes nothing to it."""
    companies = await hubspot.call("GET", "/crm/objects/2026-09/companies?limit=2")
    board, other = (row["id"] for row in companies["results"])
    road = await go(tmp_path, hubspot, board_record=f"companies:{board}")
    assert road.plan
    assert [note for note in road.plan.notes if "deals_won of a team" in note and f"companies:{board}" in note]
    names = "kpi_board_target_quarter,kpi_board_attainment_quarter,kpi_board_revenue_won_quarter,kpi_board_teams,kpi_board_goals,kpi_orders"
    shown, elsewhere = [
        (await hubspot.call("GET", f"/crm/objects/2026-09/companies/{one}?properties={names}"))["properties"] for one in (board, other)
    ]
    won, target = (float(shown[f"kpi_board_{name}_quarter"]) for name in ("revenue_won", "target"))
    assert target == 100000
    assert float(shown["kpi_board_attainment_quarter"]) == round(won / target, 4)
    assert "\nWest: pipeline value " in shown["kpi_board_teams"]
    assert shown["kpi_board_goals"].startswith("Deals won 2017, East: target 50, actual ")
    assert "Revenue won 2017-Q4, whole account: target 100,000" in shown["kpi_board_goals"]
    assert elsewhere["kpi_orders"]
    assert not [name for name, value in elsewhere.items() if name.startswith("kpi_board_") and value]
    again = await go(tmp_path, hubspot, board_record=f"companies:{board}")
    assert again.plan
    assert not again.plan.fields


async def test_a_board_that_is_not_there_is_said(hubspot: HubSpotBox, tmp_path: Path):
    """A record that is gone, or never was, gets nothing, and the plan says so."""
    road = await go(tmp_path, hubspot, board_record="companies:4711", push_fields=[])
    assert road.plan
    assert not road.plan.fields
    assert [note for note in road.plan.notes if note.startswith("The board record companies:4711 is not in the CRM")]
