"""KPIs can be taken to other engines: they use only what every engine does alike, and compile for all of them."""

from pathlib import Path

import ibis.expr.operations as ops
import pytest
import sqlglot
from sqlglot import expressions as tree

from connector.kpis import KPIS, Kpi
from connector.kpis.expressions import KEYS, expression, sql
from connector.kpis.facts import RECORDS

GOLDEN = Path(__file__).parent / "golden"
FORBIDDEN = (ops.Median, ops.Quantile, ops.CountDistinct, ops.ApproxMedian, ops.ApproxCountDistinct, ops.Mean)
WAREHOUSES = ("snowflake", "postgres", "pyspark")
OTHERS = ("databricks", "trino", "clickhouse", "bigquery")
SHOWN = ("deals_won", "win_rate", "time_to_close_median", "repeat_purchase_rate", "pipeline_coverage")
every_kpi = pytest.mark.parametrize("kpi", KPIS.values(), ids=KPIS)


@every_kpi
def test_only_what_every_engine_does_alike(kpi: Kpi):
    """No median, distinct count, mean or as-of join of the engine's own: engines differ in them, or approximate silently."""
    node = expression(kpi).op()
    assert not node.find(FORBIDDEN)
    assert {link.how for link in node.find(ops.JoinLink)} <= {"inner"}


@every_kpi
def test_windows_have_one_order(kpi: Kpi):
    """Rows that are numbered are in a total order: the value, then the record."""
    for window in expression(kpi).op().find(ops.WindowFunction):
        if isinstance(window.func, ops.RowNumber):
            assert [key.name for key in window.order_by][-1] in RECORDS


@every_kpi
def test_every_table_is_kept_to_its_account(kpi: Kpi):
    """A query groups by account and joins on it, so that one engine can hold many accounts."""
    query = sqlglot.parse_one(sql(kpi), read="duckdb")
    assert all("account" in join.args["on"].sql() for join in query.find_all(tree.Join))
    assert expression(kpi).columns[: len(KEYS)] == KEYS


@every_kpi
@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_warehouses(kpi: Kpi, dialect: str):
    """Every KPI compiles for the warehouses that an account may outgrow one machine into."""
    assert sql(kpi, dialect).lower().count("select") > 1


@pytest.mark.parametrize("key", SHOWN)
@pytest.mark.parametrize("dialect", OTHERS)
def test_other_engines(key: str, dialect: str):
    """A KPI of each shape compiles for further engines too."""
    assert sql(KPIS[key], dialect).lower().count("select") > 1


@pytest.mark.parametrize("key", SHOWN)
def test_golden_queries(key: str):
    """The query of a KPI changes only when somebody means to change it, and then changes its file in `golden` with it."""
    assert f"{sql(KPIS[key])}\n" == (GOLDEN / f"{key}.sql").read_text(encoding="utf-8")
