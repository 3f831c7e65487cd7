"""The road end to end: the real command, in a process of its own, against a sandbox CRM over a real socket."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.adapters.boxes import NO_TLS
from tests.road.warm import WARM

MAVEN = Path(__file__).parents[2] / "connector" / "sandbox" / "data" / "maven"
EVERY = 40
"""Every so many rows of the real pipeline make the small CRM of these tests: 220 deals."""
LAST_DAY = "2017-12-31"
TOKEN = "pat-na1-sandbox"
OBJECTS = ("deals", "companies", "users")


@dataclass(frozen=True)
class Crm:
    """The sandbox CRM, seen through its own API with a client that is not ours."""

    url: str
    client: httpx.Client

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        """Return what a GET answers."""
        return dict(self._answer("GET", path, params=params).json())

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a JSON body and return the answer."""
        answer = self._answer(method, path, json=body)
        return dict(answer.json()) if answer.content else {}

    def records(self, kind: str, *properties: str) -> list[dict[str, Any]]:
        """Return every record of a kind."""
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = self.get(f"/crm/v3/objects/{kind}", limit=100, properties=",".join(properties), **after)
            found += page["results"]
            if "paging" not in page:
                return found
            after = {"after": page["paging"]["next"]["after"]}

    def names(self, kind: str) -> list[str]:
        """Return the names of our properties on a kind of record."""
        return sorted(row["name"] for row in self.get(f"/crm/v3/properties/{kind}")["results"] if row["name"].startswith("kpi_"))

    def fields(self) -> dict[tuple[str, str, str], str]:
        """Return everything that our properties hold, but for the stamps."""
        held = {}
        for kind in OBJECTS:
            names = [name for name in self.names(kind) if name != "kpi_updated_at"]
            for row in self.records(kind, *names) if names else []:
                held |= {(kind, row["id"], name): row["properties"][name] for name in names if row["properties"].get(name)}
        return held

    def goals(self) -> dict[tuple[str, str], str]:
        """Return every goal row's target by name and start."""
        names = ("hs_goal_name", "hs_start_datetime", "hs_target_amount")
        rows = (row["properties"] for row in self.records("goal_targets", *names))
        return {(row["hs_goal_name"], row["hs_start_datetime"]): row["hs_target_amount"] for row in rows}

    def writes(self) -> dict[str, int]:
        """Return the write requests since the counts were cleared."""
        return dict(self.get("/sandbox/requests")["write_requests"])

    def forget(self) -> None:
        """Clear the counts."""
        self.client.delete("/sandbox/requests").raise_for_status()

    def _answer(self, method: str, path: str, **what: Any) -> httpx.Response:  # noqa: ANN401 - what httpx takes
        # The onlooker shares the CRM's limits with the connector, which takes all that they allow; it waits its turn.
        for _ in range(30):
            answer = self.client.request(method, path, **what)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer


@dataclass
class Desk:
    """A person at a terminal: settings in the environment, one folder, and the `crm-kpi` command."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command as a person does, from nothing, and leave it running."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(self._line(words), env=self._environ(), cwd=self.folder, text=True, **pipes)  # type: ignore[call-overload,no-any-return]

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command to its end, expect this exit code, and return what it printed; errors come last."""
        found, out, errors = WARM.run(words, self._environ(), self.folder)
        assert found == code, f"crm-kpi {' '.join(words)} ended with {found}, not {code}:\n{out}{errors}"
        return out + errors

    def json(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        """Run a command that prints JSON."""
        code, out, errors = WARM.run((*words, "--json"), self._environ(), self.folder)
        assert code == 0, out + errors
        return json.loads(out)

    def _line(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "connector", *words]

    def _environ(self) -> dict[str, str]:
        # Compiled modules are kept, or every command would compile the whole package anew.
        aside = ("CRM_KPI_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(aside)}
        return kept | self.environ


def client(url: str) -> httpx.Client:
    """Return a plain HTTP client that may use the CRM."""
    return httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=30, verify=NO_TLS)


def settings(url: str, folder: Path) -> dict[str, str]:
    """Return the environment of an admin who connected this CRM."""
    goal = {"kpi": "revenue_won", "subject": "owner:Darcel Schlecht", "period": "2018", "split": "quarter", "target": 100000}
    return {
        "CRM_KPI_DATABASE_URL": f"sqlite:///{folder}/store.sqlite",
        "CRM_KPI_HUBSPOT__TOKEN": TOKEN,
        "CRM_KPI_HUBSPOT__BASE_URL": url,
        "CRM_KPI_HUBSPOT__HEADROOM": "0",
        "CRM_KPI_HUBSPOT__HORIZON_SECONDS": "0",
        "CRM_KPI_PUSH_FIELDS": "deals,companies,users",
        "CRM_KPI_GOALS": json.dumps([goal]),
        "CRM_KPI_LISTEN": "127.0.0.1:0",
    }
