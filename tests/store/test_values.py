"""The present values are replaced as a whole, and found by KPI, breakdown, period and member."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.model import Entity, FieldKind, FieldSpec, FieldValue, KpiValue, Mark, Measurement
from connector.period import ALL_TIME, Grain, Period
from connector.store import Lease, Store

AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)
Q4 = Period(date(2017, 10, 1), date(2018, 1, 1), Grain.QUARTER, "2017-Q4")
WIN_RATE = KpiValue("win_rate", ALL_TIME, AS_OF, Decimal("0.63150052"), Decimal(4238), Decimal(6711), 6711, version=2)
UNSURE = WIN_RATE._replace(interval=(Decimal("0.25"), Decimal(1)), marks=(Mark.SMALL, Mark.IMMATURE), doubted=2)
QUARTER = UNSURE._replace(period=Q4, value=None, numerator=Decimal(0), denominator=Decimal(0), n=0)
ANNA = WIN_RATE._replace(by={"owner": "7"}, names={"owner": "Anna Snelling"}, n=3)
NOBODY = WIN_RATE._replace(by={"owner": ""}, names={"owner": "(none)"})
REVENUE = WIN_RATE._replace(kpi="revenue_won", value=Decimal(10005534), denominator=None)
CLV = FieldSpec(Entity.COMPANIES, "kpi_clv", "Lifetime value", FieldKind.MONEY, "all it bought", Decimal("0.01"), 4)
TEN = FieldValue(CLV, "10", "1096", {"n": 2, "why": "2 won deals", "best": None}, AS_OF)
ELEVEN = FieldValue(CLV, "11", None, as_of=AS_OF)
SPECS = {"companies.kpi_clv": CLV}


def measured(*values: KpiValue, fields: tuple[FieldValue, ...] = (), **unavailable: str) -> Measurement:
    """Make a measurement."""
    return Measurement(AS_OF, values, fields, unavailable)


def test_a_measurement_is_read_back_as_it_was_saved(store: Store, lease: Lease):
    """Values with their evidence, fields with theirs, and what is unavailable come back equal."""
    assert store.values.latest("acme") is None
    store.values.save(lease, "r1", measured(WIN_RATE, QUARTER, ANNA, NOBODY, REVENUE, fields=(TEN, ELEVEN), close_rate="needs deals"))
    assert store.values.find("acme", dimension=None) == [REVENUE, WIN_RATE, QUARTER, NOBODY, ANNA]
    assert store.values.fields("acme", SPECS) == [TEN, ELEVEN]
    assert store.values.unavailable("acme") == {"close_rate": "needs deals"}
    latest = store.values.latest("acme")
    assert (latest.run, latest.as_of) == ("r1", AS_OF)
    assert latest.measured_at <= store.now()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [REVENUE, WIN_RATE, QUARTER]),
        ({"kpis": ["win_rate"]}, [WIN_RATE, QUARTER]),
        ({"kpis": []}, []),
        ({"kpis": ["win_rate"], "period": Q4}, [QUARTER]),
        ({"period": "2017-Q4"}, [QUARTER]),
        ({"grain": "all"}, [REVENUE, WIN_RATE]),
        ({"grain": Grain.QUARTER}, [QUARTER]),
        ({"dimension": "owner"}, [NOBODY, ANNA]),
        ({"dimension": "owner", "member": "7"}, [ANNA]),
        ({"dimension": "owner", "member": ""}, [NOBODY]),
        ({"dimension": "team"}, []),
    ],
)
def test_values_are_found_by_what_they_are(store: Store, lease: Lease, wanted: dict[str, object], found: list[KpiValue]):
    """Every filter narrows, in the order of KPI, member and period."""
    store.values.save(lease, "r1", measured(ANNA, NOBODY, QUARTER, WIN_RATE, REVENUE))
    assert store.values.find("acme", **wanted) == found


def test_a_measurement_takes_the_place_of_the_one_before(store: Store, lease: Lease):
    """Nothing of the earlier values stays, and other accounts keep theirs."""
    other = store.leases.acquire("other", "test")
    store.values.save(other, "r1", measured(WIN_RATE))
    store.values.save(lease, "r1", measured(WIN_RATE, ANNA, fields=(TEN,), close_rate="needs deals"))
    store.values.save(lease, "r2", measured(REVENUE))
    assert store.values.find("acme", dimension=None) == [REVENUE]
    assert store.values.fields("acme", SPECS) == []
    assert store.values.unavailable("acme") == {}
    assert store.values.find("other") == [WIN_RATE]


def test_fields_of_some_records_are_replaced_alone(store: Store, lease: Lease):
    """Measuring a few records leaves the KPI values and the fields of all other records as they are."""
    store.values.save(lease, "r1", measured(WIN_RATE, fields=(TEN, ELEVEN)))
    newer = FieldValue(CLV, "11", "55", {"n": 1}, AS_OF)
    store.values.save_fields(lease, "r2", AS_OF, [newer])
    assert store.values.fields("acme", SPECS) == [TEN, newer]
    assert store.values.find("acme") == [WIN_RATE]
    assert store.values.latest("acme").run == "r1"


def test_a_field_without_definition_is_left_out(store: Store, lease: Lease):
    """What an older version of the program measured is not written by a newer one that has no such field."""
    store.values.save(lease, "r1", measured(fields=(TEN,)))
    assert store.values.fields("acme", {}) == []


def test_combinations_of_dimensions_are_not_kept(store: Store, lease: Lease):
    """A value by two dimensions is refused, and nothing of its measurement is kept."""
    both = ANNA._replace(by={"owner": "7", "team": "9"})
    with pytest.raises(ValueError, match="win_rate by owner, team"):
        store.values.save(lease, "r1", measured(WIN_RATE, both))
    assert store.values.find("acme") == []


def test_a_large_measurement_is_kept_whole(store: Store, lease: Lease):
    """More rows than go to the database in one call all arrive."""
    fields = tuple(FieldValue(CLV, f"{record:05}", "1096", as_of=AS_OF) for record in range(5_001))
    store.values.save(lease, "r1", measured(fields=fields))
    assert store.values.fields("acme", SPECS) == list(fields)


def test_numbers_are_written_down_in_plain_digits(store: Store):
    """Neither a round million nor a millionth is kept with an exponent, nor a bound of nothing; its decimals stay."""
    large = REVENUE._replace(
        value=Decimal("1E+6"), numerator=Decimal("1E-6"), denominator=None, interval=(Decimal("0E-8"), Decimal("1.00000000"))
    )
    with store.values.draft("r1", measured(large)) as draft:
        ((row,),) = draft.chunks("values")
    assert list(row[8:13]) == ["1000000", "0.000001", None, "0.00000000", "1.00000000"]
