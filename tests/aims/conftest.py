"""What the tests of goals are made from: a calendar, a few periods, goals and values."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connector.aims import Aim, Seen, Workdays
from connector.kpis import KPIS
from connector.kpis.interval import interval_of
from connector.model import KpiValue
from connector.period import Calendar, Period

D = Decimal
CALENDAR = Calendar(ZoneInfo("Europe/Helsinki"))
FEBRUARY, QUARTER, YEAR = (CALENDAR.parse(name) for name in ("2018-02", "2018-Q1", "2018"))


def aim(kpi: str = "revenue_won", target: str | None = "100", **more: Any) -> Aim:  # noqa: ANN401 - any column of a goal
    """Return a goal of the whole account in February 2018, which has twenty working days, unless told otherwise."""
    place = {"subject_type": "account", "subject": "", "period": FEBRUARY}
    number = None if target is None else D(target)
    return Aim(title="Goal", kpi=KPIS[kpi] if kpi else None, target=number, **{**place, **more})


def value(kpi: str, figure: str | None, period: Period = FEBRUARY, *, n: int = 10, parts: tuple[int, int] | None = None) -> KpiValue:
    """Return a measured number of the whole account."""
    over, under = (D(parts[0]), D(parts[1])) if parts else (None, None)
    found = None if figure is None else D(figure)
    return KpiValue(kpi, period, datetime(2018, 3, 1, tzinfo=UTC), found, over, under, n, interval=interval_of(KPIS[kpi], over, under))


def seen(*values: KpiValue, today: str = "2018-02-15", workdays: Workdays | None = None, missing: tuple[str, ...] = ()) -> Seen:
    """Return what is known at the beginning of a day: by 15 February ten of twenty working days are over."""
    known = {(one.kpi, *next(iter(one.by.items()), ("", "")), one.period.name): one for one in values}
    return Seen(known, workdays or Workdays(), date.fromisoformat(today), missing)
