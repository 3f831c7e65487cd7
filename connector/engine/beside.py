"""What is told of a deal beside what it adds to a value: its own currency with the rate, and how long it has been in its stage."""

from collections.abc import Collection, Mapping, Sequence

CURRENCY = ("amount", "currency", "rate", "rate_of")
"""How an amount came home: as it was agreed, and by which rate of which day, where the CRM did not turn it into home money itself."""
_MONEY: Mapping[str, str] = {
    "amount": "s.amount",
    "currency": "d.currency",
    "rate": "case when (d.home_amount is null or is_by_rate(s.amount, d.currency)) and s.amount is not null then r.rate end",
    "rate_of": "case when (d.home_amount is null or is_by_rate(s.amount, d.currency)) and s.amount is not null then r.day end",
}
_STAY: Mapping[str, str] = {
    "stage": "g.name",
    "since_time": "local_time(s.entered_us)",
    "stay_us": "epoch_us(m.wall) - wall_us(s.entered_us)",
    "usual_us": "cast(b.median_us as bigint)",
    "allowed_us": "cast(getvariable('stalled_factor') * b.median_us as bigint)",
}
_NOW = "getvariable('as_of')"
_STATES = """
left join periods as p on p.grain = x.grain and p.period = x.period
left join states as s on s.deal = x.record and s.moment = {moment}
left join moments as m on m.moment = s.moment
asof left join (select currency, "day", try_cast(rate as decimal(20, 10)) as rate from crm.fx_rates where deleted_at is null) as r
  on r.currency = d.currency and r."day" <= coalesce(local_day(s.closed_us), m.last_day)
"""
_STAYS = """
left join crm.stages as g on g.id = s.stage
left join benchmarks as b on b.stage = s.stage and b.moment = s.moment
"""


def beside(of: str, columns: Collection[str]) -> tuple[Sequence[str], str]:
    """Return what to select beside these columns of some deals (`d`), and the joins it takes; nothing of other records."""
    if of not in ("deals", "open_deals"):
        return (), ""
    told = {**(_MONEY if "home_amount" in columns else {}), **(_STAY if "too_long" in columns else {})}
    joins = _STATES.format(moment="p.moment" if of == "open_deals" else _NOW) + (_STAYS if "too_long" in columns else "")
    return [f"{what} as {name}" for name, what in told.items()], joins if told else ""
