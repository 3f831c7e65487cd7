"""import end to end: a company without a CRM, its files, and the real command."""

from pathlib import Path

import pytest

from tests.road.place import Desk

SALES = """id;status;company;owner;amount;currency;created_at;closed_at
1;won;a;ann;1250,50;;01.02.2017;03.02.2017 14:30
2;won;a;ann;100;GBP;01.02.2017;04.02.2017
3;lost;b;bob;7;;01.02.2017;05.02.2017
4;lost;b;bob;seven;;01.02.2017;05.02.2017
"""


@pytest.fixture
def company(tmp_path: Path) -> Desk:
    """A terminal of a company that has no CRM, with its sales in a file."""
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    return Desk(
        tmp_path,
        {
            "CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite",
            "CRM_KPI_FILES__COMPANY": "Acme Ltd",
            "CRM_KPI_FILES__CURRENCY": "GBP",
            "CRM_KPI_TIMEZONE": "Europe/London",
        },
    )


def test_a_company_without_a_crm_measures_its_export(company: Desk):
    """Import a file, run, look: figures by hand, what was not imported is unavailable with the command that brings it."""
    taken = company.json("import", "deals", "sales.csv", "--day-first", "--decimal-comma")
    assert {name: taken[name] for name in ("taken", "changed", "unchanged", "refused", "removed")} == {
        "taken": 3,
        "changed": 3,
        "unchanged": 0,
        "refused": 1,
        "removed": 0,
    }
    assert taken["faults"] == [{"line": 5, "column": "amount", "value": "seven", "reason": "it is not a number such as 1250,50"}]

    done = company.json("run", "--as-of", "2017-12-31")
    assert done["stopped"] is None
    missing = done["measure"]["unavailable"]
    assert missing["by segment"] == "files has no companies; `crm-kpi import companies` brings them."
    assert not {"win_rate", "by pipeline", "pipeline_value"} & set(missing)
    unstaged = "Nothing tells when deals entered and left their stages; `crm-kpi import stage_changes` brings it"
    assert missing["stage_duration"] == f"{unstaged}."
    assert missing["stalled_deals"] == f"{unstaged}, CRM_KPI_STALLED_DAYS goes by activities instead."

    found = {one["kpi"]: one["value"] for one in company.json("kpis", "--period", "2017-02")}
    assert found["revenue_won"] == 1350.5
    assert found["win_rate"] == pytest.approx(2 / 3)
    assert found["repeat_purchases"] == 1
    story = company.json("explain", "revenue_won", "--period", "2017-02")
    assert [record["id"] for record in story["records"]] == ["1", "2"]


def test_what_lacks_is_named_and_no_number(company: Desk):
    """What reads a table that nobody brought has no value to explain or to break down, but the command that brings it."""
    company.run("import", "deals", "sales.csv", "--day-first", "--decimal-comma")
    company.json("run", "--as-of", "2017-12-31")

    lacks = "is not available: files has no contacts; `crm-kpi import contacts` brings them."
    assert f"lead_conversion_rate {lacks}" in company.run("explain", "lead_conversion_rate", code=2)
    assert f"lead_conversion_rate {lacks}" in company.run("kpis", "--kpi", "lead_conversion_rate", "--by", "owner,source")
    assert "by segment is not available: files has no companies" in company.run("kpis", "--kpi", "win_rate", "--by", "pipeline,segment")
    weeks = {one["kpi"] for one in company.json("kpis", "--by", "pipeline", "--period", "2017-W05")}
    assert "win_rate" in weeks
    assert "lead_conversion_rate" not in weeks


def test_people_read_what_became_of_their_file(company: Desk):
    """The summary, the refused row with its reason, and the file among what is kept."""
    said = company.run("import", "deals", "sales.csv", "--day-first", "--decimal-comma", "--dry-run")
    assert "Would take 3 rows of sales.csv as deals (sales): 3 new or changed, 0 unchanged; 1 refused, 0 removed." in said
    assert "seven" in said
    assert "it is not a number such as 1250,50" in said
    company.run("import", "deals", "sales.csv", "--day-first", "--decimal-comma", "--name", "Sales 2017")
    status = company.json("status")
    assert [(line["name"], line["records"]) for line in status["streams"]] == [("deals, import Sales 2017", 3)]
    assert [(run["kind"], run["status"]) for run in status["runs"]] == [("import", "done")]


def test_what_cannot_be_read_ends_with_code_2(company: Desk):
    """An unknown table, a missing file and a wrong header are errors of the command, and name what is allowed."""
    assert "did you mean deals?" in company.run("import", "dealz", "sales.csv", code=2)
    assert "other.csv cannot be read" in company.run("import", "deals", "other.csv", code=2)
    assert "'status' is not a column" in company.run("import", "tickets", "sales.csv", code=2)
    assert company.run("import", "--template", "costs").startswith("id,day,category,amount,")


def test_an_account_without_a_crm_is_told_of_no_writing(company: Desk):
    """Nothing waits for a first push where nothing can be written, and `check` tells what to import rather than what the CRM lacks."""
    company.run("import", "deals", "sales.csv", "--day-first", "--decimal-comma")
    said = " ".join(company.run("check").split())
    assert "There is no CRM: `crm-kpi import` brings records" in said
    assert "Without companies not available (files has no companies; `crm-kpi import companies` brings them)" in said
    assert "Without pipelines" not in said
    assert "push" not in " ".join(company.run("status").split())


def test_undo_names_only_runs_that_wrote(company: Desk):
    """A push of nothing has nothing to take back."""
    company.run("import", "deals", "sales.csv", "--day-first", "--decimal-comma")
    company.run("run", "--as-of", "2017-12-31")
    assert "runs that did: none yet" in company.run("undo", "r1", code=2)


def test_what_lacks_for_one_reason_is_told_in_one_line(company: Desk):
    """Sixty KPIs that are not available are no sixty lines, and nobody who asks for one deal's fields is told of them."""
    company.run("import", "deals", "sales.csv", "--day-first", "--decimal-comma")
    assert "Pulled" not in company.run("run", "--as-of", "2017-12-31")
    assert "Not available" not in company.run("measure", "--records", "deals:1", "--as-of", "2017-12-31")
    said = [line for line in company.run("kpis").splitlines() if "not available: " in line]
    assert len(said) == len({line.partition("not available: ")[2] for line in said})
    (unstaged,) = (line for line in said if "Nothing tells when deals" in line and "DAYS" not in line)
    assert "stage_conversion_rate, stage_duration, " in unstaged
