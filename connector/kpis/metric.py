"""The building blocks of a KPI: which rows it counts, what each row adds, and how the sums become a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from connector.model import Mark, Stream

Columns = Any
"""An Ibis table of facts or figures, whose columns are its attributes; or a column made from them. Ibis comes without types."""
Rule = Callable[[Columns], Columns]
"""A calculation on the columns of a table."""
Words = Mapping[str, Rule]


class Unit(StrEnum):
    """What a value is counted in. Rates are fractions; money is in the account's home currency; a score says its scale in its formula."""

    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    DAYS = "days"
    HOURS = "hours"
    MONEY_PER_DAY = "money/day"
    RATIO = "ratio"
    PER_CUSTOMER = "per customer"
    PER_LEAD = "per lead"
    DAYS_PER_WEEK = "days/week"
    SCORE = "score"


class Better(StrEnum):
    """Which way a value should move."""

    UP = "up"
    DOWN = "down"


class Dimension(StrEnum):
    """What a KPI can be broken down by."""

    OWNER = "owner"
    TEAM = "team"
    PIPELINE = "pipeline"
    PRODUCT = "product"
    SEGMENT = "segment"
    STAGE = "stage"
    LOST_REASON = "lost_reason"
    SOURCE = "source"
    CAMPAIGN = "campaign"
    WORKFLOW = "workflow"
    CHANNEL = "channel"
    KIND = "kind"
    COURSE = "course"
    REASON = "reason"
    TOUCHPOINT = "touchpoint"
    RULE = "rule"


class Need(StrEnum):
    """What must have been supplied, by a CRM, an import or a setting, before a KPI means anything: without it a zero would be a guess."""

    TOUCHES = "touches"
    CONTRACTS = "contracts"
    TRAFFIC = "traffic"
    USAGE = "usage"
    TRAININGS = "trainings"
    ADVERTISING = "costs.advertising"
    MARKETING = "costs.marketing"
    SALES = "costs.sales"
    RETENTION = "costs.retention"
    SERVICE = "costs.service"
    CRM = "costs.crm"
    CAMPAIGN_COSTS = "costs of campaigns"
    CRM_SOURCES = "crm_sources"
    CRM_REVENUE = "crm_revenue"
    GROSS_MARGIN = "gross_margin"
    FEATURE = "crm_feature"
    COMPLAINTS = "complaints"
    CHANCES = "chances"
    WORK = "work"
    """What tells who did something in the CRM: logins, activities, or who made a change."""
    STALLED_DAYS = "stalled_days"
    SILENCE = "silence"
    """Whole activities, but only where a setting says how long is silent."""
    STAYS = "stage_changes"
    STALLING = "stalling"
    """What tells that a deal is stalled: the stays of deals, or a setting that says how long is silent."""


class Role(StrEnum):
    """How an event's day is matched with a period.

    NOW: it falls in the period. BEFORE and YEAR_BEFORE: it falls in the same elapsed part of the period before, or of the same period
    a year earlier. THROUGH: it falls anywhere before the period's end. LAST_YEAR: it falls in the 365 days that end with the period's
    last day that counts.
    """

    NOW = "now"
    BEFORE = "before"
    YEAR_BEFORE = "year_before"
    THROUGH = "through"
    LAST_YEAR = "last_year"


STANDARD = (
    Dimension.OWNER,
    Dimension.TEAM,
    Dimension.PIPELINE,
    Dimension.PRODUCT,
    Dimension.SEGMENT,
    Dimension.SOURCE,
    Dimension.CAMPAIGN,
)
BY_STAGE = (*STANDARD, Dimension.STAGE)
BASE = (Stream.DEALS, Stream.PIPELINES)
"""The streams without which no deal can be judged: the deals, and what their stages mean."""
ACTIVITIES = (Stream.CALLS, Stream.EMAILS, Stream.MEETINGS)
"""The streams without which nobody knows that nothing was done."""
DIMENSION_READS: Mapping[Dimension, tuple[Stream, ...]] = {
    Dimension.OWNER: (Stream.USERS,),
    Dimension.TEAM: (Stream.TEAMS,),
    Dimension.PRODUCT: (Stream.LINE_ITEMS, Stream.PRODUCTS),
    Dimension.SEGMENT: (Stream.COMPANIES,),
}
"""The streams that a breakdown needs besides those of the KPI itself."""


def one(rows: Columns) -> Columns:
    """Add one for every row."""
    return rows.account.notnull()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Facts that a KPI looks at.

    `of` names the fact table. `at` names the event that dates a row (`closed` reads the columns `closed_on` and `closed_time`); None is for
    facts that already are a level at the end of each period. `left_out` says, reason by reason, which rows a person might expect to
    count and why they do not.
    """

    of: str
    at: str | None = None
    where: Rule | None = None
    role: Role = Role.NOW
    left_out: Words = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Sums over rows: `adds` names each sum and what one row adds to it.

    With `per_customer` the rows are summed for each customer (or whatever the column `each` names) first, and `adds` looks at those sums.
    With `middle` only the one or two rows in the middle of that column's order are added; the sum `n` then counts all of them. With
    `last_of` only the last row, by the event's time, of each value of that column counts in a period. `shows` names columns that tell
    people how a row came to what it adds.
    """

    rows: Rows
    adds: Words
    per_customer: Words | None = None
    each: str = "customer"
    middle: Rule | None = None
    last_of: str | None = None
    shows: tuple[str, ...] = ()


def _numerator(figures: Columns) -> Columns:
    return figures.numerator


def _denominator(figures: Columns) -> Columns:
    return figures.denominator


def _n(figures: Columns) -> Columns:
    return figures.n


@dataclass(frozen=True, kw_only=True)
class Formula:
    """How the sums of the parts become a value: `numerator` divided by `denominator`, or the numerator alone.

    `doubt` counts rows that make the value uncertain, `mark` says why they do. `is_share` is set where several parts make the share of some
    records, `spread` counts promoters and detractors of a score. `sampled` is for values that a small `n` makes unsure; a plain count or
    sum is never.
    `mean_of` is set on means: the rows and the column whose median is the KPI's twin, and what makes both uncertain.
    """

    parts: tuple[Part, ...]
    numerator: Rule = _numerator
    denominator: Rule | None = _denominator
    n: Rule = _n
    doubt: Rule | None = None
    mark: Mark = Mark.INCOMPLETE
    is_share: bool = False
    spread: Rule | None = None
    sampled: bool = True
    mean_of: tuple[Rows, Rule, Rule | None] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Kpi:
    """One KPI: everything else about it is derived from this declaration.

    `formula_words` says for people what `formula` does. `source` names the articles that ask for it (N and R Nutshell, U the Ukrainian one,
    C ClickUp, + ours). `reads` are the streams that must be whole, `needs` what must have been supplied besides. `looks_ahead` is for KPIs
    that also have a value in the next month, quarter and year. `declared` is the declaration of one that an admin added.
    """

    key: str
    label: str
    unit: Unit
    better: Better
    means: str
    formula_words: str
    source: str
    formula: Formula
    reads: tuple[Stream, ...] = BASE
    needs: tuple[Need, ...] = ()
    by: tuple[Dimension, ...] = STANDARD
    looks_ahead: bool = False
    version: int = 1
    declared: str = ""


def count(rows: Rows) -> Formula:
    """Count the rows."""
    return Formula(parts=(Part(rows=rows, adds={"n": one}),), numerator=_n, denominator=None, sampled=False)


def total(rows: Rows, amount: Rule) -> Formula:
    """Add up an amount."""
    return Formula(parts=(Part(rows=rows, adds={"numerator": amount, "n": one}),), denominator=None, sampled=False)


def ratio(rows: Rows, over: Rule, under: Rule, doubt: Rule | None = None) -> Formula:
    """Divide one sum over the rows by another sum over the same rows."""
    adds = {"numerator": over, "denominator": under, "n": one}
    if doubt is None:
        return Formula(parts=(Part(rows=rows, adds=adds),))
    return Formula(parts=(Part(rows=rows, adds={**adds, "doubt": doubt}),), doubt=lambda figures: figures.doubt)


def mean(rows: Rows, value: Rule, doubt: Rule | None = None) -> Formula:
    """Average a column over the rows in which it is known; `doubt` says which of the others make that uncertain."""
    known = _known(rows, value)
    return replace(_doubted(ratio(known, value, one), rows, doubt), mean_of=(rows, value, doubt))


def median(rows: Rows, value: Rule, doubt: Rule | None = None) -> Formula:
    """Take the middle of a column over the rows in which it is known; the mean of the two middle ones where their number is even."""
    adds = {"numerator": value, "denominator": one}
    return _doubted(Formula(parts=(Part(rows=_known(rows, value), adds=adds, middle=value),)), rows, doubt)


def _doubted(formula: Formula, rows: Rows, doubt: Rule | None) -> Formula:
    """Return a formula that some of the rows make uncertain, although they are none that it counts."""
    if doubt is None:
        return formula
    others = replace(rows, where=lambda table: _both(rows.where, table) & doubt(table), left_out={})
    return replace(formula, parts=(*formula.parts, Part(rows=others, adds={"doubt": one})), doubt=lambda sums: sums.doubt)


def per_customer(rows: Rows, sums: Words, over: Rule, under: Rule) -> Formula:
    """Sum the rows for each customer, then divide one sum over the customers by another."""
    adds = {"numerator": over, "denominator": under, "n": one}
    return Formula(parts=(Part(rows=rows, adds=adds, per_customer=sums),))


def median_twin(kpi: Kpi) -> Kpi | None:
    """Return the KPI that is the median where this one is the mean, or None where this one is no mean."""
    if kpi.formula.mean_of is None:
        return None
    return replace(
        kpi,
        key=f"{kpi.key}_median",
        label=f"{kpi.label} (median)",
        means=f"The median beside the mean of {kpi.label.lower()}: half lie below, half above.",
        formula_words=f"Median instead of mean: {kpi.formula_words}",
        formula=median(*kpi.formula.mean_of),
    )


def _known(rows: Rows, value: Rule) -> Rows:
    return replace(rows, where=lambda table: _both(rows.where, table) & value(table).notnull())


def _both(where: Rule | None, table: Columns) -> Columns:
    return table.account.notnull() if where is None else where(table)
