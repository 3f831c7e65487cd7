"""The documentation says what the program does: every command and option, every setting, the version, the targets, the links."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from connector.adapters import ADAPTERS
from connector.cli import app
from connector.feeds import FEEDS
from connector.kpis.fields import specs
from connector.settings import AccountSettings, ProcessSettings, settings_of

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "hubspot-app" / "README.md"])
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def commands(group: Any, name: str = "crm-kpi") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - the command line's library is not typed
    """Yield every command below a group with its full name."""
    for command in group.commands.values():
        full = f"{name} {command.name}"
        if hasattr(command, "commands"):
            yield from commands(command, full)
        else:
            yield full, command


COMMANDS = dict(commands(typer.main.get_command(app)))
SECTIONS = dict(re.findall(r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", CLI, flags=re.MULTILINE | re.DOTALL))


def test_every_command_has_a_section() -> None:
    """The page of commands has one section for each command, and none for anything else."""
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    """A command's section names all of its options and arguments, and the page no option that nothing has."""
    parameters = [one for one in COMMANDS[name].params if one.name != "help"]
    options = {opt for one in parameters for opt in one.opts if opt.startswith("--")}
    arguments = {(one.metavar or one.name).strip("[]").upper() for one in parameters if not one.opts[0].startswith("-")}
    section = SECTIONS[name]

    assert {option for option in options if f"`{option}" not in section and f"{option}`" not in section} == set()
    assert {argument for argument in arguments if argument not in section} == set()
    every = {opt for command in COMMANDS.values() for one in command.params for opt in one.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", section)) <= every


def declared() -> dict[str, str]:
    """Return every setting's name and the row that the page should have for it."""
    parts = [(entry.settings, (name,)) for name, entry in (*ADAPTERS.items(), *FEEDS.items())]
    models = [(ProcessSettings, ()), (AccountSettings, ()), *parts]
    found = [one for model, path in models for one in settings_of(model, *path)]
    return {name: f"| `{name}` | {shown(info)} | {info.description}{' Secret.' if secret else ''} |" for name, info, secret in found}


def shown(info: Any) -> str:  # noqa: ANN401 - a field of any of the settings models
    """Return a default as the page writes it."""
    default = info.default
    if info.is_required():
        return "needed"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, (tuple, dict)):
        return f"`{','.join(default)}`" if default else ""
    return "" if default is None else f"`{default}`"


@pytest.mark.parametrize(("name", "row"), declared().items(), ids=lambda value: value.split(" ")[0])
def test_every_setting_is_documented(name: str, row: str) -> None:
    """Each setting has the row that its declaration makes: default, meaning, and whether it is a secret."""
    rows = re.findall(rf"^\| `{name}` .*$", SETTINGS, flags=re.MULTILINE)

    assert rows == [row]


def test_no_setting_is_made_up() -> None:
    """The page of settings has no row for a setting that does not exist."""
    assert set(re.findall(r"^\| `(CRM_KPI_\w+)`", SETTINGS, flags=re.MULTILINE)) == set(declared())


def test_changelog_and_package_agree() -> None:
    """The changelog's newest version is the package's."""
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert newest
    assert newest[1] == package["version"]


def test_make_targets_exist() -> None:
    """Every make target that a page names is in the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = {target for page in PAGES for target in re.findall(r"[`\n]make ([a-z]+)", page.read_text(encoding="utf-8"))}

    assert named
    assert named <= targets


def test_commands_named_in_pages_exist() -> None:
    """Every `crm-kpi` command that a page shows is one."""
    known = {name.split()[1] for name in COMMANDS}
    named = {word for page in PAGES for word in re.findall(r"crm-kpi ([a-z]+)", page.read_text(encoding="utf-8"))}

    assert named <= known


def test_fields_in_hubspot_are_told_and_counted() -> None:
    """The page of HubSpot names every field of deals, companies and contacts as people see it there, and says how many each has."""
    page = (ROOT / "docs" / "hubspot.md").read_text(encoding="utf-8")
    told = {
        entity: labels.split(", ")
        for entity, labels in re.findall(r"^\| (deals|companies|contacts) \| \*KPI: ([^*]+)\*", page, re.MULTILINE)
    }
    ours = Counter(str(spec.entity) for spec in specs().values())
    shown = {entity: [spec.label.removeprefix("KPI: ") for spec in specs().values() if spec.entity == entity] for entity in told}
    assert {entity: [*labels, "Updated"] for entity, labels in told.items()} == shown
    assert f"ours are {', '.join(f'{ours[name]} on {name}' for name in ('deals', 'companies', 'contacts', 'users'))}" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every link inside the project leads to a file that is there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_quoted_code_is_the_real_code(page: Path) -> None:
    """Code that a page quotes from a file (`path:` before the block) stands in that file word for word."""
    for path, code in re.findall(
        r"^`([\w/.]+\.py)`:\n+```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    ):
        assert code.strip() in (ROOT / path).read_text(encoding="utf-8"), f"{path} no longer holds what {page.name} quotes"
