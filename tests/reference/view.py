"""The deals of one as-of day seen through one period, and the few sums that KPIs are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from .facts import Span


class Answer(NamedTuple):
    """A known answer: `value` is None where there is nothing to measure; `n` counts the records behind it."""

    value: float | None
    numerator: float
    denominator: float
    n: int


class Parts(NamedTuple):
    """A KPI's two halves and its count, by member."""

    numerator: pd.Series
    denominator: pd.Series
    n: pd.Series


@dataclass(frozen=True)
class View:
    """The deals of one as-of day, each with its member, seen through one period."""

    rows: pd.DataFrame
    seen: pd.DataFrame
    day: int
    span: Span
    targets: Mapping[str, int] = field(default_factory=dict)

    def between(self, column: str, start: int, end: int) -> pd.DataFrame:
        """Return the deals whose day in this column lies in `[start, end)`."""
        return self.rows[(self.rows[column] >= start) & (self.rows[column] < end)]

    @cached_property
    def created(self) -> pd.DataFrame:
        """Deals created in the period."""
        return self.between("created", self.span.start, self.span.so_far)

    @cached_property
    def closed(self) -> pd.DataFrame:
        """Deals won or lost in the period."""
        return self.between("closed", self.span.start, self.span.so_far)

    @cached_property
    def won(self) -> pd.DataFrame:
        """Deals won in the period."""
        return self.closed[self.closed["outcome"] == "Won"]

    @cached_property
    def open(self) -> pd.DataFrame:
        """Deals that were open when the period, or what ran of it, ended."""
        end = self.span.so_far
        return self.rows[(self.rows["created"] < end) & (self.rows["closed"] >= end)]

    @cached_property
    def ever_won(self) -> pd.DataFrame:
        """Orders up to the end of the period."""
        return self.between("closed", 0, self.span.so_far).query("outcome == 'Won'")


def count(rows: pd.DataFrame) -> pd.Series:
    """Count the rows of each member."""
    return rows.groupby("member").size()


def total(rows: pd.DataFrame, column: str) -> pd.Series:
    """Add up a column for each member."""
    return rows.groupby("member")[column].sum()


def mean(rows: pd.DataFrame, column: str) -> Parts:
    """Take the mean of a column for each member."""
    return Parts(total(rows, column), count(rows), count(rows))


def median(rows: pd.DataFrame, column: str) -> Parts:
    """Take the median of a column for each member."""
    middle = rows.groupby("member")[column].median()
    return Parts(middle, pd.Series(1, middle.index), count(rows))


def amount(series: pd.Series, n: pd.Series) -> Parts:
    """Take a sum or a count as it is: it is divided by one."""
    return Parts(series, pd.Series(1, series.index), n)


def tally(rows: pd.DataFrame) -> Parts:
    """Count the rows of each member, as a KPI."""
    return amount(count(rows), count(rows))
