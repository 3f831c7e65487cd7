"""The road with Nutshell: numbers on companies and on the board record, and taken back again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from connector.sandbox.nutshell import KEY, USER, nutshell_app
from connector.sandbox.running import running
from tests.road.place import LAST_DAY, Desk

BOARD = "3-accounts"


@dataclass(frozen=True)
class Crm:
    """The sandbox Nutshell, seen through its own API with a client that is not ours."""

    url: str
    client: httpx.Client

    def held(self, company: str) -> dict[str, str]:
        """Return what our fields hold on a company, by their names, but for the stamp."""
        rows = self.client.get(f"/rest/accounts/{company}/customfields").json()["customFields"]
        names = {row["title"].rpartition("[")[2].rstrip("]"): row["value"] for row in rows}
        return {name: value for name, value in names.items() if value is not None and name != "kpi_updated_at"}

    def patches(self) -> int:
        """Return how many patches came since it was asked last."""
        found = self.client.post("/sandbox/requests", json={"clear": True}).json()
        return sum(count for path, count in found.items() if path.startswith("PATCH"))


@pytest.fixture
def crm(small_data: Path) -> Iterator[Crm]:
    """A fresh sandbox Nutshell."""
    with running(nutshell_app(data=small_data)) as url, httpx.Client(base_url=url, auth=(USER, KEY), timeout=30) as client:
        yield Crm(url, client)


def settings(url: str, folder: Path) -> dict[str, str]:
    """Return the environment of an admin who connected this Nutshell."""
    goals = [{"kpi": "revenue_won", "subject": "account", "period": "2017", "split": "quarter", "target": 10_000_000}]
    return {
        "CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite",
        "CRM_KPI_NUTSHELL__USER": USER,
        "CRM_KPI_NUTSHELL__API_KEY": KEY,
        "CRM_KPI_NUTSHELL__BASE_URL": url,
        "CRM_KPI_NUTSHELL__REQUESTS_PER_SECOND": "1000",
        "CRM_KPI_TIMEZONE": "America/New_York",
        "CRM_KPI_PUSH_FIELDS": "companies",
        "CRM_KPI_BOARD_RECORD": f"companies:{BOARD}",
        "CRM_KPI_GOALS": json.dumps(goals),
    }


@pytest.fixture
def desk(crm: Crm, tmp_path: Path) -> Desk:
    """A terminal connected to the Nutshell, with an empty store."""
    return Desk(tmp_path, settings(crm.url, tmp_path))


def test_numbers_and_goals_stand_on_records_and_are_taken_back(crm: Crm, desk: Desk):
    """A run fills companies and the board record, a second one sends nothing, and an undo empties what the first one filled."""
    desk.run("run", "--as-of", LAST_DAY, "--yes")
    board, other = crm.held(BOARD), crm.held("7-accounts")
    assert crm.patches() > 80

    desk.run("run", "--as-of", LAST_DAY)
    assert crm.patches() == 0

    assert "kpi_lifetime_value" in other
    lines = next(value for name, value in board.items() if name.endswith("goals"))
    assert "target 2,500,000, actual " in lines
    assert "attainment " in lines
    desk.run("undo", desk.json("status")["runs"][-1]["id"])
    assert crm.held(BOARD) == crm.held("7-accounts") == {}


def test_a_write_test_says_which_form_of_path_was_taken(crm: Crm, desk: Desk):
    """Checking with a write proves the field on one company, names the form for the settings, and leaves the field as it was."""
    said = desk.run("check", "--write-test", "companies:7-accounts")

    assert "took the path form `members`" in said
    assert crm.held("7-accounts") == {}
