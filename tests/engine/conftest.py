"""A store's tables in a temporary SQLite file, written directly, and short ways to say what a small CRM holds."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from connector.engine import Cache, compute, measure
from connector.kpis import KPIS, Catalogue, Dimension, Need
from connector.kpis.fields import SHOWN
from connector.kpis.more_fields import MORE
from connector.model import (
    Company,
    Deal,
    Entity,
    FieldHistory,
    KpiValue,
    LineItem,
    Measurement,
    Membership,
    Outcome,
    Pipeline,
    Policies,
    Product,
    Record,
    Stage,
    StageChange,
    Stream,
    Target,
    Team,
    Unread,
    User,
)
from connector.period import Calendar
from connector.store.rows import cells_of
from connector.store.schema import METADATA, RECORD_TABLES, UNREAD

NEEDY = {key for key, kpi in KPIS.items() if {*kpi.needs} - {Need.SILENCE, Need.CHANCES, Need.STAYS, Need.STALLING}}
"""The KPIs that need more than these CRMs hold, whose stages have chances; an account that was given nothing else has none of them."""
MORE_FIELDS = {f"{entity}.{field.spec.name}" for entity, fields in MORE.items() for field in fields} | {
    f"users.{shown.spec.name}" for shown in SHOWN if not shown.on_deals
}
"""The fields that hang on more than deals, which only a whole measurement brings."""
NEW_YORK = Calendar(ZoneInfo("America/New_York"))
STAGES = (
    Pipeline(id="p", name="Sales"),
    Stage(id="first", pipeline="p", name="First", position=0, outcome=Outcome.OPEN, probability=Decimal("0.2")),
    Stage(id="second", pipeline="p", name="Second", position=1, outcome=Outcome.OPEN, probability=Decimal("0.5")),
    Stage(id="third", pipeline="p", name="Third", position=2, outcome=Outcome.OPEN, probability=Decimal("0.8")),
    Stage(id="won", pipeline="p", name="Won", position=3, outcome=Outcome.WON, probability=Decimal(1)),
    Stage(id="lost", pipeline="p", name="Lost", position=4, outcome=Outcome.LOST, probability=Decimal(0)),
)
PEOPLE = (
    User(id="ann", name="Ann", record="u-ann"),
    User(id="bob", name="Bob"),
    Team(id="red", name="Red"),
    Team(id="blue", name="Blue"),
    Membership(id="red:ann", team="red", user="ann"),
    Membership(id="blue:bob", team="blue", user="bob"),
    Membership(id="blue:ann", team="blue", user="ann", is_primary=False),
)
THINGS = (
    Company(id="acme", name="Acme", segment="retail"),
    Company(id="bolt", name="Bolt", segment="medical"),
    Product(id="x", name="Product X"),
    Product(id="y", name="Product Y"),
)


def at(text: str, zone: ZoneInfo = NEW_YORK.zone) -> datetime:
    """Return the instant at which a clock in New York (unless told otherwise) shows `2017-03-01 09:30`, or 09:30 of a plain day."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{clock or '09:30'}").replace(tzinfo=zone).astimezone(UTC)


def deal(id: str, *stays: tuple[str, str], **fields: object) -> list[Record]:  # noqa: A002 - it reads as the record does
    """Return a deal and its stays, each `(stage, local time entered)`; the last stay says where it stands and when it was closed."""
    entered = [(stage, at(text)) for stage, text in stays]
    left = [moment for _, moment in entered[1:]]
    stage, closed = entered[-1]
    own = {
        "pipeline": "p",
        "owner": "ann",
        "company": "acme",
        "home_amount": Decimal(100),
        "created_at": entered[0][1],
        "closed_at": closed if stage in ("won", "lost") else None,
    }
    changes = [
        StageChange(
            id=f"{id}:{place}", deal=id, pipeline="p", stage=name, entered_at=moment, left_at=left[place] if place < len(left) else None
        )
        for place, (name, moment) in enumerate(entered)
    ]
    return [Deal(id=id, name=f"Deal {id}", stage=stage, **{**own, **fields}), *changes]  # type: ignore[arg-type]  # named as the record's own


def changed(record: str, name: str, *changes: tuple[str, str | None, str | None]) -> list[Record]:
    """Return the history of a deal's field, each `(local time, old, new)`."""
    return [
        FieldHistory(id=f"{record}:{name}:{place}", of=Entity.DEALS, record=record, field=name, old=old, new=new, at=at(when))
        for place, (when, old, new) in enumerate(changes)
    ]


@dataclass(frozen=True)
class Found:
    """A measurement with short ways to look into it."""

    measurement: Measurement

    def kpi(self, key: str, period: str = "all", **by: str) -> KpiValue:
        """Return the one value of that KPI, period and member."""
        found = [one for one in self.measurement.values if (one.kpi, one.period.name, dict(one.by)) == (key, period, by)]
        assert len(found) == 1, f"{len(found)} values of {key} {period} {by}"
        return found[0]

    def value(self, key: str, period: str = "all", **by: str) -> Decimal | None:
        """Return the number of that KPI, period and member."""
        return self.kpi(key, period, **by).value

    def members(self, key: str, dimension: str, period: str = "all") -> dict[str, Decimal | None]:
        """Return the numbers of every member of a dimension."""
        chosen = [one for one in self.measurement.values if one.kpi == key and one.period.name == period and list(one.by) == [dimension]]
        return {one.by[dimension]: one.value for one in chosen}

    def field(self, record: str, name: str) -> str | None:
        """Return what a field should hold on a record."""
        found = [one.value for one in self.measurement.fields if (one.record, one.spec.name) == (record, name)]
        assert len(found) == 1, f"{len(found)} values of {name} on {record}"
        return found[0]


@dataclass
class Book:
    """The tables of a store, and a cache of them."""

    folder: Path
    account: str = "acme"
    version: int = 0
    calendar: Calendar = field(default=NEW_YORK)
    kpis: Catalogue = KPIS

    def __post_init__(self) -> None:
        self.url = f"sqlite:///{self.folder / 'crm.sqlite'}"
        self.engine = sa.create_engine(self.url)
        sa.event.listen(self.engine, "connect", lambda connection, _: connection.execute("pragma synchronous = off"))

    def put(self, *records: Record | Unread | Sequence[Record | Unread]) -> None:
        """Write records in a version of their own, over what was there under their ids, and what could not be read of them."""
        self.version += 1
        given = [one for record in records for one in ([record] if isinstance(record, Record | Unread) else record)]
        flat = [one for one in given if isinstance(one, Record)]
        with self.engine.begin() as connection:
            for one in given:
                if isinstance(one, Unread):
                    connection.execute(sa.insert(UNREAD).values(account=self.account, **asdict(one)))
            for entity in {record.entity for record in flat}:
                rows = [
                    {**cells_of(one), "account": self.account, "row_version": self.version, "seen": 1}
                    for one in flat
                    if one.entity is entity
                ]
                table = RECORD_TABLES[entity]
                ids = [{"gone": row["id"]} for row in rows]
                connection.execute(sa.delete(table).where(table.c.account == self.account, table.c.id == sa.bindparam("gone")), ids)
                connection.execute(sa.insert(table), rows)

    def cache(self, name: str = "cache.duckdb") -> Cache:
        """Open the cache and bring it up to date."""
        cache = Cache.open(self.folder / name, store_url=self.url, account=self.account)
        cache.refresh()
        return cache

    def measure(
        self,
        as_of: str | datetime = "2018-01-01 00:00",
        *,
        policies: Policies | None = None,
        targets: Sequence[Target] = (),
        ready: Mapping[Stream, str | None] | None = None,
        records: set[tuple[Entity, str]] | None = None,
    ) -> Found:
        """Measure everything as it was at a local time."""
        moment = at(as_of, self.calendar.zone) if isinstance(as_of, str) else as_of
        with self.cache() as cache:
            found = measure(
                cache,
                calendar=self.calendar,
                as_of=moment,
                policies=policies or Policies(),
                targets=targets,
                ready=ready or {},
                records=records,
                kpis=self.kpis,
            )
        return Found(found)

    def compute(
        self,
        kpi: str,
        period: str = "all",
        *,
        by: Sequence[Dimension] = (),
        as_of: str = "2018-01-01 00:00",
        policies: Policies | None = None,
        targets: Sequence[Target] = (),
        ready: Mapping[Stream, str | None] | None = None,
    ) -> list[KpiValue]:
        """Measure one KPI in one period as it was at a local time."""
        with self.cache() as cache:
            return compute(
                cache,
                kpi,
                by=by,
                period=self.calendar.parse(period),
                calendar=self.calendar,
                as_of=at(as_of, self.calendar.zone),
                policies=policies or Policies(),
                targets=targets,
                ready=ready,
                kpis=self.kpis,
            )

    def one(self, kpi: str, period: str = "all", **options: Any) -> KpiValue:  # noqa: ANN401 - the options of compute
        """Measure one KPI in one period for the whole account."""
        (found,) = self.compute(kpi, period, **options)
        return found

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a store's empty tables, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    made = Book(folder)
    METADATA.create_all(made.engine)
    made.close()
    return folder


@pytest.fixture
def new_book(tmp_path: Path, empty: Path) -> Iterator[Callable[..., Book]]:
    """Yield a way to make books; each has a folder of its own."""
    made: list[Book] = []

    def make(**options: Any) -> Book:  # noqa: ANN401 - named as the book's own
        folder = tmp_path / f"book{len(made)}"
        shutil.copytree(empty, folder)
        made.append(Book(folder, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def book(new_book: Callable[..., Book]) -> Book:
    """Return a book with a pipeline of three open stages, two people in two teams, two companies and two products, and no deal."""
    made = new_book()
    made.put(*STAGES, *PEOPLE, *THINGS)
    return made


def line(deal_id: str, product: str, amount: int | str | None, place: int = 0) -> LineItem:
    """Return a line item that was on the deal from the beginning."""
    return LineItem(id=f"{deal_id}-{place}", deal=deal_id, product=product, amount=None if amount is None else Decimal(amount))


def day(text: str) -> date:
    """Return a day."""
    return date.fromisoformat(text)


def days(count: float) -> timedelta:
    """Return a length of time."""
    return timedelta(days=count)
