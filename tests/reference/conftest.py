"""The demo's CRM, pulled once by the product and asked once by the reference."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from connector.adapters.hubspot import HubSpot
from connector.app import App
from connector.engine import Cache, measure
from connector.kpis import KPIS, Need
from connector.model import Entity, FieldValue, KpiValue, Stream, Target
from connector.period import Calendar
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from connector.steps import check, open_cache, policies, pull, readiness, recorded

from .exports import SETS
from .facts import LAST_DAY, Told, deals_of
from .importing import Exported, imported, place_of
from .loyal import CHURN_DAYS
from .told import TOKEN, ask

CALENDAR = Calendar(ZoneInfo("America/New_York"))
MIDSUMMER = date(2017, 6, 30)
TARGETS = {
    ("account", "", "2017-Q4"): 3_000_000,
    ("account", "", "2018-Q1"): 2_500_000,
    ("account", "", "2018"): 9_000_000,
    ("owner", "Darcel Schlecht", "2018-Q1"): 300_000,
    ("owner", "Darcel Schlecht", "2017-Q4"): 1,
    ("team", "Melvin Marxen", "2018-Q1"): 600_000,
    ("team", "West", "2018-01"): 200_000,
}
"""Targets for the revenue won: one of them is long met."""


@dataclass
class Road:
    """What the product made of the demo's CRM: all values and fields it measured, by as-of day."""

    told: Told
    folder: Path
    ready: Mapping[Stream, str | None] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    measured: dict[date, tuple[KpiValue, ...]] = field(default_factory=dict)
    fields: dict[date, tuple[FieldValue, ...]] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """Where the pulled records are."""
        return f"sqlite:///{self.folder / 'store.sqlite'}"

    @contextmanager
    def cache(self) -> Iterator[Cache]:
        """Open a cache of its own for questions on demand."""
        with Cache.open(self.folder / "questions.duckdb", store_url=self.store, account="default") as cache:
            cache.refresh()
            yield cache


async def _go(road: Road, url: str, days: tuple[date, ...]) -> None:
    environ = {
        "CRM_KPI_DATABASE_URL": road.store,
        "CRM_KPI_HUBSPOT__TOKEN": TOKEN,
        "CRM_KPI_HUBSPOT__BASE_URL": url,
    }
    app = App.start(environ)
    try:
        async with app.work(None) as work, recorded(work, "run") as (lease, run):
            await check(work, lease)
            await pull(work, lease, run)
            road.ready = await readiness(work, run)
            names = {kind: work.store.records.members(work.account, entity) for kind, entity in _SUBJECTS.items()}
            road.targets = tuple(_target(names, *key, target) for key, target in TARGETS.items())
            with open_cache(work) as cache:
                for day in days:
                    found = measure(
                        cache,
                        calendar=CALENDAR,
                        as_of=CALENDAR.end_of(day),
                        policies=policies(work, await work.bound()),
                        targets=road.targets,
                        ready=road.ready,
                    )
                    lacking = [KPIS[key] for key in found.unavailable if key in KPIS]
                    assert not any(set(kpi.reads) <= set(HubSpot.streams) and not {*kpi.needs} - {Need.SILENCE} for kpi in lacking)
                    road.measured[day] = found.values  # noqa: PD011 - of a measurement, not of a frame
                    road.fields[day] = found.fields
    finally:
        app.close()


_SUBJECTS = {"owner": Entity.USERS, "team": Entity.TEAMS}


def _target(names: Mapping[str, Mapping[str, str]], *what: str | int) -> Target:
    kind, name, period, target = what
    subject = next((key for key, label in names.get(str(kind), {}).items() if label == name), "")
    assert subject or kind == "account", f"nobody is called {name}"
    return Target("revenue_won", str(kind), subject, CALENDAR.parse(str(period)), Decimal(target))


@pytest.fixture(scope="session")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The road from the demo's CRM to the measured values, gone once."""
    with running(hubspot_app(burst=100_000)) as url:
        gone = Road(ask(url), tmp_path_factory.mktemp("road"))
        asyncio.run(_go(gone, url, (LAST_DAY, MIDSUMMER)))
        yield gone


@pytest.fixture(scope="session")
def deals(road: Road) -> pd.DataFrame:
    """The opportunities of the files, with what the CRM tells beside them."""
    return deals_of(road.told)


@pytest.fixture(scope="session", params=["extract", "whole"])
def retail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The wholesaler's invoices as orders; whoever orders nothing for ninety days is lost."""
    place = place_of("online_retail.csv", request.param)
    return imported(tmp_path_factory.mktemp("retail"), SETS["retail"], place, "2011-12-31", churn_days=str(CHURN_DAYS))


@pytest.fixture(scope="session", params=["extract", "whole"])
def incidents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The service desk's incidents as tickets; nobody knows their zone, and some of their times are skipped by London's clocks."""
    place = place_of("uci_incidents.csv", request.param)
    return imported(tmp_path_factory.mktemp("incidents"), SETS["incidents"], place, "2017-12-31", timezone="UTC")


@pytest.fixture(scope="session", params=["extract", "whole"])
def telco(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The telephone company's customers as contracts."""
    place = place_of("telco_churn.csv", request.param)
    return imported(tmp_path_factory.mktemp("telco"), SETS["telco"], place, "2018-12-31", churn_policy="contracts")
