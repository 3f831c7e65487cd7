"""`crm-kpi demo`: the whole road on a sandbox CRM with real sales data, in a folder of its own, with everything shown."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from connector import steps
from connector.app import DEMO_CONFIG, App
from connector.cli.connecting import show_able
from connector.cli.looking import show_headlines
from connector.cli.progress import watching
from connector.cli.road import show_plan, show_road
from connector.cli.words import say, table
from connector.errors import ConnectorError
from connector.kpis import fields as kpi_fields
from connector.model import Entity, FieldChange, Stream
from connector.settings import setting_name
from connector.steps import Progress, Road, Work, recorded

ACCOUNT = "demo"
LAST_DAY = date(2017, 12, 31)
"""The last day of the data; the demo measures as of its end."""
PORT = 8351
TOKEN = "pat-na1-sandbox"  # noqa: S105 - opens a sandbox only
_SETTINGS = """\
# Left by `crm-kpi demo`, and used by every command here for as long as no CRM_KPI_ variable is set.
# `crm-kpi sandbox hubspot --port {port}` starts the demo's CRM again, fresh.
database_url = "sqlite:///{folder}/demo.sqlite"

[accounts.demo]
adapter = "hubspot"
push_fields = ["deals", "companies", "users"]
goals = [
  {{ kpi = "revenue_won", subject = "account", period = "2017", split = "quarter", target = 10000000 }},
  {{ kpi = "revenue_won", subject = "account", period = "2018", split = "quarter", target = 12000000 }},
  {{ kpi = "revenue_won", subject = "team:Central", period = "2018", split = "quarter", target = 4000000 }},
  {{ kpi = "revenue_won", subject = "team:East", period = "2018", split = "quarter", target = 3600000 }},
  {{ kpi = "revenue_won", subject = "team:West", period = "2018", split = "quarter", target = 4400000 }},
  {{ kpi = "revenue_won", subject = "owner:Darcel Schlecht", period = "2017", split = "quarter", target = 1300000 }},
  {{ kpi = "deals_won", subject = "owner:Vicki Laflamme", period = "2017", split = "month", target = 240 }},
]

[accounts.demo.hubspot]
base_url = "{url}"
token_file = "{folder}/sandbox-token"
headroom = 0.0
horizon_seconds = 0
"""


def run_demo(folder: Path) -> None:
    """Start the sandbox, go the road once as of the data's last day, and show the values and what the CRM now holds.

    Raises:
        ConnectorError: the road could not be gone to its end.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    with sandbox() as url:
        say(f"A sandbox HubSpot with 8,800 real deals listens on {url}.")
        _write_settings(folder, url)
        app = App.start({setting_name((), "config"): str(folder / DEMO_CONFIG.name)})
        try:
            with watching(quiet=False) as progress:
                asyncio.run(_road(app, progress))
        finally:
            app.close()
    say("")
    say("The demo's numbers stay here: try `crm-kpi kpis --by owner --period 2017-Q4`, `crm-kpi explain win_rate`, `crm-kpi status`.")
    say(f"`crm-kpi sandbox hubspot --port {url.rpartition(':')[2]}` starts its CRM again; then `crm-kpi run --as-of {LAST_DAY}` works too.")


def _clear(folder: Path) -> None:
    for old in (*folder.glob("demo.sqlite*"), *folder.glob("cache/demo.duckdb*")):
        old.unlink()


def _write_settings(folder: Path, url: str) -> None:
    token = folder / "sandbox-token"
    token.touch(mode=0o600)
    token.write_text(TOKEN, encoding="utf-8")
    text = _SETTINGS.format(folder=folder.as_posix(), url=url, port=url.rpartition(":")[2])
    (folder / DEMO_CONFIG.name).write_text(text, encoding="utf-8")


@contextlib.contextmanager
def sandbox(port: int = PORT) -> Iterator[str]:
    """Start the sandbox CRM in a process of its own, on this port or on a free one, and yield its URL.

    Raises:
        ConnectorError: it did not start.
    """
    started = _sandbox_on(port) or _sandbox_on(0)
    if started is None:
        raise ConnectorError("The sandbox CRM did not start; `crm-kpi sandbox hubspot` says why.")
    process, url = started
    try:
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _sandbox_on(port: int) -> tuple[subprocess.Popen[str], str] | None:
    command = [sys.executable, "-m", "connector", "sandbox", "hubspot", "--port", str(port), "--token", TOKEN]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ))  # noqa: S603 - our own module
    assert process.stdout is not None
    greeting = process.stdout.readline()
    if greeting:
        return process, greeting.split()[-1]
    process.communicate(timeout=30)
    return None


async def _road(app: App, progress: Progress) -> None:
    async with app.work(ACCOUNT, progress) as work:
        able = await steps.check(work)
        show_able(able)
        at = work.calendar(await work.bound()).end_of(LAST_DAY)
        async with recorded(work, "run", at) as (lease, run_id):
            road = Road(run_id)
            await steps.run(work, lease, road, as_of=at, yes=True)
        show_plan(road.plan) if road.plan else None
        show_road(road)
        await show_headlines(work)
        await _read_back(work, road)


async def _read_back(work: Work, road: Road) -> None:
    """Show one record of each kind, as the CRM itself answers now."""
    assert road.plan is not None
    say("")
    say("Read back from the CRM:")
    for entity in (Entity.COMPANIES, Entity.DEALS, Entity.USERS):
        record = _richest([change for change in road.plan.fields if change.spec.entity is entity])
        specs = [spec for spec in kpi_fields.specs().values() if spec.entity is entity]
        held = await work.adapter.held(entity, [record], specs)
        rows = [(one.field, one.value) for one in held if one.value is not None]
        table(f"{entity} {record}: {await _name_of(work, entity, record)}", ("field", "value"), rows)
    await _goal_back(work)


def _richest(changes: list[FieldChange]) -> str:
    """Choose the record with the most values, and of these the one whose values are the largest."""
    counts: dict[str, tuple[int, float]] = {}
    for change in changes:
        number, largest = counts.get(change.record, (0, 0.0))
        size = float(change.new) if change.new and change.spec.kind == "money" else 0.0
        counts[change.record] = (number + (change.new not in (None, "0", "false")), max(largest, size))
    return max(sorted(counts), key=lambda record: counts[record])


async def _name_of(work: Work, entity: Entity, record: str) -> str:
    known = await work.ask(work.store.records.get, work.account, entity)
    names = {getattr(one, "record", None) or one.id: getattr(one, "name", None) for one in known}
    return names.get(record) or record


async def _goal_back(work: Work) -> None:
    async for page in work.adapter.pages(Stream.GOALS, None, ()):
        ours = [row for row in page.records if getattr(row, "marker", None)]
        if ours:
            rows = [
                (name, str(getattr(ours[0], name))) for name in ("name", "kpi", "subject_type", "subject", "starts_on", "ends_on", "target")
            ]
            table(f"goals {ours[0].id}", ("field", "value"), rows)
            return
