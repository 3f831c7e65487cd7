"""What KPIs share is added up once, and each by itself in quicker ways than the plainest; all must come to what its plain query finds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connector.engine.facts import lay_out
from connector.engine.measure import lay_sums
from connector.engine.terms import Terms
from connector.engine.values import values_of
from connector.hours import Hours
from connector.kpis import KPIS, Dimension
from connector.kpis.expressions import sql
from connector.model import Contact, Target
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, THINGS, Book, at, deal
from tests.engine.world import MIXED, POLICIES, world

SETTINGS = replace(POLICIES, stalled_days=20, business_hours=Hours.parse("mon-fri 09:00-17:00"))
TARGETS = [
    Target("revenue_won", kind, whose, NEW_YORK.parse(period), Decimal(900))
    for kind, whose in (("account", ""), ("owner", "ann"))
    for period in ("2017-05", "2017-Q2", "2017")
]
LEFT_ALONE = [
    Contact(id="unheard", created_at=at("2017-05-02"), owner="ann"),
    *deal("unseen", ("first", "2017-02-02"), home_amount=Decimal(70), expected_close_on=date(2017, 4, 3)),
    *deal("late", ("first", "2017-02-02"), ("won", "2017-05-10")),
    *deal("later", ("first", "2017-02-02"), ("won", "2017-06-10")),
    *deal("just in time", ("first", "2017-02-02"), ("won", "2017-04-17 10:00")),
    *deal("too late in the day", ("first", "2017-02-02"), ("won", "2017-04-17 18:00")),
    *deal("odd", ("first", "2017-02-03"), home_amount=None, owner=None),
]
UNSEEN = {"clv_to_cac", "predicted_lifetime_value", "onboarding_time", "onboarding_time_median"}
"""KPIs that find nothing in this world; each is worked out by hand elsewhere."""


@pytest.mark.parametrize("moment", ["2017-05-17 15:45", "2017-07-01 00:00"])
def test_shared_sums_come_to_what_each_kpi_is_by_itself(new_book: Callable[..., Book], moment: str):
    """From the shared sums and by itself every KPI has the values of its plain query: while periods run, and when all have ended."""
    book = new_book()
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(*world(MIXED), *LEFT_ALONE)
    with book.cache() as cache:
        cache.refresh()
        ground = lay_out(
            cache, Terms(calendar=NEW_YORK, as_of=at(moment), policies=SETTINGS, targets=TARGETS), [(), *((one,) for one in Dimension)]
        )
        queries = lay_sums(ground)
        assert set(queries) == set(KPIS)
        empty = set()
        for kpi in KPIS.values():
            plain = list(values_of(ground, kpi, query=sql(kpi)))
            assert list(values_of(ground, kpi, query=queries[kpi.key])) == plain, kpi.key
            assert list(values_of(ground, kpi)) == plain, kpi.key
            if not any(value.n for value in plain):
                empty.add(kpi.key)
        assert empty <= UNSEEN
