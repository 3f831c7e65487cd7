"""What holds for any CRM: parts add up, and the past is what it was."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import connector.sandbox
from connector.model import Company, Deal, Entity, FieldHistory, LineItem, Product, Record, StageChange, Target, User, text_of
from connector.period import Grain
from tests.engine.conftest import MORE_FIELDS, PEOPLE, STAGES, THINGS, Book, Found, at

D = Decimal
ROWS = Path(connector.sandbox.__file__).parent / "data" / "maven" / "sales_pipeline.csv"
ADDITIVE = ("revenue_won", "net_new_revenue", "pipeline_value", "weighted_pipeline_value", "forecast_revenue", "forecast_overdue_value")
COUNTED = ("deals_created", "deals_won", "deals_lost", "stalled_deals", "repeat_purchases")
HOMES = {one.id: one.record for one in PEOPLE if isinstance(one, User) and one.record}
"""Where the fields of users stand."""
START = at("2017-01-02 20:30")


@pytest.fixture
def real(new_book: Callable[..., Book]) -> Book:
    """Return a book of 300 real opportunities, each deal on two products, and the people who sold them."""
    made = new_book()
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["engage_date"]][::28]
    made.put(*STAGES, *(Company(id=name, segment=name[:1]) for name in {row["account"] for row in rows} - {""}), Product(id="x", name="X"))
    made.put(*(User(id=name, name=name) for name in {row["sales_agent"] for row in rows}))
    made.put(*(record for row in rows for record in _records(row)))
    return made


@pytest.fixture
def maven(real: Book) -> Found:
    """Measure the real opportunities."""
    return real.measure()


def _records(row: dict[str, str]) -> Iterator[Record]:
    stage = {"Won": "won", "Lost": "lost"}.get(row["deal_stage"], "second")
    began, ended = at(row["engage_date"]), at(row["close_date"]) if row["close_date"] else None
    identity = row["opportunity_id"]
    amount = D(row["close_value"] or "1000.0001")
    yield Deal(
        id=identity, pipeline="p", stage=stage, owner=row["sales_agent"], company=row["account"] or None, home_amount=amount,
        created_at=began, closed_at=ended, expected_close_on=None if ended else (began + timedelta(days=60)).date(),
    )  # fmt: skip
    yield StageChange(id=f"{identity}:0", deal=identity, pipeline="p", stage="first", entered_at=began, left_at=ended)
    if stage != "first":
        yield StageChange(id=f"{identity}:1", deal=identity, pipeline="p", stage=stage, entered_at=ended or began + timedelta(days=1))
    for product, weight in ((row["product"], "17"), ("x", "33.1")):
        yield LineItem(id=f"{identity}-{product}", deal=identity, product=product, amount=D(weight))


def test_parts_add_up_to_the_whole(maven: Found):
    """What adds up gives the account's number again over owners, pipelines, segments and products, in every period."""
    for key in (*ADDITIVE, *COUNTED):
        for dimension in ("owner", "pipeline", "segment", *(("product",) if key in ADDITIVE else ())):
            for period in ("all", "2016", "2017", "2017-Q3", "2017-11"):
                parts = sum((value or 0 for value in maven.members(key, dimension, period).values()), D(0))
                assert parts == maven.value(key, period), (key, dimension, period)


def test_periods_add_up_to_longer_ones(maven: Found):
    """The months of a quarter, the quarters of a year and the years of all time add up."""
    wholes = {"all": ("2016", "2017"), "2017": ("2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"), "2017-Q2": ("2017-04", "2017-05", "2017-06")}
    for key in ("deals_created", "deals_won", "revenue_won", "net_new_revenue", "repeat_purchases"):
        for whole, parts in wholes.items():
            assert sum(maven.value(key, part) or 0 for part in parts) == maven.value(key, whole), (key, whole)


@dataclass(frozen=True)
class Life:
    """What happens to a deal: at each whole day after the start something of it changes."""

    id: str
    begins: int
    steps: tuple[tuple[int, str, str | None], ...]

    def pulled(self, until: datetime) -> Iterator[Record]:
        """Yield what a CRM would hold of it at that moment."""
        born = START + timedelta(days=self.begins)
        if born >= until:
            return
        now: dict[str, str | None] = {"stage": "first", "owner": "ann", "home_amount": "100", "expected_close_on": "2017-03-01"}
        stays, moment = [("first", born)], born
        for place, (days, name, value) in enumerate(self.steps):
            moment += timedelta(days=days)
            if moment >= until:
                break
            if name == "stage" and value and now["stage"] != value:
                stays.append((value, moment))
            elif name != "stage" and now[name] != value:
                yield FieldHistory(
                    id=f"{self.id}:{name}:{place}", of=Entity.DEALS, record=self.id, field=name, old=now[name], new=value, at=moment
                )
            now[name] = value
        yield self._deal(now, born, stays[-1][1])
        left: list[datetime | None] = [entered for _, entered in stays[1:]]
        for place, ((stage, entered), end) in enumerate(zip(stays, [*left, None], strict=True)):
            yield StageChange(id=f"{self.id}:{place}", deal=self.id, pipeline="p", stage=stage, entered_at=entered, left_at=end)

    def _deal(self, now: dict[str, str | None], born: datetime, last: datetime) -> Deal:
        expected, company = now["expected_close_on"], "acme" if int(self.id) % 2 else "bolt"
        return Deal(
            id=self.id, pipeline="p", stage=now["stage"], owner=now["owner"], company=company, created_at=born,
            home_amount=D(now["home_amount"]) if now["home_amount"] else None, closed_at=last if now["stage"] in ("won", "lost") else None,
            expected_close_on=datetime.fromisoformat(expected).date() if expected else None,
        )  # fmt: skip


_STEP = some.one_of(
    some.tuples(some.integers(0, 20), some.just("stage"), some.sampled_from(["first", "second", "third", "won", "lost"])),
    some.tuples(some.integers(0, 20), some.just("owner"), some.sampled_from(["ann", "bob", None])),
    some.tuples(some.integers(0, 20), some.just("home_amount"), some.none() | some.decimals(0, 500, places=2).map(text_of)),
    some.tuples(some.integers(0, 20), some.just("expected_close_on"), some.sampled_from(["2017-02-10", "2017-04-01", None])),
)
_LIVES = some.lists(some.tuples(some.integers(0, 60), some.lists(_STEP, max_size=6).map(tuple)), min_size=1, max_size=12)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=_LIVES, days=some.integers(1, 120))
def test_the_past_is_what_it_was(
    new_book: Callable[..., Book], lives: list[tuple[int, tuple[tuple[int, str, str | None], ...]]], days: int
):
    """Measured today as of a day in the past, everything is as if it had been pulled and measured on that day."""
    every = [Life(str(place), begins, steps) for place, (begins, steps) in enumerate(lives)]
    moment = START + timedelta(days=days, hours=1)
    then, now = new_book(), new_book()
    for book, until in ((then, moment), (now, START + timedelta(days=999))):
        book.put(*STAGES, *PEOPLE, *THINGS)
        book.put(*(record for life in every for record in life.pulled(until)))
    assert now.measure(moment) == then.measure(moment)


def alone(book: Book, whole: Found, records: set[tuple[Entity, str]], **terms: Any) -> None:  # noqa: ANN401 - the terms of measure
    """Check that measuring these records alone gives what the whole one gives for them, fields that hang on more than deals aside."""
    found = book.measure(records=records, **terms).measurement
    shown = {(entity, HOMES.get(record, record)) for entity, record in records}
    of_deals = [one for one in whole.measurement.fields if f"{one.spec.entity}.{one.spec.name}" not in MORE_FIELDS]
    assert list(found.fields) == [one for one in of_deals if (one.spec.entity, one.record) in shown]
    assert found.unavailable == whole.measurement.unavailable


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=_LIVES, days=some.integers(1, 120), several=some.sets(some.integers(0, 11), min_size=1, max_size=3))
def test_a_record_alone_is_what_it_is_among_all(
    new_book: Callable[..., Book], lives: list[tuple[int, tuple[tuple[int, str, str | None], ...]]], days: int, several: set[int]
):
    """The fields of some deals, their company and their owners, measured alone, equal those of a whole measurement of that moment."""
    book, moment = new_book(), START + timedelta(days=days, hours=1)
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(*(record for place, (begins, steps) in enumerate(lives) for record in Life(str(place), begins, steps).pulled(moment)))
    target = Target("revenue_won", "owner", "ann", book.calendar.period_of(Grain.MONTH, book.calendar.day_of(moment)), D(150))
    whole = book.measure(moment, targets=[target])
    for records in ({(Entity.DEALS, str(place)) for place in several}, {(Entity.COMPANIES, "acme")}, {(Entity.USERS, "ann")}):
        alone(book, whole, records, as_of=moment, targets=[target])


def test_real_records_alone(real: Book):
    """The fields of real deals, companies and sellers, measured alone at a moment in the past, equal those of a whole measurement."""
    moment = "2017-11-15 13:00"
    whole = real.measure(moment)
    deals = sorted({one.record for one in whole.measurement.fields if one.spec.entity is Entity.DEALS})[::20]
    people = sorted({one.record for one in whole.measurement.fields if one.spec.entity is Entity.USERS})[::5]
    alone(real, whole, {(Entity.DEALS, deal) for deal in deals}, as_of=moment)
    alone(real, whole, {(Entity.COMPANIES, "Cancity"), (Entity.DEALS, deals[0]), *((Entity.USERS, one) for one in people)}, as_of=moment)
