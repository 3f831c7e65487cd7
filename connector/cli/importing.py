"""import, as a command: a file of records into one table, and what became of each row."""

import difflib
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import replace as changed
from pathlib import Path

from connector import steps
from connector.cli.session import session
from connector.cli.words import print_json, say, table
from connector.errors import SettingsError
from connector.feeds import FEEDS
from connector.imports import header_of
from connector.model import RECORDS, Entity, Scope, Taken
from connector.settings import setting_name
from connector.steps import Fed, Work

SHOWN = 20
"""How many reasons people see; programs see a thousand."""
_NAME = re.compile(r"[\w][\w .()+-]{0,99}")


def template(name: str | None) -> None:
    """Print the header of a table's file."""
    sys.stdout.write(header_of(_entity(name)) + "\n")


def take(
    account: str | None,
    table_name: str | None,
    path: Path | None,
    *,
    name: str | None,
    replace: bool,
    dry_run: bool,
    day_first: bool,
    decimal_comma: bool,
    as_json: bool,
) -> None:
    """Import one file, or what a feed has."""
    if table_name in FEEDS and table_name and path is None:
        if name or day_first or decimal_comma:
            raise SettingsError(
                f"{table_name} has no file, so --name, --day-first and --decimal-comma mean nothing; --replace reads all days."
            )
        draw(account, table_name, full=replace, dry_run=dry_run, as_json=as_json)
        return
    entity = _entity(table_name)
    if path is None:
        raise SettingsError("FILE is missing; `crm-kpi import TABLE FILE` takes a CSV file, and `--template` prints the header it needs.")
    scope = Scope(entity, _name(name or path.stem), replace=replace, dry_run=dry_run)

    async def action(work: Work) -> Taken:
        how = await steps.reading(work, day_first=day_first, decimal_comma=decimal_comma)
        return await steps.take(work, scope, path, how)

    taken = session(account, action, quiet=as_json)
    if as_json:
        print_json(
            {**steps.import_summary(scope, path.name, taken), "dry_run": dry_run, "faults": [asdict(fault) for fault in taken.faults]}
        )
    else:
        show(scope, path, taken)


def draw(account: str | None, name: str, *, full: bool, dry_run: bool, as_json: bool) -> None:
    """Bring one feed up to date."""

    async def action(work: Work) -> Fed:
        one = next((feed for feed in work.feeds if feed.name == name), None)
        if one is None:
            where = setting_name(() if work.account == "default" else ("accounts", work.account), name)
            raise SettingsError(f"{FEEDS[name].title} is not set up: {where}__… is missing; see {FEEDS[name].docs}.")
        return await steps.feed_alone(work, one, full=full, dry_run=dry_run)

    fed = session(account, action, quiet=as_json)
    if as_json:
        print_json({**fed.summary, "dry_run": dry_run})
    else:
        show_fed([fed])
        for note in fed.notes:
            say(note)
    for error in fed.refused.values():
        raise error


def show_fed(feds: Sequence[Fed]) -> None:
    """Print what feeds brought."""
    for fed in feds:
        for table_name, taken in fed.taken.items():
            show(fed.scopes[table_name], f"{fed.feed.title}, {fed.feed.place},", changed(taken, faults=()))


def _entity(name: str | None) -> Entity:
    if name is not None and name in set(RECORDS):
        return Entity(name)
    near = difflib.get_close_matches(name or "", list(RECORDS), n=1)
    wrong = "is missing" if name is None else f"is {name!r} (did you mean {near[0]}?)" if near else f"is {name!r}"
    raise SettingsError(f"TABLE {wrong}; allowed are {', '.join(RECORDS)}, and without a FILE {', '.join(FEEDS)}.")


def _name(name: str) -> str:
    if name in FEEDS:
        raise SettingsError(f"--name is {name!r}, under which the rows of {FEEDS[name].title} are kept; choose another one.")
    if not _NAME.fullmatch(name):
        raise SettingsError(f"--name is {name!r}; allowed are up to 100 letters, digits, blanks and _ . ( ) + -.")
    return name


def show(scope: Scope, path: Path | str, taken: Taken) -> None:
    """Print what became of a file, or of what a feed brought."""
    if taken.faults:
        rows = [[f"{one.line:,}", one.column, one.value[:60], one.reason] for one in taken.faults[:SHOWN]]
        more = f" (the first {len(rows):,} reasons; --json tells more)" if len(rows) < len(taken.faults) else ""
        table(f"Not taken{more}", ("line", "column", "value", "because"), rows, right=(0,))
    verb = "Would take" if scope.dry_run else "Took"
    say(
        f"{verb} {taken.rows:,} rows of {path} as {scope.entity} ({scope.name}): {taken.changed:,} new or changed, "
        f"{taken.unchanged:,} unchanged; {taken.refused:,} refused, {taken.removed:,} removed."
    )
    if scope.replace and taken.refused:
        say("Nothing is removed while rows are refused, because they may be among what the file seems to lack.")
