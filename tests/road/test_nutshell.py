"""The road with Nutshell: numbers on companies and on the board record, and taken back again."""

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from connector.sandbox.nutshell import KEY, USER, nutshell_app
from connector.sandbox.running import running
from tests.road.place import LAST_DAY, Desk
from tests.road.test_webhooks import wait_until

BOARD = "3-accounts"
SECRET = "a-long-random-word-for-deliveries"


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

    def told(self) -> list[int]:
        """Return how deliveries were answered since their address was set."""
        return list(self.client.post("/sandbox/hook", json={}).json()["told"])

    def edit(self, lead: str, amount: str) -> None:
        """Change what a lead is worth."""
        body = json.dumps([{"op": "replace", "path": "/leads/0/manualValue", "value": amount}])
        media = {"content-type": "application/json-patch+json"}
        self.client.patch(f"/rest/leads/{lead}", content=body, headers=media).raise_for_status()


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


@pytest.fixture
def hooks(desk: Desk) -> Iterator[str]:
    """Serve an account whose first push was let through, and yield the address for deliveries, without the secret."""
    desk.environ |= {"CRM_KPI_NUTSHELL__HOOK_SECRET": SECRET, "CRM_KPI_SCHEDULE": "daily", "CRM_KPI_LISTEN": "127.0.0.1:0"}
    desk.run("run", "--yes")
    process = desk.start("serve")
    assert process.stdout is not None
    yield f"{process.stdout.readline().split()[-1].rstrip('.')}/hooks/nutshell"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_a_delivery_brings_its_lead_and_the_company(crm: Crm, desk: Desk, hooks: str):
    """A lead that a person wins counts on its company at once, where the address holds the secret; without it nothing is taken."""
    rows = crm.client.get("/rest/leads", params={"page[limit]": 1000}).json()["leads"]
    lead = next(row for row in rows if row["status"] == "open" and row["links"]["accounts"])
    company = lead["links"]["accounts"][0]
    won = next(row["id"] for row in crm.client.get("/rest/outcomes").json()["outcomes"] if row["status"] == "won")
    before = int(crm.held(company)["kpi_orders"])

    crm.client.post("/sandbox/hook", json={"url": f"{hooks}/guessed"})
    crm.client.post(f"/rest/leads/{lead['id']}/status", json={"outcomeId": won}).raise_for_status()
    wait_until(lambda: crm.told() == [401])
    crm.client.post("/sandbox/hook", json={"url": f"{hooks}/{SECRET}"})
    crm.edit(lead["id"], "777")
    wait_until(lambda: crm.held(company).get("kpi_orders") == str(before + 1))

    wait_until(lambda: {run["status"] for run in desk.json("status")["runs"] if run["kind"] == "records"} == {"done"})
    assert {*crm.told()} == {204}
