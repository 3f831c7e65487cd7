"""Cohorts: of the records that were created in a period, how many something happened to."""

from dataclasses import replace

from connector.kpis.metric import Columns, Formula, Part, Rows, Rule, one, ratio
from connector.model import Mark


def _is_young(rows: Columns) -> Columns:
    return rows.is_young


def so_far(cohort: Rows, what: Rule) -> Formula:
    """Return the share to which it happened by now; immature while some are younger than the cohort age."""
    return replace(ratio(cohort, what, one, doubt=_is_young), mark=Mark.IMMATURE)


def within(cohort: Rows, what: Rule) -> Formula:
    """Return the share of those that are old enough; immature while others are not."""
    young = _also(cohort, _is_young)
    grown = replace(cohort, where=_also(cohort, lambda rows: ~rows.is_young))
    told = replace(grown, left_out={**cohort.left_out, "it is too young to be judged": young})
    adds = {"numerator": what, "denominator": one, "n": one}
    return Formula(
        parts=(Part(rows=told, adds=adds), Part(rows=replace(cohort, where=young, left_out={}), adds={"doubt": one})),
        doubt=lambda sums: sums.doubt,
        mark=Mark.IMMATURE,
        is_share=True,
    )


def _also(rows: Rows, condition: Rule) -> Rule:
    where = rows.where
    return condition if where is None else lambda table: where(table) & condition(table)
