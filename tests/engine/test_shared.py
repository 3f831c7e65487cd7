"""What KPIs share is added up once; each must come to what it comes to by itself."""

from collections.abc import Callable

import pytest

from connector.engine.facts import lay_out
from connector.engine.measure import lay_sums, values_of
from connector.engine.terms import Terms
from connector.kpis import KPIS, Dimension
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, THINGS, Book, at
from tests.engine.world import MIXED, POLICIES, world


@pytest.mark.parametrize("moment", ["2017-05-17 15:45", "2017-07-01 00:00"])
def test_shared_sums_come_to_what_each_kpi_is_by_itself(new_book: Callable[..., Book], moment: str):
    """From the shared sums every KPI has the values that its own query finds in the facts: while periods run, and when all have ended."""
    book = new_book()
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(*world(MIXED))
    with book.cache() as cache:
        cache.refresh()
        ground = lay_out(cache, Terms(calendar=NEW_YORK, as_of=at(moment), policies=POLICIES), [(), *((one,) for one in Dimension)])
        queries = lay_sums(ground)
        assert set(queries) == set(KPIS)
        for kpi in KPIS.values():
            alone = list(values_of(ground, kpi))
            assert list(values_of(ground, kpi, query=queries[kpi.key])) == alone, kpi.key
