"""What the parts of an expression are: kinds, fixed values, columns, and figures calculated from one another."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.errors import SettingsError
from connector.kpis.facts import MONEY
from connector.kpis.metric import Columns, Rule

_MOST = 10**17


class Kind(StrEnum):
    """What a part of an expression is; the value says so in messages."""

    NUMBER = "a number"
    MONEY = "money"
    SPAN = "a span of time"
    TEXT = "a text"
    YES = "yes or no"
    DAY = "a day"
    NULL = "null"


KINDS = {MONEY: Kind.MONEY, "string": Kind.TEXT, "boolean": Kind.YES, "date": Kind.DAY}
FIGURES = (Kind.NUMBER, Kind.MONEY, Kind.SPAN)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of an expression: its kind, and what it is of a table's rows. `fixed` is its value where it looks at no column."""

    kind: Kind
    rule: Rule
    names: frozenset[str] = frozenset()
    fixed: object = None

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same for every row."""
        return not self.names

    @property
    def size(self) -> float:
        """The number that a fixed one is; 0 of anything else."""
        return self.fixed if isinstance(self.fixed, int | float) else 0


def fixed(kind: Kind, value: object) -> Term:
    """Return a part that is the same for every row."""
    return Term(kind, lambda _: value, fixed=value)


def number(value: float) -> Term:
    """Return a number that stands in the text.

    Raises:
        SettingsError: it is too large for any column.
    """
    if not abs(value) < _MOST:
        raise SettingsError(f"holds a number beyond {_MOST:,}, which no column can reach.")
    return fixed(Kind.NUMBER, value)


def calculated(one: Term, sign: ast.operator, other: Term) -> Term:
    """Return a sum, difference, product or quotient.

    Raises:
        SettingsError: the two do not fit, or it divides by 0.
    """
    kind = _kind_of(one.kind, sign, other.kind)
    names = one.names | other.names
    if isinstance(sign, ast.Div) and other.is_fixed and not other.fixed:
        raise SettingsError("divides by 0.")
    rule = _RULES[type(sign)](one.rule, other.rule, is_fixed=not names)
    return Term(kind, rule, names) if names else _folded(kind, rule)


def _folded(kind: Kind, rule: Rule) -> Term:
    value = rule(None)
    number(value)
    return fixed(kind, value)


def _kind_of(one: Kind, sign: ast.operator, other: Kind) -> Kind:
    if type(sign) not in _RULES:
        raise SettingsError("calculates in a way that is not allowed; allowed are + - * /.")
    if one not in FIGURES or other not in FIGURES:
        raise SettingsError(f"calculates with {one if one not in FIGURES else other}; allowed are numbers, money and spans of time.")
    if one is other:
        is_share = isinstance(sign, ast.Div)
        if isinstance(sign, ast.Mult) and one is not Kind.NUMBER:
            raise SettingsError(f"multiplies {one} by {other}; one of them has to be a number.")
        return Kind.NUMBER if is_share else one
    if isinstance(sign, ast.Add | ast.Sub) and {one, other} == {Kind.NUMBER, Kind.MONEY}:
        return Kind.MONEY
    if isinstance(sign, ast.Mult) and Kind.NUMBER in (one, other):
        return one if other is Kind.NUMBER else other
    if isinstance(sign, ast.Div) and other is Kind.NUMBER:
        return one
    raise SettingsError(f"calculates {one} with {other}, which do not fit; a span is written days(3) or hours(4).")


def _sum(one: Rule, other: Rule, *, is_fixed: bool) -> Rule:  # noqa: ARG001 - all four are called alike
    return lambda rows: one(rows) + other(rows)


def _difference(one: Rule, other: Rule, *, is_fixed: bool) -> Rule:  # noqa: ARG001 - as above
    return lambda rows: one(rows) - other(rows)


def _product(one: Rule, other: Rule, *, is_fixed: bool) -> Rule:
    if is_fixed:
        return lambda rows: one(rows) * other(rows)
    return lambda rows: _float(one(rows)) * _float(other(rows))


def _quotient(one: Rule, other: Rule, *, is_fixed: bool) -> Rule:
    if is_fixed:
        return lambda rows: one(rows) / other(rows)
    return lambda rows: _float(one(rows)) / _not_zero(_float(other(rows)))


_RULES: Mapping[type[ast.operator], Callable[..., Rule]] = {
    ast.Add: _sum,
    ast.Sub: _difference,
    ast.Mult: _product,
    ast.Div: _quotient,
}


def _float(value: Columns) -> Columns:
    """Return a figure as a floating number: a product of decimals would have more places than any engine keeps."""
    return value.cast("float64") if hasattr(value, "cast") else value


def _not_zero(value: Columns) -> Columns:
    return value.nullif(0) if hasattr(value, "nullif") else value
