"""The commands as Typer sees them; each says what it does in one line and leaves the doing to the rooms below.

Rooms are imported inside the commands, so that `crm-kpi --help` answers at once.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

Account = Annotated[str | None, typer.Option("--account", help="Which account, where several are set up.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="Measure as of the end of this day; now when left out.")]
Plan = Literal["Free Forever", "Unlimited", "Business", "Business Plus", "Enterprise"]

app = typer.Typer(
    help="Measures sales KPIs from your CRM and writes them back into it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
sandbox = typer.Typer(help="Start a CRM in a box.", no_args_is_help=True)
app.add_typer(sandbox, name="sandbox")


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"crm-kpi {version('crm-kpi-connector')}")
        raise typer.Exit


@app.callback()
def begin(
    *, version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")] = False
) -> None:
    """Measures sales KPIs from your CRM and writes them back into it."""


@app.command()
def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its store.")] = Path(".crm-kpi"),
) -> None:
    """Go the whole road on a sandbox CRM filled with real sales data, and show what came of it."""
    from connector.cli.demo import run_demo

    run_demo(folder)


@app.command()
def check(
    *,
    account: Account = None,
    write_test: Annotated[str | None, typer.Option(metavar="ENTITY:ID", help="Also write one field of this record and restore it.")] = None,
    json: Json = False,
) -> None:
    """Find out whose CRM this is and what it lets us do; writes nothing."""
    from connector.cli import connecting

    connecting.check(account, write_test, as_json=json)


@app.command()
def connect(
    adapter: Annotated[str, typer.Argument(metavar="ADAPTER", help="The CRM, such as hubspot.")],
    *,
    account: Account = None,
    port: Annotated[int, typer.Option(help="Port on loopback that the app's redirect URL names.")] = 8352,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the person in the browser.")] = 300,
) -> None:
    """Let a person connect a CRM by OAuth in the browser, and keep the connection encrypted."""
    from connector.cli import consent

    consent.connect(adapter, account, port, wait)


@app.command()
def pull(
    *,
    account: Account = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
    json: Json = False,
) -> None:
    """Bring the store up to date with the CRM."""
    from connector.cli import road

    road.pull(account, full=full, as_json=json)


@app.command("import")
def import_file(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="The table that the file fills, such as deals; or a feed, such as ga4.")
    ] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A CSV file with a header.")] = None,
    *,
    account: Account = None,
    template: Annotated[bool, typer.Option("--template", help="Only print the header of the table's file.")] = False,
    name: Annotated[str | None, typer.Option(help="Under which name the rows are kept; the file's own when left out.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove what this name brought before and the file lacks; of a feed, read all days.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken.")] = False,
    day_first: Annotated[bool, typer.Option("--day-first", help="Also read days like 31.12.2026.")] = False,
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help="Read numbers like 12,5.")] = False,
    json: Json = False,
) -> None:
    """Take the rows of a CSV file into a table, from any CRM or from a spreadsheet; or what a feed (ga4) has."""
    from connector.cli import importing

    if template:
        importing.template(table)
        return
    importing.take(
        account,
        table,
        file,
        name=name,
        replace=replace,
        dry_run=dry_run,
        day_first=day_first,
        decimal_comma=decimal_comma,
        as_json=json,
    )


@app.command()
def measure(
    *,
    account: Account = None,
    as_of: AsOf = None,
    records: Annotated[list[str] | None, typer.Option(metavar="ENTITY:ID", help="Only these records' fields.")] = None,
    json: Json = False,
) -> None:
    """Compute every KPI and field from what is stored."""
    from connector.cli import road

    road.measure(account, as_of, records or [], as_json=json)


@app.command()
def plan(*, account: Account = None, json: Json = False) -> None:
    """Show what a push would write; writes nothing."""
    from connector.cli import road

    road.plan(account, as_json=json)


@app.command()
def push(
    plan_id: Annotated[str | None, typer.Argument(metavar="PLAN", help="Which plan; the latest when left out.")] = None,
    *,
    account: Account = None,
    yes: Annotated[bool, typer.Option("--yes", help="The plan was looked at: let a first push or a large change through.")] = False,
    json: Json = False,
) -> None:
    """Send exactly what a plan says."""
    from connector.cli import road

    road.push(account, plan_id, yes=yes, as_json=json)


@app.command()
def undo(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run whose writes are taken back, such as r000012.")],
    *,
    account: Account = None,
    json: Json = False,
) -> None:
    """Restore what a run wrote, as far as nobody changed it since, and pause pushes."""
    from connector.cli import road

    road.undo(account, run_id, as_json=json)


@app.command()
def pause(
    *,
    account: Account = None,
    reason: Annotated[str, typer.Option(help="Why; shown wherever a push is refused.")] = "paused by an admin",
) -> None:
    """Let nothing be written until `resume`."""
    from connector.cli import connecting

    connecting.set_paused(account, reason)


@app.command()
def resume(*, account: Account = None) -> None:
    """Let pushes go on after a pause or an undo."""
    from connector.cli import connecting

    connecting.set_paused(account, None)


@app.command()
def run(
    *,
    account: Account = None,
    as_of: AsOf = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Let the first push, or a large change, through.")] = False,
    json: Json = False,
) -> None:
    """Pull, measure and push once."""
    from connector.cli import road

    road.run(account, as_of, full=full, yes=yes, as_json=json)


@app.command()
def serve() -> None:
    """Run every account on its schedule until stopped, with a status page."""
    from connector.cli.serving import serve as run_serve

    run_serve()


@app.command()
def kpis(
    *,
    account: Account = None,
    kpi: Annotated[list[str] | None, typer.Option(help="Only these KPIs; may be repeated.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Break down by owner, team, pipeline, product, segment, …; may be repeated.")] = None,
    period: Annotated[str, typer.Option(help="all, 2017, 2017-Q4 or 2017-11.")] = "all",
    json: Json = False,
) -> None:
    """Show the values measured last."""
    from connector.cli import looking

    looking.kpis(account, kpi or [], by or [], period, as_json=json)


@app.command()
def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="The KPI's key, such as win_rate.")],
    *,
    account: Account = None,
    by: Annotated[list[str] | None, typer.Option(metavar="DIMENSION=MEMBER", help="For whom, such as owner='Darcel Schlecht'.")] = None,
    period: Annotated[str, typer.Option(help="all, 2017, 2017-Q4 or 2017-11.")] = "all",
    as_of: Annotated[str | None, typer.Option(metavar="DAY", help="As of the end of this day; the last measurement when left out.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many records to list; 0 lists all.")] = 20,
    json: Json = False,
) -> None:
    """Show how a value came about: formula, numbers, the records behind it and those left out."""
    from connector.cli import explaining

    explaining.explain(account, kpi, by or [], period, as_of=as_of, limit=limit, as_json=json)


@app.command()
def goals(
    *,
    account: Account = None,
    every: Annotated[bool, typer.Option("--all", help="Also goals that are over or still to come.")] = False,
    json: Json = False,
) -> None:
    """Show how far each goal is: attainment, pace, gap, what each working day left must bring, and status."""
    from connector.cli.goals import goals as show_goals

    show_goals(account, every=every, as_json=json)


@app.command()
def quality(
    *,
    account: Account = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only these rules; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many records to list for each rule; 0 lists all.")] = 20,
    json: Json = False,
) -> None:
    """Show what is wrong with the records, rule by rule, with who is responsible and a link into the CRM."""
    from connector.cli.quality import quality as show_quality

    show_quality(account, rule or [], limit=limit, as_json=json)


@app.command()
def status(*, account: Account = None, json: Json = False) -> None:
    """Show the last runs, what is kept, what is unavailable and what was written."""
    from connector.cli import looking

    looking.status(account, as_json=json)


@app.command()
def manifest(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is up to date.")] = False,
    file: Annotated[Path, typer.Option(help="Where the manifest is.")] = Path("manifest.json"),
) -> None:
    """Write manifest.json: who we are, the adapters, settings, fields, goals and KPIs."""
    from connector.cli import connecting

    connecting.manifest(file, check=check)


def _hint(adapter: str, **settings: str) -> str:
    """Return what to set so that the other commands find a CRM in a box; where it listens is filled in for `{url}`."""
    from shlex import quote

    from connector.settings import setting_name

    lines = [f"export {setting_name((adapter,), name)}={quote(value)}" for name, value in settings.items()]
    return "\n  ".join(
        (
            "To use it, set these in another terminal; its deals end with 2017, so measure with `crm-kpi run --as-of 2017-12-31`:",
            f"export CRM_KPI_ADAPTER={adapter}",
            *lines,
            f"export {setting_name((adapter,), 'base_url')}={{url}}",
        )
    )


@sandbox.command()
def hubspot(
    *,
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 8351,
    data: Annotated[Path | None, typer.Option(help="Folder with the four CSV files; the shipped copy when left out.")] = None,
    token: Annotated[str, typer.Option(help="The token that clients must send.")] = "pat-na1-sandbox",  # noqa: S107 - opens a sandbox only
    deals: Annotated[int, typer.Option(min=0, help="Make deals like the real ones until there are this many.")] = 0,
    contacts: Annotated[int, typer.Option(min=0, help="Make contacts like the real ones until there are this many.")] = 0,
) -> None:
    """Start a HubSpot in a box, filled with real sales data and real tickets, until stopped."""
    from connector.sandbox.hubspot import run_hubspot

    hint = _hint("hubspot", token=token)
    run_hubspot(port=port, data=data, token=token, hint=hint, deals=deals, contacts=contacts, extras=True)


@sandbox.command()
def nutshell(
    *,
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 8353,
    data: Annotated[Path | None, typer.Option(help="Folder with the four CSV files; the shipped copy when left out.")] = None,
    user: Annotated[str, typer.Option(help="The user that clients must name.")] = "sandbox@example.com",
    key: Annotated[str, typer.Option(help="The API key that clients must send.")] = "nutshell-sandbox-key",
) -> None:
    """Start a Nutshell in a box, filled with the same sales data, until stopped."""
    from connector.sandbox.nutshell import run_nutshell

    run_nutshell(port=port, data=data, user=user, key=key, hint=_hint("nutshell", user=user, api_key=key))


@sandbox.command()
def clickup(
    *,
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 8354,
    data: Annotated[Path | None, typer.Option(help="Folder with the four CSV files; the shipped copy when left out.")] = None,
    token: Annotated[str, typer.Option(help="The token that clients must send.")] = "pk_183_SANDBOX",  # noqa: S107 - opens a sandbox only
    plan: Annotated[Plan, typer.Option(help="The plan, which sets the limits.")] = "Enterprise",
) -> None:
    """Start a ClickUp in a box, filled with the same sales data, until stopped."""
    from connector.sandbox.clickup import run_clickup

    run_clickup(port=port, data=data, token=token, plan=plan, hint=_hint("clickup", token=token))
