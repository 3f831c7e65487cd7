"""What the benchmark compares with: a query written by hand for every KPI, which must give the same."""

from collections.abc import Callable

from bench.against import differences
from bench.by_hand import BY_HAND
from connector.engine.facts import lay_out
from connector.engine.queries import query_of
from connector.engine.terms import Terms
from connector.kpis import KPIS, Dimension
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, THINGS, Book, at
from tests.engine.test_shared import LEFT_ALONE, SETTINGS, TARGETS
from tests.engine.world import MIXED, world


def test_queries_by_hand_give_what_the_kpis_give(new_book: Callable[..., Book]):
    """The query by hand of every KPI gives the rows that its own query gives, so that their times may be compared."""
    book = new_book()
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(*world(MIXED), *LEFT_ALONE)
    with book.cache() as cache:
        cache.refresh()
        terms = Terms(calendar=NEW_YORK, as_of=at("2017-05-17 15:45"), policies=SETTINGS, targets=TARGETS)
        lay_out(cache, terms, [(), *((one,) for one in Dimension)])
        differing = {kpi.key: found for kpi in KPIS.values() if (found := differences(cache, kpi, query_of(cache, kpi)))}

    assert differing == {}
    assert set(BY_HAND) == set(KPIS)
