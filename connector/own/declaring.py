"""Makes KPIs of what an admin declared, and says what is wrong with a declaration where it stands."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache

from connector.errors import SettingsError
from connector.kpis import KPIS, Dimension, Kpi, Need, Unit
from connector.kpis.catalogue import Catalogue
from connector.kpis.deals import is_unpriced, priced, priced_rows
from connector.kpis.facts import FACTS
from connector.kpis.metric import STANDARD, Better, Formula, Rows, Rule, count, mean, median, one, ratio, total
from connector.model import Stream
from connector.own.language import columns_of, near, parse
from connector.own.tables import CARRIED, TABLES, WORDS, times_of
from connector.own.terms import FIGURES, Kind, Term
from connector.settings import KpiSetting

SOURCE = "own"
_UNITS: Mapping[Kind, tuple[Unit, ...]] = {
    Kind.NUMBER: (Unit.COUNT, Unit.RATIO, Unit.RATE, Unit.SCORE, Unit.PER_CUSTOMER, Unit.PER_LEAD),
    Kind.MONEY: (Unit.MONEY,),
    Kind.SPAN: (Unit.DAYS, Unit.HOURS),
}
"""What a value of each kind may be counted in."""
_TAKES: Mapping[str, tuple[str, ...]] = {
    "count": (),
    "sum": ("numerator",),
    "mean": ("numerator",),
    "median": ("numerator",),
    "ratio": ("numerator", "denominator"),
    "share": ("numerator", "denominator"),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {**_TAKES, "share": ("numerator",)}
Where = Callable[[int, str], str]
"""Says where a word of the declaration of a number (from 0) stands, such as `settings.toml, line 12`."""


def check_own(settings: Sequence[KpiSetting], where: Where) -> None:
    """Make sure that every declaration makes a KPI.

    Raises:
        SettingsError: one does not; it says where it stands, what is wrong, and what is allowed.
    """
    taken = set(KPIS)
    for number, setting in enumerate(settings):
        try:
            _check_key(setting.key, taken)
            _kpi(setting)
        except _Wrong as wrong:
            raise SettingsError(f"{where(number, wrong.word)}: {wrong.word} of the KPI {setting.key!r} {wrong}") from None
        taken.add(setting.key)


@cache
def catalogue_of(settings: tuple[KpiSetting, ...]) -> Catalogue:
    """Return the catalogue of an account that declares these, which were checked before."""
    return KPIS.with_own(_kpi(setting) for setting in settings) if settings else KPIS


def _check_key(key: str, taken: Collection[str]) -> None:
    if key in taken:
        whose = "one of the program's own" if key in KPIS else "declared before"
        raise _Wrong("key", f"is {key!r}, which is {whose}; give it another one.")


class _Wrong(Exception):
    """What is wrong with one word of a declaration, on its way to where its place is known."""

    def __init__(self, word: str, message: str) -> None:
        super().__init__(message)
        self.word = word


def _kpi(setting: KpiSetting) -> Kpi:
    if setting.table not in TABLES:
        raise _Wrong("table", f"is {setting.table!r}; {near(setting.table, TABLES)}")
    parts = _parts(setting)
    table = TABLES[setting.table]
    needs = [*table.needs, *_besides(setting, parts)]
    return Kpi(
        key=setting.key,
        label=setting.label,
        unit=_unit(setting, parts),
        better=Better(setting.better),
        means=setting.means,
        formula_words=_words(setting),
        source=SOURCE,
        formula=_formula(setting, parts),
        reads=tuple(dict.fromkeys((*table.reads, *(need for need in needs if not isinstance(need, Need))))),
        needs=tuple(dict.fromkeys(need for need in needs if isinstance(need, Need))),
        by=_by(setting),
        declared=setting.model_dump_json(),
    )


def _parts(setting: KpiSetting) -> Mapping[str, Term]:
    """Return the expressions of a declaration, each of the kind that its place asks for."""
    given = [name for name in ("numerator", "denominator") if getattr(setting, name) is not None]
    takes, needed = _TAKES[setting.kind], _NEEDED[setting.kind]
    for name in given:
        if name not in takes:
            raise _Wrong(name, f"is given, but a {setting.kind} has none; allowed are {', '.join(('filter', *takes))}.")
    for name in needed:
        if name not in given:
            raise _Wrong("kind", f"is {setting.kind}, which needs a {name}.")
    conditions = ("filter", "numerator", "denominator") if setting.kind == "share" else ("filter",)
    return {
        name: _term(setting, name, is_condition=name in conditions) for name in ("filter", *takes) if getattr(setting, name) is not None
    }


def _term(setting: KpiSetting, name: str, *, is_condition: bool) -> Term:
    text = str(getattr(setting, name))
    try:
        found = parse(text, setting.table, WORDS)
    except SettingsError as error:
        raise _Wrong(name, str(error)) from None
    counts = not is_condition and setting.kind in ("sum", "ratio")
    allowed = (Kind.YES,) if is_condition else (*FIGURES, Kind.YES) if counts else FIGURES
    if found.is_fixed:
        raise _Wrong(name, f"is {text!r}, which looks at no column; allowed are {', '.join(columns_of(setting.table))}.")
    if found.kind not in allowed:
        raise _Wrong(name, f"is {text!r}, which is {found.kind}; allowed is {' or '.join(allowed)}.")
    return found


def _besides(setting: KpiSetting, parts: Mapping[str, Term]) -> list[Stream | Need]:
    names = sorted({name for part in parts.values() for name in part.names} | {f"{setting.time}_on"})
    found: list[Stream | Need] = [need for name in names for need in TABLES[setting.table].besides.get(name, ())]
    texts = " ".join(str(getattr(setting, name)) for name in parts)
    if setting.table == "costs":
        # Costs that nobody supplied are not costs of zero; which ones are meant stands in the filter.
        found += [need for need in Need if need.startswith("costs.") and need.removeprefix("costs.") in texts]
    return found


def _unit(setting: KpiSetting, parts: Mapping[str, Term]) -> Unit:
    if setting.kind in ("count", "share"):
        allowed: tuple[Unit, ...] = (Unit.COUNT,) if setting.kind == "count" else (Unit.RATE,)
    else:
        allowed = _UNITS[_kind_of(parts)]
    if setting.unit is None:
        is_sum = setting.kind == "sum"
        return Unit.RATIO if not is_sum and Unit.RATIO in allowed else allowed[0]
    if setting.unit not in allowed:
        raise _Wrong("unit", f"is {setting.unit!r}; {near(setting.unit, allowed)}")
    return Unit(setting.unit)


def _kind_of(parts: Mapping[str, Term]) -> Kind:
    """Return what the value is: a yes counts as one."""
    over, under = (_figure(parts[name]) if name in parts else Kind.NUMBER for name in ("numerator", "denominator"))
    if over is under:
        return Kind.NUMBER if "denominator" in parts else over
    if under is not Kind.NUMBER:
        raise _Wrong("denominator", f"is {under}, and the numerator {over}, which cannot be divided by it.")
    return over


def _figure(term: Term) -> Kind:
    return Kind.NUMBER if term.kind is Kind.YES else term.kind


def _formula(setting: KpiSetting, parts: Mapping[str, Term]) -> Formula:
    where = [parts[name].rule for name in ("filter", "denominator") if name in parts and (name == "filter" or setting.kind == "share")]
    rows = Rows(of=setting.table, at=_time(setting), where=_all_of(where))
    if setting.kind == "count":
        return count(rows)
    over = parts["numerator"].rule
    if setting.kind == "share":
        return ratio(rows, over, one)
    doubt = _doubt(setting.table, parts)
    if setting.kind == "ratio":
        return ratio(priced_rows(rows) if doubt else rows, over, parts["denominator"].rule, doubt)
    counted = _priced_without(rows, over) if doubt else _without(rows, over)
    if setting.kind == "sum":
        return priced(total(counted, over)) if doubt else total(counted, over)
    return (mean if setting.kind == "mean" else median)(counted, over, doubt)


def _doubt(table: str, parts: Mapping[str, Term]) -> Rule | None:
    """Return which rows have an amount without an exchange rate, where amounts are what is calculated with."""
    looks = any({"home_amount", "at_start", "at_end"} & {*parts[name].names} for name in ("numerator", "denominator") if name in parts)
    return is_unpriced if looks and "is_unpriced" in FACTS[table] else None


def _all_of(rules: Sequence[Rule]) -> Rule | None:
    if len(rules) < len("ab"):
        return rules[0] if rules else None
    first, second = rules
    return lambda rows: first(rows) & second(rows)


def _without(rows: Rows, value: Rule) -> Rows:
    """Return the rows with those named that would count, had they a value."""
    chosen = rows.where or one
    return Rows(of=rows.of, at=rows.at, where=rows.where, left_out={"it has no value": lambda facts: chosen(facts) & value(facts).isnull()})


def _priced_without(rows: Rows, value: Rule) -> Rows:
    """Return the rows with those named that would count, had they a value: apart from the others those that only lack an exchange rate."""
    chosen = rows.where or one
    empty = {"it has no value": lambda facts: chosen(facts) & value(facts).isnull() & ~is_unpriced(facts)}
    return priced_rows(replace(rows, left_out=empty))


def _time(setting: KpiSetting) -> str | None:
    allowed = times_of(setting.table)
    if setting.time is None and allowed:
        raise _Wrong("time", f"is missing, and rows of {setting.table} have to be dated; allowed are {', '.join(allowed)}.")
    if setting.time is not None and setting.time not in allowed:
        told = near(setting.time, allowed) if allowed else f"leave it out: {setting.table} are what they are when a period ends."
        raise _Wrong("time", f"is {setting.time!r}; {told}")
    return setting.time


def _by(setting: KpiSetting) -> tuple[Dimension, ...]:
    allowed = CARRIED[setting.table]
    if setting.by is None:
        return tuple(dimension for dimension in STANDARD if dimension in allowed)
    for name in setting.by:
        if name not in allowed:
            raise _Wrong("by", f"holds {name!r}; {near(name, [str(dimension) for dimension in allowed])}")
    return tuple(dict.fromkeys(Dimension(name) for name in setting.by))


def _words(setting: KpiSetting) -> str:
    """Say in words what the declaration does."""
    rows = f"rows of {setting.table}" + (f" where {setting.filter}" if setting.filter else "")
    made = {
        "count": f"Number of {rows}",
        "sum": f"Sum of {setting.numerator} over {rows}",
        "mean": f"Mean of {setting.numerator} over {rows}",
        "median": f"Median of {setting.numerator} over {rows}",
        "ratio": f"Sum of {setting.numerator} / sum of {setting.denominator} over {rows}",
        "share": f"Of {rows}{f' and {setting.denominator}' if setting.denominator else ''}, those where {setting.numerator} / all",
    }
    return f"{made[setting.kind]}, {f'by the day of {setting.time}' if setting.time else 'as they are when the period ends'}."
