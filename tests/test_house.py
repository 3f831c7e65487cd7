"""House numbers and habits, read from the code itself."""

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
GENERATED = "migrations/versions"
LONGEST_FILE, USUAL_FILE = 400, 250
TYPICAL_FUNCTION, USUAL_FUNCTION = 6, 25
POSITIONAL = 4
Function = ast.FunctionDef | ast.AsyncFunctionDef

PLACES = re.compile(r"(?<![\w.~-])/(home|root|Users|work|workspace)/\w")
REGISTRIES = re.compile(r"\b(pypi|pythonhosted|npmjs|crates|rubygems)[.](org|com|io)\b|proxy[.]golang")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
TEXTS = {".py", ".md", ".toml", ".html", ".css", ".sql", ".json", ".lock", ".ini", ".mako", "", ".txt", ".csv"}


def sources(*folders: str) -> list[Path]:
    """Return the Python files below these folders, migrations apart."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if GENERATED not in path.as_posix())


def tracked() -> list[Path]:
    """Return every text file that belongs to the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S607 - git is found by PATH on purpose
    files = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in files if path.suffix in TEXTS and path.is_file()]


def functions(*folders: str) -> Iterator[tuple[str, Function]]:
    """Yield every function below these folders with the place it stands at."""
    for path in sources(*folders):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def lines_of(function: Function) -> int:
    """Return how many lines a function takes from its `def` on, its docstring apart."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1) * has_docstring


def percentile(numbers: list[int], percent: int) -> float:
    """Return the value that this share of the numbers does not exceed."""
    return statistics.quantiles(numbers, n=100, method="inclusive")[percent - 1]


def test_no_file_is_too_long() -> None:
    """No file passes 400 lines, and hardly any passes 250: longer ones are split along the next noun."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources("connector", "tests")}

    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LONGEST_FILE} == {}
    assert percentile(list(lengths.values()), 95) <= USUAL_FILE


def test_functions_stay_small() -> None:
    """Half of all functions take six lines at most and nineteen of twenty no more than 25."""
    lengths = [lines_of(function) for _, function in functions("connector")]

    assert statistics.median(lengths) <= TYPICAL_FUNCTION
    assert percentile(lengths, 95) <= USUAL_FUNCTION


def test_few_positional_parameters() -> None:
    """No function takes more than four parameters by position; more are passed by name."""
    many = []
    for place, function in functions("connector"):
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        if count > POSITIONAL:
            many.append(f"{place} takes {count}")

    assert not many, "\n".join(many)


def swallows(node: ast.AST) -> bool:
    """Return whether this is a handler for every exception that does not pass it on."""
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return False
    return node.type is None or re.search(r"\b(Base)?Exception\b", ast.unparse(node.type)) is not None


def test_everything_is_caught_in_one_place() -> None:
    """Only the job runner keeps every exception to itself."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources("connector")}

    assert [path.name for path, tree in trees.items() for node in ast.walk(tree) if swallows(node)] == ["jobs.py"]


def test_no_patches() -> None:
    """Tests stand on real parts and small honest doubles: nothing of ours is patched or mocked."""
    patching = re.compile(r"unittest[.]mock|from unittest import mock|mocker|monkeypatch[.]setattr|MagicMock")

    assert [path.name for path in sources("tests") if path != Path(__file__) and patching.search(path.read_text(encoding="utf-8"))] == []


def test_every_test_says_its_rule() -> None:
    """Every test function has a docstring, of one sentence, that says the rule it holds."""
    silent = []
    for place, function in functions("tests"):
        rule = ast.get_docstring(function) or ""
        if function.name.startswith("test_") and not rule.endswith("."):
            silent.append(place)

    assert silent == []


@pytest.mark.parametrize(
    ("pattern", "what"),
    [(PLACES, "a place on somebody's machine"), (REGISTRIES, "a package registry"), (UNFINISHED, "unfinished work")],
    ids=["places", "registries", "unfinished"],
)
def test_texts_speak_of_the_product_alone(pattern: re.Pattern[str], what: str) -> None:
    """No file of the project names a place on somebody's machine, a package registry, or work left for later."""
    found = [
        f"{path.relative_to(ROOT)}:{number} names {what}"
        for path in tracked()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]

    assert found == []


def test_lock_holds_hashes_and_no_addresses() -> None:
    """The lock file pins every package by hash and says nothing of where it comes from."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==.*\\$", text, flags=re.MULTILINE)

    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, flags=re.MULTILINE)) > 50
    assert "://" not in text


def test_lock_holds_what_the_package_asks_for() -> None:
    """Every dependency that pyproject.toml names is pinned in the lock at a version that it allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [Requirement(text) for text in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])]
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)", text, flags=re.MULTILINE)
    }

    assert [str(one) for one in wanted if pinned.get(canonicalize_name(one.name)) not in one.specifier] == []
