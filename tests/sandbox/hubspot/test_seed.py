"""What the portal holds, against the files read by pandas."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pandas as pd
import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.maven import SHIPPED

NEW_YORK = ZoneInfo("America/New_York")
Rows = dict[str, dict]
Walk = Callable[..., list[dict]]
DEALS = "/crm/objects/2026-09/deals"
NAMES = "opportunity_id,dealname,amount,amount_in_home_currency,dealstage,closedate,hubspot_owner_id,hs_is_closed_won,createdate"
PAST = "dealstage,amount,closedate,amount_in_home_currency"


def local(text: str) -> datetime:
    """Return an instant of the API on the account's wall clock."""
    return datetime.fromisoformat(text).astimezone(NEW_YORK)


@pytest.fixture(scope="module")
def deals(full: httpx.Client, walk: Walk) -> Rows:
    """Every deal by its opportunity id."""
    rows = walk(full, DEALS, limit="100", properties=NAMES, associations="companies,contacts,line_items")
    return {row["properties"]["opportunity_id"]: row for row in rows}


@pytest.fixture(scope="module")
def histories(full: httpx.Client, walk: Walk) -> Rows:
    """Every deal's history by its opportunity id."""
    rows = walk(full, DEALS, limit="50", properties="opportunity_id", propertiesWithHistory=PAST)
    return {row["properties"]["opportunity_id"]: row["propertiesWithHistory"] for row in rows}


def test_deals_are_those_of_the_file(deals: Rows, pipeline: pd.DataFrame):
    """Counts by stage and won revenue equal the file's."""
    stages = Counter(row["properties"]["dealstage"] for row in deals.values())
    assert stages == {"closedwon": 4238, "closedlost": 2473, "engaging": 1589, "prospecting": 500}
    won = sum(
        int(row["properties"]["amount_in_home_currency"]) for row in deals.values() if row["properties"]["hs_is_closed_won"] == "true"
    )
    assert won == pipeline[pipeline.deal_stage == "Won"].close_value.sum() == 10_005_534


def test_days_are_local_days_of_the_file(deals: Rows, histories: Rows, pipeline: pd.DataFrame):
    """Creation falls on the engage day and closing on the close day, on the account's own calendar."""
    for row in pipeline.itertuples():
        found = deals[row.opportunity_id]["properties"]
        engaged = row.engage_date if isinstance(row.engage_date, str) else "2017-12-31"
        assert str(local(found["createdate"]).date()) == engaged
        if isinstance(row.close_date, str):
            assert str(local(found["closedate"]).date()) == row.close_date
            assert local(histories[row.opportunity_id]["dealstage"][0]["timestamp"]) == local(found["closedate"])
            assert local(found["closedate"]).time() == local(found["createdate"]).time()


def test_times_of_day_hold_a_trap(deals: Rows):
    """Engage and close happen at three times of day, the latest of which is the next day in UTC; none of them on the last day."""
    created = [local(row["properties"]["createdate"]) for row in deals.values()]
    times = Counter(f"{when:%H:%M}" for when in created)
    assert set(times) == {"09:30", "12:00", "20:30"}
    assert min(times.values()) > 2000
    closed = [local(row["properties"]["closedate"]) for row in deals.values() if row["properties"]["dealstage"].startswith("closed")]
    last = [when for when in [*created, *closed] if when.date() == date(2017, 12, 31)]
    assert len(last) == 524
    assert max(when.hour for when in last) == 12


def test_amounts_keep_their_past(deals: Rows, histories: Rows, pipeline: pd.DataFrame):
    """A deal starts at its product's list price and closes at the file's value; an open one keeps the list price."""
    prices = {
        "GTX Basic": 550,
        "GTXPro": 4821,
        "MG Special": 55,
        "MG Advanced": 3393,
        "GTX Plus Pro": 5482,
        "GTX Plus Basic": 1096,
        "GTK 500": 26768,
    }
    for row in pipeline.itertuples():
        entries = [int(entry["value"]) for entry in histories[row.opportunity_id]["amount"]]
        assert entries[-1] == prices.get(row.product, 26768)
        assert entries[0] == int(deals[row.opportunity_id]["properties"]["amount"])
        if isinstance(row.close_date, str):
            assert entries[0] == row.close_value
    assert [entry["value"] for entry in histories["1C1I7A6R"]["amount"]] == ["1054", "1096"]
    assert histories["1C1I7A6R"]["amount"] == histories["1C1I7A6R"]["amount_in_home_currency"]


def test_stages_keep_their_past(histories: Rows, pipeline: pd.DataFrame):
    """A closed deal went from Engaging to its end, newest first; the others entered where they are."""
    paths = Counter(tuple(entry["value"] for entry in histories[word]["dealstage"]) for word in pipeline.opportunity_id)
    assert paths == {("closedwon", "engaging"): 4238, ("closedlost", "engaging"): 2473, ("engaging",): 1589, ("prospecting",): 500}


def test_close_dates_of_open_deals_are_expectations(deals: Rows, histories: Rows):
    """Engaged deals expect to close 30 to 150 days later, prospects early in 2018, a few never; closed ones had no date before."""
    open_ = [row["properties"] for row in deals.values() if row["properties"]["dealstage"] in {"engaging", "prospecting"}]
    assert 60 < sum(row["closedate"] is None for row in open_) < 160
    for row in open_:
        if row["closedate"] and row["dealstage"] == "engaging":
            assert 30 <= (local(row["closedate"]).date() - local(row["createdate"]).date()).days <= 150
        elif row["closedate"]:
            assert date(2018, 1, 15) <= local(row["closedate"]).date() <= date(2018, 5, 31)
    assert [len(histories[word]["closedate"]) for word in ("1C1I7A6R", "Z063OYW0")] == [1, 1]


def test_deals_belong_to_their_company_and_one_of_its_contacts(full: httpx.Client, walk: Walk, deals: Rows, pipeline: pd.DataFrame):
    """A deal with an account has that company as primary and one of its contacts; one without has neither; each has one line item."""
    names = {row["id"]: row["properties"]["name"] for row in walk(full, "/crm/objects/2026-09/companies", limit="100", properties="name")}
    contacts = walk(full, "/crm/objects/2026-09/contacts", limit="100", properties="associatedcompanyid,email")
    home = {row["id"]: row["properties"]["associatedcompanyid"] for row in contacts}
    for row in pipeline.itertuples():
        links = deals[row.opportunity_id]["associations"]
        assert len(links["line items"]["results"]) == 1
        if not isinstance(row.account, str):
            assert set(links) == {"line items"}
            continue
        assert [link["type"] for link in links["companies"]["results"]] == ["deal_to_company", "deal_to_company_unlabeled"]
        (company,) = {link["id"] for link in links["companies"]["results"]}
        assert names[company] == row.account
        assert home[links["contacts"]["results"][0]["id"]] == company
    assert set(Counter(home.values()).values()) <= {2, 3, 4}
    assert len({row["properties"]["email"] for row in contacts}) == len(contacts)


def test_contacts_come_before_the_first_deal(full: httpx.Client, walk: Walk, pipeline: pd.DataFrame):
    """A contact is created 10 to 60 days before its company's first engage day."""
    first = pipeline.groupby("account").engage_date.min()
    for row in walk(full, "/crm/objects/2026-09/contacts", limit="100", properties="company,createdate"):
        days = (date.fromisoformat(first[row["properties"]["company"]]) - local(row["createdAt"]).date()).days
        assert 10 <= days <= 60


def test_line_items_follow_their_deal(full: httpx.Client, walk: Walk, deals: Rows, pipeline: pd.DataFrame):
    """A line item has its product at list price, once, and the deal's amount of now."""
    products = {row["id"]: row["properties"] for row in walk(full, "/crm/objects/2026-09/products", limit="100", properties="name,price")}
    items = walk(full, "/crm/objects/2026-09/line_items", limit="100", properties="hs_product_id,quantity,price,amount")
    by_id = {row["id"]: row["properties"] for row in items}
    assert len(by_id) == 8800
    for row in pipeline.itertuples():
        item = by_id[deals[row.opportunity_id]["associations"]["line items"]["results"][0]["id"]]
        product = products[item["hs_product_id"]]
        assert product["name"] == row.product.replace("GTXPro", "GTX Pro")
        assert (item["quantity"], item["price"], item["amount"]) == (
            "1",
            product["price"],
            deals[row.opportunity_id]["properties"]["amount"],
        )


def test_people_have_three_ids_and_two_teams(full: httpx.Client, walk: Walk, deals: Rows, pipeline: pd.DataFrame):
    """Owner, user and users-object ids differ; each agent has the manager's team as primary and the office as secondary."""
    owners = walk(full, "/crm/v3/owners", limit="10")
    users = {
        row["properties"]["hs_internal_user_id"]: row
        for row in walk(full, "/crm/v3/objects/users", properties="hs_internal_user_id,hubspot_owner_id")
    }
    assert len(owners) == len(users) == 35
    for owner in owners:
        user = users[str(owner["userId"])]
        assert user["properties"]["hubspot_owner_id"] == owner["id"]
        assert len({owner["id"], str(owner["userId"]), user["id"]}) == 3
        assert [team["primary"] for team in owner["teams"]] == [True, False]
    counts = Counter(row["properties"]["hubspot_owner_id"] for row in deals.values())
    names = {owner["id"]: f"{owner['firstName']} {owner['lastName']}" for owner in owners}
    assert {names[word]: count for word, count in counts.items()} == pipeline.sales_agent.value_counts().to_dict()


def test_teams_are_managers_and_offices(full: httpx.Client):
    """Six managers' teams hold the agents as primary, three offices hold them as secondary members."""
    teams = {team["name"]: team for team in full.get("/settings/users/2026-03/teams").json()["results"]}
    assert len(teams) == 9
    assert len(teams["Dustin Brinkmann"]["userIds"]) == 5
    assert {name: len(teams[name]["secondaryUserIds"]) for name in ("Central", "East", "West")} == {"Central": 11, "East": 12, "West": 12}
    assert all(not teams[name]["userIds"] for name in ("Central", "East", "West"))


def test_companies_carry_industry_and_parent(full: httpx.Client, walk: Walk):
    """The sector is the industry, with its spelling mended, and subsidiaries point to their parent."""
    names = "name,industry,hs_parent_company_id,annualrevenue"
    rows = {row["properties"]["name"]: row for row in walk(full, "/crm/objects/2026-09/companies", limit="100", properties=names)}
    assert Counter(row["properties"]["industry"] for row in rows.values())["technology"] == 12
    assert rows["Bluth Company"]["properties"]["hs_parent_company_id"] == rows["Acme Corporation"]["id"]
    assert rows["Acme Corporation"]["properties"]["hs_parent_company_id"] is None
    assert rows["Acme Corporation"]["properties"]["annualrevenue"] == "1100040000"
    assert sum(row["properties"]["hs_parent_company_id"] is not None for row in rows.values()) == 15


def test_goals_are_families_whose_values_the_portal_works_out(full: httpx.Client, walk: Walk, pipeline: pd.DataFrame):
    """The quarters of 2017 show what the agent and the region won in each, and how many deals, by local close day."""
    names = "hs_kpi_value,hs_group_correlation_uuid,hs_goal_name"
    rows = [row["properties"] for row in walk(full, "/crm/objects/2026-09/goal_targets", limit="100", properties=names)]
    shown = {
        name: [int(row["hs_kpi_value"]) for row in rows if row["hs_goal_name"] == name] for name in {row["hs_goal_name"] for row in rows}
    }
    teams = pd.read_csv(SHIPPED / "sales_teams.csv").set_index("sales_agent").regional_office
    won = pipeline[pipeline.deal_stage == "Won"].assign(quarter=lambda frame: pd.PeriodIndex(frame.close_date, freq="Q"))
    by_agent = {agent: frame.groupby("quarter").close_value for agent, frame in won.groupby("sales_agent")}
    central = won[won.sales_agent.map(teams) == "Central"].groupby("quarter").close_value

    assert shown == {
        "Sales Quota 2017": by_agent["Darcel Schlecht"].sum().astype(int).tolist(),
        "Deals to win 2017": by_agent["Vicki Laflamme"].count().tolist(),
        "Regional Quota 2017": central.sum().astype(int).tolist(),
    }
    assert len({row["hs_group_correlation_uuid"] for row in rows}) == 3


def test_two_portals_are_equal(few: Path):
    """The same data comes out of every build, ids included."""
    one, other = ([list(table) for table in hubspot_app(data=few).state.portal.tables.values()] for _ in range(2))
    assert one == other
