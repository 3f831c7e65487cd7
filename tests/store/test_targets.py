"""Every change of a target is kept, with the run that saw it."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.model import Target
from connector.period import Calendar
from connector.store import Lease, Store

MARCH = Calendar(ZoneInfo("UTC")).parse("2018-03")
KEY = ("revenue_won", "team", "5", "2018-03")


def target(number: str, subject: str = "5") -> Target:
    """Return a team's revenue target for March."""
    return Target("revenue_won", "team", subject, MARCH, Decimal(number))


def told(store: Store) -> list[tuple[str, Decimal | None]]:
    """Return what the team's target was, run by run."""
    return [(one.run, one.target) for one in store.targets.changes("acme").get(KEY, ())]


def test_a_target_is_kept_when_it_changes(store: Store, lease: Lease):
    """The first value is kept and each other one after it; the same number, however it is written, is no change."""
    assert store.targets.keep(lease, "r000001", [target("100"), target("7", "6")], are_all=True) == 2
    assert store.targets.keep(lease, "r000002", [target("100.00"), target("7", "6")], are_all=True) == 0
    assert store.targets.keep(lease, "r000003", [target("1E+2"), target("8", "6")], are_all=True) == 1
    assert store.targets.keep(lease, "r000004", [target("120.5"), target("8", "6")], are_all=True) == 1
    assert told(store) == [("r000001", 100), ("r000004", Decimal("120.5"))]
    assert store.targets.changes("other") == {}


def test_a_target_that_is_withdrawn_is_kept_too(store: Store, lease: Lease):
    """It is gone from the run on that finds it no more, but only when that run knows all targets; it may come back."""
    store.targets.keep(lease, "r000001", [target("100")], are_all=True)
    assert store.targets.keep(lease, "r000002", [], are_all=False) == 0
    assert store.targets.keep(lease, "r000003", [], are_all=True) == 1
    assert store.targets.keep(lease, "r000004", [], are_all=True) == 0
    assert store.targets.keep(lease, "r000005", [target("100")], are_all=True) == 1
    assert told(store) == [("r000001", 100), ("r000003", None), ("r000005", 100)]


def test_a_run_that_measures_again_has_one_word_on_a_target(store: Store, lease: Lease):
    """What a run found last counts for it."""
    store.targets.keep(lease, "r000001", [target("100")], are_all=True)
    store.targets.keep(lease, "r000001", [target("90")], are_all=True)
    assert told(store) == [("r000001", 90)]
