"""The sales data as it is read."""

from pathlib import Path

import pandas as pd
import pytest

from connector.sandbox.maven import SHIPPED, load


def test_every_row_is_read(pipeline: pd.DataFrame):
    """The counts are those of the files."""
    maven = load()
    assert [len(maven.accounts), len(maven.products), len(maven.agents), len(maven.opportunities)] == [85, 7, 35, 8800]
    assert sum(float(row.value or 0) for row in maven.opportunities) == pipeline.close_value.sum() == 10_005_534


def test_misspellings_are_mended():
    """GTXPro is the product GTX Pro, technolgy the sector technology."""
    maven = load()
    assert {row.product for row in maven.opportunities} == {product.name for product in maven.products}
    assert sum(row.product == "GTX Pro" for row in maven.opportunities) == 1480
    assert sum(account.sector == "technology" for account in maven.accounts) == 12


def test_what_is_missing_stays_missing():
    """Open opportunities have no value, lost ones have 0; prospecting ones have no engage date."""
    rows = load().opportunities
    assert all(row.value is None for row in rows if row.closed is None)
    assert {row.value for row in rows if row.stage == "Lost"} == {"0"}
    assert sum(row.engaged is None for row in rows) == 500


def test_a_missing_file_is_named(tmp_path: Path):
    """A folder without the files is refused."""
    with pytest.raises(FileNotFoundError, match=r"accounts\.csv"):
        load(tmp_path)


def test_the_shipped_copy_is_the_shared_one():
    """The copy in the package equals the data it was taken from."""
    shared = Path(__file__).parents[3] / "shared" / "data" / "maven_crm_sales"
    if not shared.is_dir():
        pytest.skip("the shared data folder is not there")
    assert {path.name: path.read_bytes() for path in SHIPPED.glob("*.csv")} == {
        path.name: path.read_bytes() for path in shared.glob("*.csv")
    }
