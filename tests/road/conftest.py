"""A small sandbox CRM, fresh for each test, and a terminal that is connected to it."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.road.place import EVERY, MAVEN, Crm, Desk, client, settings


def _thinned(folder: Path, every: int) -> Path:
    """Copy the real files with some of their deals."""
    for name in ("accounts", "products", "sales_teams"):
        (folder / f"{name}.csv").write_bytes((MAVEN / f"{name}.csv").read_bytes())
    with (MAVEN / "sales_pipeline.csv").open(newline="", encoding="utf-8") as source:
        rows = list(csv.reader(source))
    with (folder / "sales_pipeline.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([rows[0], *rows[1::every]])
    return folder


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files, with every fortieth deal."""
    return _thinned(tmp_path_factory.mktemp("data"), EVERY)


@pytest.fixture(scope="session")
def few_deals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files, with every eightieth deal: enough for everything that one pipeline holds."""
    return _thinned(tmp_path_factory.mktemp("few"), 2 * EVERY)


@pytest.fixture
def crm(small_data: Path) -> Iterator[Crm]:
    """A fresh sandbox CRM."""
    with running(hubspot_app(data=small_data)) as url, client(url) as http:
        yield Crm(url, http)


@pytest.fixture
def desk(crm: Crm, tmp_path: Path) -> Desk:
    """A terminal connected to the CRM, with an empty store."""
    return Desk(tmp_path, settings(crm.url, tmp_path))
