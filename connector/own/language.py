"""The language of own KPIs: conditions and sums over the columns of one table, in Python's notation, read and never run.

Python's own parser reads the text; only what is named here is taken from its tree, and everything has a kind, so that a mistake is told
before anything is measured. A comparison with something empty is false (`!=` and `not in` are true), and dividing by 0 gives nothing.
"""

import ast
import difflib
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from connector.errors import SettingsError
from connector.kpis.facts import FACTS
from connector.kpis.metric import Columns, Rule
from connector.own.terms import FIGURES, KINDS, Kind, Term, calculated, fixed, number

LONGEST, DEEPEST = 1000, 40
_WIDEST = 60
HIDDEN = ("account", "dimension", "member", "grain", "period")
"""Columns by which the engine keeps rows apart; no KPI may look at them."""
SPANS = {"days": 86_400_000_000, "hours": 3_600_000_000}
"""How many microseconds each function makes of one."""


def columns_of(table: str) -> Mapping[str, Kind]:
    """Return the columns of a table that an expression may name, with their kinds; moments are left to the measurement."""
    return {name: _kind(name, kind) for name, kind in FACTS[table].items() if name not in HIDDEN and kind != "timestamp"}


def _kind(name: str, kind: str) -> Kind:
    return Kind.SPAN if name.endswith("_us") else KINDS.get(kind, Kind.NUMBER)


def parse(text: str, table: str, words: Mapping[str, tuple[str, ...]]) -> Term:
    """Read an expression over the columns of a table; `words` are what `table.column` may hold, where that is known.

    Raises:
        SettingsError: it is no expression of this language, names what is not there, or mixes kinds that do not fit.
    """
    if len(text) > LONGEST:
        raise SettingsError(f"has {len(text)} characters; allowed are {LONGEST}.")
    return _Reader(table, columns_of(table), words).read(_tree(text))


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ast.parse(text.strip().replace("\n", " "), mode="eval").body
    except SyntaxError as error:
        hint = "; equal is written ==" if "=" in text else ""
        raise SettingsError(f"is {text!r}, which cannot be read: {error.msg}{hint}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise SettingsError(f"is {text[:_WIDEST]!r}, which cannot be read.") from None
    if _levels(found) > DEEPEST:
        raise SettingsError(f"is nested too deeply; allowed are {DEEPEST} levels.")
    return found


def _levels(tree: ast.AST) -> int:
    """Return how deep a tree is, without going down in it: it may be deeper than any call may go."""
    levels, level = 0, [tree]
    while level:
        levels, level = levels + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return levels


def near(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about a word that is not known: the nearest one, and all that are allowed."""
    allowed = list(known)
    found = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
    return f"{f'did you mean {found[0]}? A' if found else 'a'}llowed are {', '.join(allowed)}."


_SIGNS: Mapping[type[ast.cmpop], Callable[[Columns, Columns], Columns]] = {
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
}


class _Reader:
    """Reads one tree."""

    def __init__(self, table: str, columns: Mapping[str, Kind], words: Mapping[str, tuple[str, ...]]) -> None:
        self._table = table
        self._columns = columns
        self._words = words

    def read(self, node: ast.expr) -> Term:
        """Return what a node of the tree means."""
        readers: Mapping[type[ast.expr], Callable[[Any], Term]] = {
            ast.Constant: _constant,
            ast.Name: lambda one: self._name(one.id),
            ast.BoolOp: self._joined,
            ast.UnaryOp: self._turned,
            ast.BinOp: lambda one: calculated(self.read(one.left), one.op, self.read(one.right)),
            ast.Compare: self._compared,
            ast.Call: self._span,
        }
        if type(node) in readers:
            return readers[type(node)](node)
        raise SettingsError(
            f"holds {_shown(node)}, which is not allowed; allowed are columns, numbers, texts, comparisons, and, or, not, "
            "in, is null, + - * /, days() and hours()."
        )

    def _name(self, name: str) -> Term:
        if name == "null":
            return Term(Kind.NULL, lambda _: None)
        if name in ("true", "false"):
            return _constant(ast.Constant(name == "true"))
        if name not in self._columns:
            raise SettingsError(f"names {name!r}, which is no column of {self._table}; {near(name, self._columns)}")
        kind = self._columns[name]
        if kind is Kind.YES:
            return Term(kind, lambda rows: rows[name].fill_null(False), frozenset({name}))  # noqa: FBT003 - Ibis takes it so
        return Term(kind, lambda rows: rows[name], frozenset({name}))

    def _joined(self, node: ast.BoolOp) -> Term:
        parts = [self._condition(value) for value in node.values]
        is_and = isinstance(node.op, ast.And)
        made = parts[0]
        for part in parts[1:]:
            made = Term(Kind.YES, _both(made.rule, part.rule) if is_and else _either(made.rule, part.rule), made.names | part.names)
        return made

    def _condition(self, node: ast.expr) -> Term:
        found = self.read(node)
        if found.kind is not Kind.YES or found.is_fixed:
            raise SettingsError(f"has {_shown(node)} where a condition belongs, and it is {found.kind}.")
        return found

    def _turned(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            inner = self._condition(node.operand)
            return Term(Kind.YES, lambda rows: ~inner.rule(rows), inner.names)
        inner = self.read(node.operand)
        if not isinstance(node.op, ast.USub) or inner.kind not in FIGURES:
            raise SettingsError(f"holds {_shown(node)}, which is not allowed; a minus belongs before a number.")
        return calculated(_constant(ast.Constant(-1)), ast.Mult(), inner)

    def _compared(self, node: ast.Compare) -> Term:
        sides = [node.left, *node.comparators]
        made: Term | None = None
        for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
            one = self._pair(left, sign, right)
            made = one if made is None else Term(Kind.YES, _both(made.rule, one.rule), made.names | one.names)
        if made is None:
            raise SettingsError(f"holds {_shown(node)}, which compares nothing.")
        return made

    def _pair(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Term:
        one = self.read(left)
        if isinstance(sign, ast.In | ast.NotIn):
            return self._listed(left, one, right, turn=isinstance(sign, ast.NotIn))
        other = self.read(right)
        if isinstance(sign, ast.Is | ast.IsNot):
            if not isinstance(left, ast.Name) or one.is_fixed or other.kind is not Kind.NULL:
                raise SettingsError(f"holds {_shown(left)} is {_shown(right)}; allowed are COLUMN is null and COLUMN is not null.")
            return _empty(left.id, turn=isinstance(sign, ast.IsNot))
        one, other = self._fitted((left, one), (right, other))
        if isinstance(sign, ast.Eq | ast.NotEq):
            return _equal(one, other, turn=isinstance(sign, ast.NotEq))
        if one.kind in (Kind.TEXT, Kind.YES):
            raise SettingsError(f"compares {_shown(left)} by size, and it is {one.kind}; allowed are == and !=.")
        compare = _SIGNS[type(sign)]
        return Term(Kind.YES, lambda rows: _sure(compare(one.rule(rows), other.rule(rows))), one.names | other.names)

    def _fitted(self, left: tuple[ast.expr, Term], right: tuple[ast.expr, Term]) -> tuple[Term, Term]:
        """Return two sides of a comparison, made to fit: a text beside a day is read as one."""
        (one_node, one), (other_node, other) = left, right
        if one.is_fixed and other.is_fixed:
            raise SettingsError(f"compares {_shown(one_node)} with {_shown(other_node)}, of which none is a column.")
        self._check_word(one_node, other)
        self._check_word(other_node, one)
        one, other = _as_day(one, other.kind), _as_day(other, one.kind)
        if one.kind is Kind.NULL or other.kind is Kind.NULL:
            raise SettingsError(f"compares {_shown(one_node)} with {_shown(other_node)}; emptiness is asked for by `is null`.")
        if one.kind is not other.kind and {one.kind, other.kind} != {Kind.NUMBER, Kind.MONEY}:
            hint = "; a span is written days(3) or hours(4)" if Kind.SPAN in (one.kind, other.kind) else ""
            raise SettingsError(f"compares {_shown(one_node)}, {one.kind}, with {_shown(other_node)}, {other.kind}{hint}.")
        return one, other

    def _check_word(self, column: ast.expr, other: Term) -> None:
        """Make sure that a column of known words is compared with one of them."""
        known = self._words.get(f"{self._table}.{column.id}") if isinstance(column, ast.Name) else None
        if known and isinstance(other.fixed, str) and other.fixed not in known:
            raise SettingsError(f"compares {_shown(column)} with {other.fixed!r}, which it never is; {near(other.fixed, known)}")

    def _listed(self, node: ast.expr, one: Term, right: ast.expr, *, turn: bool) -> Term:
        if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
            raise SettingsError(f"holds {_shown(node)} in {_shown(right)}; allowed is a list such as ['a', 'b'].")
        given = [self._fitted((node, one), (item, self.read(item)))[1] for item in right.elts]
        if not all(item.is_fixed for item in given):
            raise SettingsError(f"holds {_shown(right)}; a list may hold numbers and texts only.")
        values = [item.fixed for item in given]
        return _turned_if(Term(Kind.YES, lambda rows: _sure(one.rule(rows).isin(values)), one.names), turn=turn)

    def _span(self, node: ast.Call) -> Term:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in SPANS or len(node.args) != 1 or node.keywords:
            raise SettingsError(f"holds {_shown(node)}; allowed are days(3) and hours(4).")
        inner = self.read(node.args[0])
        if not isinstance(inner.fixed, int | float) or inner.kind is not Kind.NUMBER:
            raise SettingsError(f"holds {_shown(node)}; {name}() takes a plain number.")
        return fixed(Kind.SPAN, round(number(inner.fixed * SPANS[name]).size))


def _shown(node: ast.expr) -> str:
    """Return a part of the text for a message, never too long for one."""
    text = ast.unparse(node)
    return f"`{text if len(text) <= _WIDEST else f'{text[:_WIDEST]}…'}`"


def _constant(node: ast.Constant) -> Term:
    value = node.value
    if isinstance(value, bool):
        return fixed(Kind.YES, value)
    if value is None:
        return Term(Kind.NULL, lambda _: None)
    if isinstance(value, str):
        return fixed(Kind.TEXT, value)
    if isinstance(value, int | float):
        return number(value)
    raise SettingsError(f"holds {_shown(node)}; allowed are numbers, texts, true and false.")


def _both(one: Rule, other: Rule) -> Rule:
    return lambda rows: one(rows) & other(rows)


def _either(one: Rule, other: Rule) -> Rule:
    return lambda rows: one(rows) | other(rows)


def _sure(condition: Columns) -> Columns:
    """Return a condition that is false where it cannot be told."""
    return condition.fill_null(False)  # noqa: FBT003 - Ibis takes it so


def _turned_if(term: Term, *, turn: bool) -> Term:
    return Term(Kind.YES, lambda rows: ~term.rule(rows), term.names) if turn else term


def _equal(one: Term, other: Term, *, turn: bool) -> Term:
    made = Term(Kind.YES, lambda rows: _sure(one.rule(rows) == other.rule(rows)), one.names | other.names)
    return _turned_if(made, turn=turn)


def _empty(name: str, *, turn: bool) -> Term:
    return _turned_if(Term(Kind.YES, lambda rows: rows[name].isnull(), frozenset({name})), turn=turn)


def _as_day(term: Term, beside: Kind) -> Term:
    if beside is not Kind.DAY or not isinstance(term.fixed, str):
        return term
    try:
        return fixed(Kind.DAY, date.fromisoformat(term.fixed))
    except ValueError:
        raise SettingsError(f"compares a day with {term.fixed!r}; a day is written '2018-01-31'.") from None
