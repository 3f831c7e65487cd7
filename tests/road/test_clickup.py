"""The road with ClickUp: from nothing set to numbers on companies, with fields that people make in between, and within the free plan."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from connector.sandbox.clickup import TOKEN, Options, clickup_app
from connector.sandbox.running import running
from tests.road.place import LAST_DAY, Desk

TYPES = {"Number": "number", "Money": "currency", "Date": "date", "Checkbox": "checkbox", "Text": "short_text"}
TO_DO = re.compile(r"custom field '([^']+)' of the type ([\w ()]+) on the lists of companies")


@dataclass(frozen=True)
class Crm:
    """The sandbox ClickUp, seen through its own API with a client that is not ours."""

    url: str
    client: httpx.Client

    def companies(self) -> list[str]:
        """Return the ids of all companies."""
        team = self.client.get("/api/v2/team").json()["teams"][0]["id"]
        spaces = self.client.get(f"/api/v2/team/{team}/space").json()["spaces"]
        lists = [row for space in spaces for row in self.client.get(f"/api/v2/space/{space['id']}/list").json()["lists"]]
        place = next(row["id"] for row in lists if row["name"] == "Companies")
        return [row["id"] for row in self.client.get(f"/api/v2/list/{place}/task").json()["tasks"]]

    def held(self) -> dict[str, object]:
        """Return what our fields hold on all companies, but for the stamp."""
        rows = [row for task in self.companies() for row in self.client.get(f"/api/v2/task/{task}").json()["custom_fields"]]
        ours = {row["id"]: row for row in rows if "[kpi_" in row["name"] and "kpi_updated_at" not in row["name"] and "value" in row}
        return {row["name"]: row["value"] for row in ours.values()}

    def goals(self) -> dict[str, tuple[float, float]]:
        """Return target and progress of every goal, by its name."""
        names = {row["id"]: row["name"] for row in self.client.get("/api/v2/team/512/goal").json()["goals"]}
        shown = self.client.post("/sandbox/targets", json={}).json()
        found = {row["id"]: self.client.get(f"/api/v2/goal/{row['id']}").json()["goal"] for row in ({"id": key} for key in names)}
        return {
            names[key]: (shown[result["id"]]["end"], shown[result["id"]]["current"])
            for key, goal in found.items()
            for result in goal["key_results"]
        }

    def make(self, name: str, kind: str) -> None:
        """Make a field as people do who read what is to do."""
        self.client.post("/sandbox/field", json={"place": "Companies", "name": name, "type": TYPES[kind]}).raise_for_status()

    def sets(self) -> int:
        """Return how many values were set since it was asked last."""
        found = self.client.post("/sandbox/requests", json={"clear": True}).json()
        return sum(count for path, count in found.items() if path.startswith("POST") and "/field/" in path)


@pytest.fixture
def crm(few_deals: Path) -> Iterator[Crm]:
    """A fresh sandbox ClickUp."""
    with (
        running(clickup_app(data=few_deals, options=Options(extras=True, per_minute=100_000))) as url,
        httpx.Client(base_url=url, headers={"Authorization": TOKEN}, timeout=30) as client,
    ):
        yield Crm(url, client)


@pytest.fixture
def desk(crm: Crm, tmp_path: Path) -> Desk:
    """A terminal connected to the ClickUp, with an empty store and no mapping."""
    settings = {
        "CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite",
        "CRM_KPI_CLICKUP__TOKEN": TOKEN,
        "CRM_KPI_CLICKUP__BASE_URL": crm.url,
        "CRM_KPI_TIMEZONE": "America/New_York",
        "CRM_KPI_PUSH_FIELDS": "companies",
    }
    return Desk(tmp_path, settings)


def mapped(desk: Desk) -> Desk:
    """Return a terminal whose admin has copied what `check` proposed."""
    said = desk.run("check", code=5)
    lines = re.findall(r"^  (CRM_KPI_CLICKUP__\w+)=(.*)$", said, flags=re.MULTILINE)
    return Desk(desk.folder, desk.environ | {name: shlex.split(value)[0] for name, value in lines})


def test_numbers_stand_on_fields_that_people_made(crm: Crm, desk: Desk):
    """What `check` proposes is copied, its list of what to make is done, and a run fills companies, the next nothing; undo empties them."""
    admin = mapped(desk)
    assert "fields on companies are still to be made by people, see `crm-kpi check`" in admin.run("run", "--as-of", LAST_DAY)
    to_do = TO_DO.findall(" ".join(admin.run("check").split()))
    assert {name.rpartition("[")[2] for name, _ in to_do} >= {"kpi_lifetime_value]", "kpi_orders]", "kpi_last_order_on]", "kpi_updated_at]"}
    for name, kind in to_do:
        crm.make(name, kind)
    crm.sets()
    admin.run("run", "--as-of", LAST_DAY, "--yes")
    assert crm.sets() > 60
    assert crm.held().keys() >= {"KPI: Lifetime value [kpi_lifetime_value]", "KPI: Last order [kpi_last_order_on]"}
    admin.run("run", "--as-of", LAST_DAY)
    assert crm.sets() == 0
    admin.run("undo", admin.json("status")["runs"][-2]["id"])
    assert crm.held() == {}


def test_the_free_plan_is_not_used_up_by_half_of_a_push(crm: Crm, desk: Desk):
    """On the free plan `check` shows what it takes for ever, and a push that needs more sends nothing at all."""
    crm.client.post("/sandbox/plan", json={"plan": "Free Forever"}).raise_for_status()
    admin = mapped(desk)
    for name, kind in TO_DO.findall(" ".join(admin.run("check").split())):
        crm.make(name, kind)
    crm.sets()
    said = admin.run("run", "--as-of", LAST_DAY, "--yes", code=3)
    assert "takes 60 values of fields in all its life; 0 were used from here" in " ".join(said.split())
    assert crm.sets() == 0


def test_goals_stand_with_their_progress_and_are_found_again(crm: Crm, desk: Desk):
    """A person's goal stands in ClickUp with what was measured; a lost database makes no second one; progress is no matter of undoing."""
    wanted = [{"kpi": "revenue_won", "subject": "owner:Darcel Schlecht", "period": "2017", "target": 90000}]
    more = {"CRM_KPI_PUSH_FIELDS": "", "CRM_KPI_GOALS": json.dumps(wanted)}
    admin = Desk(desk.folder, mapped(desk).environ | more)
    admin.run("run", "--as-of", LAST_DAY, "--yes")
    ((name, (target, actual)),) = crm.goals().items()
    assert (name, target) == ("Revenue won 2017, Darcel Schlecht", 90000)
    assert 0 < actual < 90000
    (desk.folder / "store.sqlite").unlink()
    admin.run("run", "--as-of", "2017-03-31", "--yes")
    ((_, (_, before)),) = crm.goals().items()
    assert before < actual
    admin.run("run", "--as-of", LAST_DAY)
    assert crm.goals() == {name: (target, actual)}
    admin.run("undo", admin.json("status")["runs"][0]["id"])
    assert crm.goals() == {name: (target, actual)}


def test_undo_takes_back_a_goal_that_was_made(crm: Crm, desk: Desk):
    """A goal that a run made goes away again, though somebody took its line out; the copy that people made of it stays."""
    wanted = [{"kpi": "revenue_won", "subject": "owner:Darcel Schlecht", "period": "2017", "target": 90000}]
    more = {"CRM_KPI_PUSH_FIELDS": "", "CRM_KPI_GOALS": json.dumps(wanted)}
    admin = Desk(desk.folder, mapped(desk).environ | more)
    admin.run("run", "--as-of", LAST_DAY, "--yes")
    run = admin.json("status")["runs"][0]["id"]
    made = crm.client.get("/api/v2/team/512/goal").json()["goals"][0]
    body = {"name": "Copy", "due_date": int(made["due_date"]), "color": "#000000", "add_owners": [], "rem_owners": []}
    copy = {**body, "description": made["description"], "owners": [], "multiple_owners": True}
    crm.client.post("/api/v2/team/512/goal", json=copy).raise_for_status()
    crm.client.put(f"/api/v2/goal/{made['id']}", json={**body, "name": "Ours", "description": ""}).raise_for_status()
    said = " ".join(admin.run("undo", run).split())
    assert [row["name"] for row in crm.client.get("/api/v2/team/512/goal").json()["goals"]] == ["Copy"]
    assert "Took back 1 of 1 values" in said
