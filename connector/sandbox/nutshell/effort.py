"""The report of effort: activities by day, in the shape of a recorded answer [NPY]; which of them are successful is [recall]."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Any

from connector.sandbox.hubspot.clock import ZONE
from connector.sandbox.nutshell.account import Account, Raw
from connector.sandbox.nutshell.errors import Denied

_PERIOD = re.compile(r"-d([1-9]\d{0,2})")
"""The last so many days, up to today; no other period is known [NPY]."""
_MILLISECOND = 1000


def report(account: Account, given: Mapping[str, Any]) -> Raw:
    """Answer the report of effort, for some people where a filter names them."""
    period = _PERIOD.fullmatch(str(given.get("period")))
    if given.get("reportType") != "Effort" or period is None or given.get("options"):
        raise Denied(400, "This box knows the report Effort for periods such as -d30, without options.")
    length = int(period[1])
    today = datetime.fromtimestamp(account.now(), ZONE).date()
    days, before = ([today - timedelta(past) for past in range(length * (1 + part) - 1, length * part - 1, -1)] for part in (0, 1))
    people = {f"{one['entityId']}-users" for one in given.get("filter") or () if one["entityName"] == "Users"}
    series, past = _series(account, days, people), _series(account, before, people)
    begins = [_begin(day) for day in days]
    return {
        "seriesData": {name: [[at, str(count)] for at, count in zip(begins, counts, strict=True)] for name, counts in series.items()},
        "summaryData": {name: _summary(counts) | _change(counts, past[name]) for name, counts in series.items()},
        "periodDescription": f"between {days[0]:%b %d, %Y} and Today",
        "deltaPeriodDescription": f"between {before[0]:%b %d, %Y} and {before[-1]:%b %d, %Y}",
    }


def _series(account: Account, days: Sequence[date], people: set[str]) -> dict[str, list[int]]:
    found = [
        row.raw
        for row in account.table("activities").values()
        if row.deleted is None and (not people or people & {*row.raw["links"]["users"]})
    ]
    on = [(datetime.fromtimestamp(raw["startTime"], ZONE).date(), bool(raw["isLogged"])) for raw in found]
    total = [sum(day == one for one, _ in on) for day in days]
    return {"total_effort": total, "successful_effort": [sum(day == one and logged for one, logged in on) for day in days]}


def _summary(counts: Sequence[int]) -> Raw:
    return {"sum": sum(counts), "avg": fmean(counts), "min": str(min(counts)), "max": str(max(counts))}


def _change(counts: Sequence[int], past: Sequence[int]) -> Raw:
    now, then = _summary(counts), _summary(past)
    return {f"{name}_delta": float(now[name]) - float(then[name]) for name in now}


def _begin(day: date) -> int:
    return int(datetime.combine(day, time(), ZONE).timestamp()) * _MILLISECOND
