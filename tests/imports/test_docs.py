"""The manual's page about files says of every table what the program reads."""

import inspect
from pathlib import Path

import pytest

from connector.imports import KEYS, Column, Kind, columns_of, header_of
from connector.model import RECORDS, Entity

PAGE = Path(__file__).parents[2] / "docs" / "import.md"
KINDS = {
    Kind.YES: "yes or no",
    Kind.WHOLE: "whole numbers",
    Kind.NUMBER: "numbers",
    Kind.RATE: "numbers",
    Kind.CURRENCY: "currencies",
    Kind.DAY: "days",
    Kind.MOMENT: "moments",
}


def section(entity: Entity) -> str:
    """Return what the page should say about a table: what it holds, its header, what is needed, and what a cell may hold."""
    columns = columns_of(entity)
    about = inspect.getdoc(RECORDS[entity]) or ""
    needed = ", ".join(f"`{column.name}`" for column in columns if column.is_needed)
    key = f" A row without `id` is named by {', '.join(f'`{name}`' for name in KEYS[entity])}." if entity in KEYS else ""
    words = [f"- `{column.name}`: {', '.join(column.words)}" for column in columns if column.words]
    kinds = [f"- {text}: {', '.join(found)}" for text in dict.fromkeys(KINDS.values()) if (found := _of(entity, text))]
    lists = "\n".join([*words, *kinds])
    return f"### {entity}\n\n{about}\n\n```\n{header_of(entity)}\n```\n\nNeeded: {needed}.{key}\n\n{lists}\n"


def _of(entity: Entity, text: str) -> list[str]:
    return [f"`{column.name}`{_bounds(column)}" for column in columns_of(entity) if KINDS.get(column.kind) == text]


def _bounds(column: Column) -> str:
    least, most = column.bounds
    return "" if least is None else f" ({least} or more)" if most is None else f" ({least} to {most})"


@pytest.mark.parametrize("entity", list(RECORDS))
def test_the_page_describes_every_table(entity: Entity):
    """A table's section is what the declarations make of it; where it is not, the failure shows what to put there."""
    assert section(entity) in PAGE.read_text(encoding="utf-8")


def test_the_page_describes_no_other_table():
    """Each table once, in the order in which they are declared."""
    found = [line.removeprefix("### ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("### ")]
    assert found == list(RECORDS)
