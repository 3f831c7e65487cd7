"""How long a stay in a stage usually takes."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from connector.engine.facts import lay_out
from connector.engine.terms import Terms
from connector.model import Deal, StageChange
from tests.engine.conftest import NEW_YORK, STAGES, Book, at

BEGUN = at("2017-01-02 20:30")
STAY = some.tuples(
    some.sampled_from(["first", "second"]), some.integers(0, 200), some.integers(0, 4) | some.integers(0, 90 * 86_400), some.integers(0, 1)
)
MEDIANS = """
select s.stage, m.moment, median(s.stay_us), count(*)
from stays_done as s join moments as m on s.left_at < m.moment where s.kind <> 'renewal' group by all order by all
"""


def deal_with(name: str, stage: str, day: int, seconds: int, more: int) -> tuple[Deal, StageChange]:
    """Return a deal that was in a stage for so many seconds and microseconds."""
    entered = BEGUN + timedelta(days=day)
    left = entered + timedelta(seconds=seconds, microseconds=more)
    stay = StageChange(id=f"{name}:0", deal=name, pipeline="p", stage=stage, entered_at=entered, left_at=left)
    return Deal(id=name, pipeline="p", stage="third", created_at=entered), stay


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(STAY, min_size=1, max_size=40))
def test_the_usual_length_is_the_middle_one(new_book: Callable[..., Book], stays: list[tuple[str, int, int, int]]):
    """At the end of every month it is the median of all stays that had ended by then, however many were alike."""
    book = new_book()
    book.put(*STAGES)
    book.put(*(record for place, stay in enumerate(stays) for record in deal_with(f"d{place}", *stay)))
    with book.cache() as cache:
        lay_out(cache, Terms(calendar=NEW_YORK, as_of=at("2017-10-01 00:00")), [()], facts=["open_deals"])
        found = cache.run("select stage, moment, median_us, stays from benchmarks order by all")
        assert found == cache.run(MEDIANS)
        assert found
