"""What the cells of one row must be to each other; a rule is asked only where all the cells that it looks at could be read."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.hours import Hours
from connector.imports.cells import Reading
from connector.model import Entity, SurveyKind
from connector.period import Grain

NPS = 10
SATISFACTION = (5, 10)
"""The highest scores of the standard scales."""
_EFFORT = 7
LONGEST_ID = 500
"""How many characters an id may have, also one made of several columns: longer ones fit no index of a database."""
Told = tuple[str, str, str]
"""A column, what it holds, and what is wrong with that."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule for the cells of these columns: `ask` returns what is wrong with which of them, or None."""

    columns: tuple[str, ...]
    ask: Callable[[Mapping[str, Any], Reading], Told | None]


def faults_of(entity: Entity, values: Mapping[str, Any], reading: Reading) -> Iterator[Told]:
    """Yield what is wrong with a row as a whole."""
    for rule in _RULES.get(entity, ()):
        if set(rule.columns) <= set(values) and (told := rule.ask(values, reading)):
            yield told


def _judged(values: Mapping[str, Any], _: Reading) -> Told | None:
    if values["stage"] is None and values["status"] is None:
        return "status", "", "a deal needs a stage or a status, which tells whether it is open, won, lost or cancelled"
    return None


def _at_home(values: Mapping[str, Any], reading: Reading) -> Told | None:
    if values["home"] in (None, reading.home):
        return None
    return "home", values["home"], f"the account counts in {reading.home}, and rates are what a unit is worth in that"


def _scored(values: Mapping[str, Any], _: Reading) -> Told | None:
    score, kind = values["score"], values["kind"]
    most = {SurveyKind.NPS: NPS, SurveyKind.CES: _EFFORT}.get(kind, values["scale"] or max(SATISFACTION))
    least = 0 if kind is SurveyKind.NPS else 1
    if score is None or least <= score <= most:
        return None
    return "score", f"{score}", f"the scores of {kind} go from {least} to {most}; what was answered on another scale is a raw_score"


def _lives_on(values: Mapping[str, Any], _: Reading) -> Told | None:
    return ("survivor", values["survivor"], "a record cannot be merged into itself") if values["old"] == values["survivor"] else None


def _aimed(values: Mapping[str, Any], _: Reading) -> Told | None:
    kind, subject = values["subject_type"], values["subject"]
    if kind in (None, "account") and subject:
        return "subject", subject, "subject_type says whether it is the id of an owner or of a team; goals of the account have none"
    return ("subject", "", f"whose goal it is: the id of the {kind}") if kind in ("owner", "team") and not subject else None


def _measured(values: Mapping[str, Any], reading: Reading) -> Told | None:
    if not reading.kpis or values["kpi"] in reading.kpis:
        return None
    near = difflib.get_close_matches(values["kpi"], reading.kpis, n=1, cutoff=0)
    return "kpi", values["kpi"], f"it is not the key of a KPI; did you mean {near[0]}?"


def _whole_period(values: Mapping[str, Any], reading: Reading) -> Told | None:
    span = values["starts_on"], values["ends_on"]
    found = (reading.calendar.period_of(grain, span[0]) for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR))
    if span[0] >= span[1] or any((period.start, period.end) == span for period in found):
        return None
    return "ends_on", f"{span[1]}", "a goal is for a whole month, quarter or year of the account, and ends with the first day after it"


def _in_a_zone(values: Mapping[str, Any], _: Reading) -> Told | None:
    name = values["timezone"]
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "timezone", name, "allowed are IANA names such as Europe/Helsinki"
    return None


def _at_work(values: Mapping[str, Any], _: Reading) -> Told | None:
    hours = values["working_hours"]
    if not hours or Hours.told(hours):
        return None
    return "working_hours", hours, "allowed are days and times such as mon-fri 09:00-17:00, none over midnight and none twice"


def _in_order(first: str, last: str, *, may_be_same: bool) -> _Rule:
    """Return the rule that a span does not end before it begins."""

    def ask(values: Mapping[str, Any], _: Reading) -> Told | None:
        start, end = values[first], values[last]
        if start is None or end is None or start < end or (may_be_same and start == end):
            return None
        return last, f"{end}", f"it is {'' if may_be_same else 'not after, but the same as or '}before {first}, {start}"

    return _Rule((first, last), ask)


def _whole_spread(values: Mapping[str, Any], _: Reading) -> Told | None:
    for name, other in (("spread_from", "spread_to"), ("spread_to", "spread_from")):
        if values[name] is None and values[other] is not None:
            return name, "", f"costs that are spread need it beside {other}"
    return None


_RULES: Mapping[Entity, tuple[_Rule, ...]] = {
    Entity.USERS: (_Rule(("timezone",), _in_a_zone), _Rule(("working_hours",), _at_work)),
    Entity.DEALS: (_Rule(("status", "stage"), _judged),),
    Entity.FX_RATES: (_Rule(("home",), _at_home),),
    Entity.SURVEYS: (_Rule(("kind", "score", "scale"), _scored),),
    Entity.MERGES: (_Rule(("old", "survivor"), _lives_on),),
    Entity.STAGE_CHANGES: (_in_order("entered_at", "left_at", may_be_same=True),),
    Entity.CONTRACTS: (_in_order("starts_on", "ends_on", may_be_same=True),),
    Entity.CAMPAIGNS: (_in_order("starts_on", "ends_on", may_be_same=True),),
    Entity.GOALS: (
        _Rule(("kpi",), _measured),
        _Rule(("subject_type", "subject"), _aimed),
        _in_order("starts_on", "ends_on", may_be_same=False),
        _Rule(("starts_on", "ends_on"), _whole_period),
    ),
    Entity.COSTS: (_Rule(("spread_from", "spread_to"), _whole_spread), _in_order("spread_from", "spread_to", may_be_same=False)),
}
