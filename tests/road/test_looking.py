"""kpis, explain and status show what was measured, the same to people and to programs."""

import json
from pathlib import Path

import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.road.place import LAST_DAY, Desk, settings


@pytest.fixture(scope="module")
def measured(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A terminal whose account was measured once; its CRM is gone by then, because looking needs none."""
    folder = tmp_path_factory.mktemp("looking")
    with running(hubspot_app(data=small_data)) as url:
        desk = Desk(folder, settings(url, folder))
        desk.run("run", "--as-of", LAST_DAY, "--yes")
    return desk


def test_a_value_carries_its_evidence(measured: Desk):
    """Each JSON object says what was measured, of whom, when, from what, and how sure it is."""
    (found,) = measured.json("kpis", "--kpi", "win_rate", "--period", "2017-Q4")

    assert list(found) == [
        "kpi", "subject", "by", "period", "value", "numerator", "denominator", "n", "unit", "as_of", "low_confidence",
        "marks", "doubted", "interval",
    ]  # fmt: skip
    assert found["subject"]["type"] == "account"
    assert found["by"] == {}
    assert found["period"] == {"name": "2017-Q4", "start": "2017-10-01", "end": "2018-01-01"}
    assert found["as_of"] == "2018-01-01T05:00:00Z"
    assert found["value"] == pytest.approx(found["numerator"] / found["denominator"])
    assert found["n"] == found["denominator"]
    low, high = found["interval"]
    assert 0 < low < found["value"] < high < 1
    assert (found["low_confidence"], found["marks"], found["doubted"]) == (False, [], 0)


def test_a_breakdown_names_its_members(measured: Desk):
    """By owner, every object names the owner, and the owners' counts add up to the whole."""
    (whole,) = measured.json("kpis", "--kpi", "deals_won", "--period", "2017")
    parts = measured.json("kpis", "--kpi", "deals_won", "--by", "owner", "--period", "2017")

    assert sum(part["value"] for part in parts) == whole["value"]
    assert all(part["by"]["owner"] == part["subject"]["name"] for part in parts)
    assert {part["subject"]["type"] for part in parts} == {"owner"}


def test_without_choices_every_kpi_is_shown_for_all_time(measured: Desk):
    """Plain `kpis` is the whole catalogue, once each, account-wide."""
    found = measured.json("kpis")

    keys = [value["kpi"] for value in found]
    assert len(keys) == len(set(keys)) >= 35
    assert {value["period"]["name"] for value in found} == {"all"}


def test_combinations_are_computed_on_demand(measured: Desk):
    """Two breakdowns at once, and periods that are not kept, come from the engine and agree with the kept ones."""
    pairs = measured.json("kpis", "--kpi", "revenue_won", "--by", "owner,product", "--period", "2017-Q3")
    (whole,) = measured.json("kpis", "--kpi", "revenue_won", "--period", "2017-Q3")
    days = measured.json("kpis", "--kpi", "revenue_won", "--period", "2017-W35")

    assert sum(pair["value"] for pair in pairs) == whole["value"]
    assert set(pairs[0]["by"]) == {"owner", "product"}
    assert len(days) == 1


def test_an_explanation_can_be_added_up_by_hand(measured: Desk):
    """The records that explain a value add up to its numerator, and their number is its n."""
    found = measured.json("explain", "revenue_won", "--period", "2017-Q4")

    assert sum(float(record["numerator"]) for record in found["records"]) == found["value"]
    assert len(found["records"]) == found["n"]
    assert found["formula"]


def test_each_part_of_a_value_has_a_table(measured: Desk):
    """Open deals, decided ones, their money and their days stand apart, each with its own columns and sums, and no needless zeros."""
    said = measured.run("explain", "sales_velocity", "--period", "2017-Q4", "--limit", "3")

    assert said.count("Records (3 of ") == 4
    assert said.count("│ all ") == 4
    assert "`--limit 0` lists all of them." in said
    assert "close_days" in said
    assert "decided" in said
    assert ".0000" not in said


def test_a_label_is_as_good_as_a_key(measured: Desk):
    """What the tables call a KPI can be asked for as well."""
    assert measured.json("explain", "Win rate", "--period", "2017-Q4")["kpi"] == "win_rate"


def test_a_value_of_the_past_can_be_explained(measured: Desk):
    """As of the middle of a quarter, only what was won until then is counted, and listed."""
    whole = measured.json("explain", "revenue_won", "--period", "2017-Q3")
    half = measured.json("explain", "revenue_won", "--period", "2017-Q3", "--as-of", "2017-08-15")

    assert 0 < half["value"] < whole["value"]
    assert half["as_of"].startswith("2017-08-16T0")
    assert {record["id"] for record in half["records"]} < {record["id"] for record in whole["records"]}


def test_people_read_the_same_numbers(measured: Desk):
    """The table shows what the JSON says, in the unit's own form."""
    (found,) = measured.json("kpis", "--kpi", "win_rate", "--period", "2017-Q4")

    assert f"{found['value']:.1%}" in measured.run("kpis", "--kpi", "win_rate", "--period", "2017-Q4")


def test_goals_are_judged_by_what_was_measured(measured: Desk, tmp_path: Path):
    """A year that is over is met or missed, by its own KPI and by a large goal's key results; people read the same as programs."""
    won, lost = (measured.json("kpis", "--kpi", kpi, "--period", "2017")[0]["value"] for kpi in ("revenue_won", "deals_lost"))
    results = [{"kpi": "revenue_won", "target": won * 2, "weight": 3}, {"kpi": "deals_lost", "target": lost}]
    goals = [
        {
            "kpi": "deals_won",
            "period": "2017",
            "target": 1,
            "split": "quarter",
            "milestones": [{"by": "2017-Q1", "target": 1, "name": "first"}],
        },
        {"kpi": "revenue_won", "subject": "owner:Darcel Schlecht", "period": "2017-Q4", "more_than": {"by": 0.2}},
        {"name": "Grow", "period": "2017", "key_results": results},
    ]
    desk = Desk(tmp_path, {**measured.environ, "CRM_KPI_GOALS": json.dumps(goals)})
    found = {(one["goal"], one["period"]["name"]): one for one in desk.json("goals") if one["origin"] == "settings"}
    every = desk.json("goals", "--all")

    assert set(found) == {("Grow", "2017"), ("Deals won", "2017"), ("Deals won", "2017-Q4"), ("Revenue won", "2017-Q4")}
    assert len([one for one in every if one["origin"] == "settings"]) == 7
    assert {one["status"] for one in every if one["origin"] == "crm"} == {"missed"}
    assert (found["Grow", "2017"]["status"], found["Grow", "2017"]["attainment"]) == ("missed", pytest.approx((3 * 0.5 + 1) / 4))
    assert [one["status"] for one in found["Grow", "2017"]["key_results"]] == ["missed", "met"]
    assert found["Deals won", "2017"]["days_left"] == 0
    grown = found["Revenue won", "2017-Q4"]
    assert grown["target"] == pytest.approx(grown["baseline"] * 1.2, abs=0.01)
    text = desk.run("goals")
    assert "Darcel Schlecht" in text
    assert "62.5%" in text
    assert "by 2017-Q1" in text


def test_status_tells_the_last_runs(measured: Desk):
    """What ran, how it ended, how many calls it made and what is kept."""
    found = measured.json("status")

    assert [(run["kind"], run["status"]) for run in found["runs"]] == [("run", "done")]
    assert found["runs"][0]["calls"] > 10
    assert {stream["name"]: stream["records"] for stream in found["streams"]}["deals"] == 220
    assert "Health: ok" in measured.run("status")


def test_what_is_wrong_with_the_records_leads_into_the_crm(measured: Desk):
    """The real open deals lack companies and dates, not owners; each overdue one is listed with its owner and its page."""
    found = {one["rule"]: one for one in measured.json("quality")}
    overdue = found["overdue_close_date"]
    (counted,) = measured.json("kpis", "--kpi", "data_faults")

    assert sum(one["count"] for one in found.values()) == counted["value"]
    assert overdue["count"] == len(overdue["records"]) > 0
    assert all(one["link"] == f"https://app.hubspot.com/contacts/20171231/record/0-3/{one['id']}" for one in overdue["records"])
    assert all(one["owner"] for one in overdue["records"])
    assert {one["unjudged"] for one in found.values()} == {None}
    assert "Close it, or set the day that is expected now." in measured.run("quality", "--rule", "overdue_close_date", "--limit", "1")
