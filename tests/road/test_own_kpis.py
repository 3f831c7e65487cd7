"""Own KPIs end to end: declared in the settings file, and then like all others in every command."""

from pathlib import Path

import pytest

from tests.road.place import Desk

SALES = """id,status,company,owner,amount,currency,created_at,closed_at
1,won,a,ann,1250.5,,2017-02-01,2017-02-03
2,won,a,ann,100,GBP,2017-02-01,2017-02-04
3,lost,b,bob,700,,2017-02-01,2017-02-05
"""
SETTINGS = """timezone = "Europe/London"
goals = [{ kpi = "big_deal_share", period = "2017", target = 0.8 }, { kpi = "big_deals", period = "2017", split = "quarter", target = 4 }]

[files]
company = "Acme Ltd"
currency = "GBP"

[[kpis]]
key = "big_deals"
label = "Big deals"
means = "How many deals of more than 500 were decided."
kind = "count"
table = "deals"
time = "closed"
filter = "home_amount > 500"

[[kpis]]
key = "big_deal_share"
label = "Share of big deals won"
means = "The share of big decided deals that were won."
kind = "share"
table = "deals"
time = "closed"
filter = "home_amount > 500"
numerator = "status == 'won'"
"""


@pytest.fixture
def company(tmp_path: Path) -> Desk:
    """A terminal of a company that has no CRM, with two KPIs of its own."""
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / "users.csv").write_text("id,name\nann,Ann\nbob,Bob\n", encoding="utf-8")
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return Desk(tmp_path, {"CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite", "CRM_KPI_CONFIG": "settings.toml"})


def test_own_kpis_go_the_whole_road(company: Desk):
    """Measured, kept, shown, broken down together, explained, aimed at and on the status page, with figures by hand."""
    company.run("import", "deals", "sales.csv")
    company.run("import", "users", "users.csv")
    company.json("run", "--as-of", "2017-12-31")

    (share,) = company.json("kpis", "--kpi", "big_deal_share", "--period", "2017-02")
    assert [share[name] for name in ("value", "numerator", "denominator", "n", "unit")] == [0.5, 1, 2, 2, "rate"]
    assert {"big_deals", "big_deal_share", "win_rate"} <= {one["kpi"] for one in company.json("kpis")}
    weeks = company.json("kpis", "--kpi", "big_deals", "--by", "owner", "--period", "2017-W05")
    assert {one["by"]["owner"]: one["value"] for one in weeks} == {"Ann": 1, "Bob": 1}

    story = company.json("explain", "big_deal_share", "--period", "2017-02")
    assert story["formula"] == "Of rows of deals where home_amount > 500, those where status == 'won' / all, by the day of closed."
    assert [(record["id"], record["numerator"]) for record in story["records"]] == [("1", 1), ("3", 0)]
    goals = {(one["kpi"], one["period"]["name"]): one for one in company.json("goals", "--all")}
    assert (goals["big_deal_share", "2017"]["actual"], goals["big_deal_share", "2017"]["attainment"]) == (0.5, 0.625)
    assert [goals["big_deals", f"2017-Q{number}"]["actual"] for number in (1, 2, 3, 4)] == [2, 0, 0, 0]
    figures = {one["key"]: one["label"] for one in company.json("status")["figures"]}
    assert figures["big_deal_share"] == "Share of big deals won"


def test_a_wrong_declaration_stops_every_command(company: Desk):
    """Before anything runs, the line is named, with what stands there and what is meant; a key that nobody has is told, too."""
    file = company.folder / "settings.toml"
    file.write_text(SETTINGS.replace("status == 'won'", "status == 'one'"), encoding="utf-8")

    said = company.run("status", code=2)
    assert "settings.toml, line 25: numerator of the KPI 'big_deal_share' compares `status` with 'one', which it never is" in said
    file.write_text(SETTINGS.replace('key = "big_deals"', 'key = "big_dealz"'), encoding="utf-8")
    assert "names the KPI 'big_deals'; did you mean big_dealz?" in company.run("status", code=2)
