"""A small Nutshell in a box, with every fortieth of the real deals."""

import csv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connector.sandbox.maven import SHIPPED
from connector.sandbox.nutshell import KEY, USER, nutshell_app
from connector.sandbox.running import running

EVERY = 160


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real files, with some of their deals."""
    folder = tmp_path_factory.mktemp("maven")
    for file in SHIPPED.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    with (SHIPPED / "sales_pipeline.csv").open(newline="", encoding="utf-8") as source:
        rows = list(csv.reader(source))
    with (folder / "sales_pipeline.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([rows[0], *rows[1::EVERY]])
    return folder


@pytest.fixture
def box(few: Path) -> Iterator[httpx.Client]:
    """Run a box and speak to it with its key."""
    with running(nutshell_app(data=few)) as url, httpx.Client(base_url=url, auth=(USER, KEY), timeout=30) as client:
        yield client
