"""Numbers and tables as people read them in a terminal."""

import json
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from connector.model import KpiValue

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = (), foot: Sequence[str] = ()
) -> None:
    """Print a table on standard output; the columns numbered in `right` are set flush right, and `foot` stands below a line of its own."""
    made = Table(title=plain(title), title_justify="left", header_style="bold")
    for place, name in enumerate(columns):
        made.add_column(name, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*map(plain, row))
    if foot:
        made.add_section()
        made.add_row(*map(plain, foot))
    out().print(made)


def out() -> Console:
    """Return the console for standard output; a pipe gets lines that are not broken."""
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=160)


def say(sentence: str) -> None:
    """Print one sentence on standard output."""
    out().print(plain(sentence), soft_wrap=True)


def plain(text: str) -> str:
    """Return a text whose control characters can be seen, so that names which strangers chose give a terminal no orders."""
    return text.translate(_CONTROLS)


def print_json(what: object) -> None:
    """Print JSON on standard output."""
    sys.stdout.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")


def number(value: Decimal | None) -> int | float | None:
    """Return a JSON number: whole ones without a point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def as_json(value: KpiValue, unit: str, account: tuple[str, str]) -> dict[str, Any]:
    """Return one KPI value as `crm-kpi kpis --json` prints it; `account` is the account's id and name."""
    kind, member = next(iter(value.by.items())) if len(value.by) == 1 else ("account", account[0])
    name = value.names.get(kind, account[1])
    period = value.period
    ever = period.name == "all"
    return {
        "kpi": value.kpi,
        "subject": {"type": kind, "id": member, "name": name},
        "by": dict(value.names),
        "period": {"name": period.name, "start": None if ever else str(period.start), "end": None if ever else str(period.end)},
        "value": number(value.value),
        "numerator": number(value.numerator),
        "denominator": number(value.denominator),
        "n": value.n,
        "unit": unit,
        "as_of": value.as_of.isoformat().replace("+00:00", "Z"),
        **doubt_as_json(value),
    }


def doubt_as_json(value: KpiValue) -> dict[str, Any]:
    """Return how sure a value is, as JSON."""
    return {
        "low_confidence": value.low_confidence,
        "marks": [str(mark) for mark in value.marks],
        "doubted": value.doubted,
        "interval": [number(end) for end in value.interval] if value.interval else None,
    }
