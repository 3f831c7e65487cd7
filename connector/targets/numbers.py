"""The number that a goal asks for: given, worked out from another period, or added up from members' goals."""

from dataclasses import dataclass
from decimal import Decimal

from connector.kpis.metric import Unit
from connector.period import Period
from connector.targets.asking import Ask, start_of
from connector.targets.splitting import CENT
from connector.targets.summing import Sums

_FINE = Decimal("0.0001")
"""To how much a target that is no money and no count is rounded."""


@dataclass(frozen=True, slots=True)
class Number:
    """A target with where it starts from and what falls on which part; None, and a note why, where it is not known."""

    target: Decimal | None
    baseline: Decimal | None = None
    parts: tuple[tuple[Period, Decimal], ...] = ()
    note: str = ""


def number_of(ask: Ask, whom: tuple[str, str], sums: Sums) -> Number:
    """Return the number that is asked for of somebody (kind and id) in the goal's period."""
    if ask.is_sum:
        return _sum(ask, whom[1], sums)
    if ask.than:
        return _than(ask, whom, sums)
    return Number(ask.asked.target, ask.asked.baseline)


def _than(ask: Ask, whom: tuple[str, str], sums: Sums) -> Number:
    start = start_of(ask, sums.calendar)
    kind, subject = whom
    base = sums.members.past.get((ask.kpi, "" if kind == "account" else kind, subject, start.name))
    what = f"{ask.where} starts from {ask.kpi} of {ask.subject} in {start.name}"
    if base is None:
        return Number(None, note=f"{what}, which is not measured yet; it is left out.")
    if not base:
        return Number(None, note=f"{what}, which was 0; there is no share of that, and it is left out.")
    by = ask.than.by if ask.than else Decimal(0)
    moved = abs(base) * by * (1 if ask.asked.more_than else -1)
    step = CENT if sums.members.kpis[ask.kpi].unit in (Unit.MONEY, Unit.COUNT) else _FINE
    return Number((base + moved).quantize(step), base)


def _sum(ask: Ask, team: str, sums: Sums) -> Number:
    parts, without = sums.of(ask.kpi, team, ask.period)
    names = ", ".join(without)
    if not parts:
        why = f"none of whom has one ({names})" if names else "which has none"
        return Number(None, note=f"{ask.where} adds up the goals of the members of {ask.subject}, {why}; it is left out.")
    note = f"{ask.where} adds up the goals of the members of {ask.subject}; without one are {names}." if names else ""
    return Number(sum((target for _, target in parts), Decimal(0)), parts=parts, note=note)
