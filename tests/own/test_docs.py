"""The page about own KPIs says of every table what can be asked of it, and its examples work."""

import re
import tomllib
from pathlib import Path

import pytest

from connector.own import TABLES, check_own
from connector.own.language import columns_of
from connector.own.tables import CARRIED, WORDS, times_of
from connector.own.terms import Kind
from connector.settings import KpiSetting

PAGE = (Path(__file__).parents[2] / "docs" / "own-kpis.md").read_text(encoding="utf-8")
KINDS = {
    Kind.YES: "Yes or no",
    Kind.MONEY: "Money",
    Kind.NUMBER: "Numbers",
    Kind.SPAN: "Spans of time",
    Kind.DAY: "Days",
    Kind.TEXT: "Texts",
}


def section(name: str) -> str:
    """Return what the page should say of a table: what a row is, how it is dated and broken down, and its columns by kind."""
    lines = [f"### {name}", "", TABLES[name].rows, ""]
    lines.append(f"- Dated by: {_listed(times_of(name)) or 'nothing; leave `time` out'}")
    lines.append(f"- Broken down by: {_listed(str(one) for one in CARRIED[name])}")
    for kind, title in KINDS.items():
        found = [column for column, one in columns_of(name).items() if one is kind]
        if found:
            lines.append(f"- {title}: {', '.join(_column(name, column) for column in found)}")
    return "\n".join(lines)


def _column(table: str, name: str) -> str:
    words = WORDS.get(f"{table}.{name}")
    return f"`{name}` ({', '.join(words)})" if words else f"`{name}`"


def _listed(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]  # any iterable of names


@pytest.mark.parametrize("name", TABLES)
def test_the_page_describes_every_table(name: str):
    """A table's section is what the declarations make of it; where it is not, the failure shows what to put there."""
    assert section(name) in PAGE


def test_the_page_describes_no_other_table():
    """Each table once, in the order in which they are declared."""
    assert re.findall(r"^### (\w+)$", PAGE, flags=re.MULTILINE) == list(TABLES)


def test_its_examples_work():
    """Every declaration that the page shows is taken as it stands, and each kind is among them."""
    shown = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)]
    settings = [KpiSetting.model_validate(one) for text in shown for one in text.get("kpis", ())]

    check_own(settings, lambda number, word: f"example {number + 1}, {word}")
    assert {one.kind for one in settings} == {"count", "sum", "mean", "median", "ratio", "share"}
