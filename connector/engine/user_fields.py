"""What user records show: the KPIs of their owner, for the month and the quarter to date."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from connector.engine.facts import Ground
from connector.engine.terms import Terms
from connector.kpis import Dimension, Kpi
from connector.kpis.fields import SHOWN, Shown
from connector.model import FieldSpec, KpiValue, Stream, text_of
from connector.period import ALL_TIME, Period

Figure = tuple[Decimal | None, Mapping[str, str | int | None]]
_NOTHING = Decimal(0)


class OnUsers:
    """Those of the values that pass by which user records show, by KPI, owner and period."""

    def __init__(self, terms: Terms) -> None:
        self.known: dict[tuple[str, str, Period], KpiValue] = {}
        self._periods: dict[str, set[Period]] = {}
        for shown in SHOWN:
            self._periods.setdefault(shown.kpi, set()).add(_period(terms, shown))

    def show(self, kpi: Kpi) -> bool:
        """Whether user records show this KPI at all, of which most are not."""
        return kpi.key in self._periods

    def noting(self, values: Iterable[KpiValue]) -> Iterator[KpiValue]:
        """Hand on values of KPIs that are shown, and keep those among them that are."""
        for value in values:
            if value.period in self._periods[value.kpi] and list(value.by) == [Dimension.OWNER]:
                self.known[value.kpi, value.by[Dimension.OWNER], value.period] = value
            yield value


def user_fields(
    ground: Ground, on_users: OnUsers, ids: list[str] | None
) -> Iterator[tuple[FieldSpec, str, Decimal | None, Mapping[str, str | int | None]]]:
    """Yield the field, the record, the value and the figures behind it, of all users or of those with these ids."""
    for owner, record in _users(ground, ids):
        for shown in (one for one in SHOWN if ids is None or one.on_deals):
            if ground.terms.hindrance(ground.terms.kpis[shown.kpi]):
                continue
            period = _period(ground.terms, shown)
            value = on_users.known.get((shown.kpi, owner, period))
            found = _gap(ground.terms, owner, period, value) if shown.is_gap else _figure(shown, value)
            if found:
                yield shown.spec, record, *found


def shown_periods(terms: Terms) -> tuple[Period, ...]:
    """Return the periods in which user records speak of deals."""
    return tuple(dict.fromkeys(_period(terms, shown) for shown in SHOWN if shown.on_deals))


def _users(ground: Ground, ids: list[str] | None) -> list[tuple[str, str]]:
    query = "select id, coalesce(record, id) as record from crm.users where deleted_at is null and is_active = 1"
    if ids is not None:
        query += " and (list_contains($ids, id) or list_contains($ids, record))"
    return ground.cache.connection.execute(f"{query} order by id", {} if ids is None else {"ids": ids}).fetchall()


def _period(terms: Terms, shown: Shown) -> Period:
    return ALL_TIME if shown.grain is None else terms.calendar.period_of(shown.grain, terms.last_day)


def _figure(shown: Shown, value: KpiValue | None) -> Figure:
    if value is None:
        return (_NOTHING if shown.zero_when_none else None), {"n": 0}
    evidence = {"n": value.n, "numerator": text_of(value.numerator), "denominator": text_of(value.denominator)}
    return value.value, {**evidence, **_doubt(value)}


def _doubt(value: KpiValue) -> Mapping[str, str]:
    """Return what says how sure a value is, where anything does."""
    between = [] if value.interval is None else [("95 % interval", " to ".join(f"{end:.4f}" for end in value.interval))]
    marks = [("unsure", ", ".join(value.told_marks))] if value.marks else []
    return dict([*between, *marks])


def _gap(terms: Terms, owner: str, period: Period, value: KpiValue | None) -> Figure | None:
    """Return target less won; empty where nobody set a target, and nothing at all where the CRM's own targets could not be read."""
    mine = (target for target in terms.targets if (target.kpi, target.subject_type, target.subject) == ("revenue_won", "owner", owner))
    target = next((target.target for target in mine if target.period == period), None)
    if target is None:
        return None if terms.missing((Stream.GOALS,)) else (None, {"target": None})
    won = value.value if value and value.value else _NOTHING
    return target - won, {"target": text_of(target), "won": text_of(won)}
