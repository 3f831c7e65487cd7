"""Times a change as a rep sees it: from the stage that a person moves a deal to in the CRM until the deal's own KPI fields show it."""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.push import crm
from connector.cli.demo import TOKEN
from connector.cli.words import say

SECRET = "secret-of-the-app"  # noqa: S105 - of a sandbox
OBJECTS = "/crm/objects/2026-09"
WATCHED = "kpi_updated_at"
STAGES = {"prospecting": "engaging", "engaging": "closedwon"}
PATIENCE = 60.0
_Environ = Mapping[str, str]


def command(environ: _Environ, *words: str) -> None:
    """Run a command of ours to its end."""
    subprocess.run([sys.executable, "-m", "connector", *words], env=dict(environ), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours


@contextmanager
def serving(environ: _Environ) -> Iterator[str]:
    """Serve, and yield the address once the run that is due at the start is done."""
    line = [sys.executable, "-m", "connector", "serve"]
    with subprocess.Popen(line, env=dict(environ), stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1].rstrip(".")
            wait_for_health(url)
            yield url
        finally:
            process.terminate()


def wait_for_health(url: str) -> None:
    """Wait until the service has gone the road by itself once."""
    while True:
        accounts = httpx.get(f"{url}/health", timeout=PATIENCE).json()["accounts"]
        if accounts["default"]["status"] == "ok" and has_served(url):
            return
        time.sleep(1)


def has_served(url: str) -> bool:
    """Whether no run is in hand."""
    return "running" not in httpx.get(url, timeout=PATIENCE).text


def open_deals(people: httpx.Client, number: int) -> Iterator[tuple[str, str]]:
    """Yield random open deals with the stage to move them to."""
    found: list[tuple[str, str]] = []
    after: dict[str, str] = {}
    while True:
        page = people.get(f"{OBJECTS}/deals", params={"limit": 100, "properties": "dealstage", **after}).json()
        found += [(row["id"], stage) for row in page["results"] if (stage := STAGES.get(row["properties"]["dealstage"]))]
        if "paging" not in page:
            break
        after = {"after": page["paging"]["next"]["after"]}
    yield from random.Random(1).sample(found, number)  # noqa: S311 - no secret


def held(people: httpx.Client, deal: str) -> dict[str, Any]:
    """Return what the deal shows."""
    answer = people.get(f"{OBJECTS}/deals/{deal}", params={"properties": f"{WATCHED},kpi_stage_entered_on,dealstage"})
    return dict(answer.json()["properties"])


def seconds_until_shown(people: httpx.Client, deal: str, stage: str) -> float:
    """Move a deal and return how long it took until its fields changed."""
    before = held(people, deal)[WATCHED]
    began = time.perf_counter()
    people.patch(f"{OBJECTS}/deals/{deal}", json={"properties": {"dealstage": stage}}).raise_for_status()
    while held(people, deal)[WATCHED] == before:
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"Deal {deal} shows nothing new after {PATIENCE:.0f} s.")
        time.sleep(0.05)
    return time.perf_counter() - began


def measure(url: str, events: int, environ: _Environ) -> list[float]:
    """Load everything, serve, and time so many changes, one after the other with pauses as people make them."""
    began = time.perf_counter()
    command(environ, "run", "--yes")
    say(f"The first whole run took {time.perf_counter() - began:,.0f} s.")
    pauses = random.Random(2)  # noqa: S311 - no secret
    with serving(environ) as ours, httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=30) as people:
        people.post("/sandbox/webhooks", json={"url": f"{ours}/hooks/hubspot", "secret": SECRET, "doubles": True}).raise_for_status()
        took = []
        for deal, stage in open_deals(people, events):
            time.sleep(pauses.uniform(0, 1.5))
            took.append(seconds_until_shown(people, deal, stage))
    return took


def main() -> None:
    """Time it against a fresh sandbox."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=50_000)
    parser.add_argument("--contacts", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, crm(asked.deals, 1_000_000, asked.contacts) as url:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CRM_KPI_")} | {
            "CRM_KPI_DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite'}",
            "CRM_KPI_HUBSPOT__TOKEN": TOKEN,
            "CRM_KPI_HUBSPOT__CLIENT_SECRET": SECRET,
            "CRM_KPI_HUBSPOT__BASE_URL": url,
            "CRM_KPI_HUBSPOT__HEADROOM": "0",
            "CRM_KPI_PUSH_FIELDS": "deals,companies,users",
            "CRM_KPI_SCHEDULE": "daily",
            "CRM_KPI_LISTEN": "127.0.0.1:0",
        }
        took = sorted(measure(url, asked.events, environ))
    p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
    median = statistics.median(took)
    say(f"{asked.events} changes among {asked.deals:,} deals and {asked.contacts:,} contacts:")
    say(f"median {median:.1f} s, p95 {p95:.1f} s, worst {took[-1]:.1f} s.")


if __name__ == "__main__":
    main()
