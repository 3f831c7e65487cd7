"""serve, as a command: the timer, the status page, and a clean end."""

import asyncio
import contextlib
import logging
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from connector import steps
from connector.adapters import ADAPTERS
from connector.app import App
from connector.cli.following import Follower
from connector.cli.session import opened
from connector.cli.watching import Watcher
from connector.cli.words import say
from connector.errors import SettingsError
from connector.jobs import ServedAccount, stop_on_signals
from connector.jobs import serve as serve_accounts
from connector.schedule import Schedule
from connector.settings import AccountConfig
from connector.steps import Road, leased, noted
from connector.store import RunStatus
from connector.web import status_app
from connector.web.hooks import hook_route
from connector.web.overview import status_page
from connector.web.records import record_route
from connector.web.server import hosts_for, web_server

log = logging.getLogger("connector.serve")
SETTLED = (RunStatus.DONE, RunStatus.FAILED, RunStatus.STOPPED)
"""How a run of a slot can end so that the slot counts as served; one that was cut off is run again."""


def serve() -> None:
    """Serve all accounts until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # A line for every request would bury what the runs say.
    for chatty in ("httpx", "connector.http", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with opened() as app:
        if not app.settings.accounts:
            raise SettingsError("No CRM is set up; set CRM_KPI_ADAPTER and the CRM's own settings, or try `crm-kpi demo`.")
        asyncio.run(_serve(app))


async def _serve(app: App) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    listen = app.settings.process.listen
    hosts = hosts_for(listen, app.settings.process.public_url)
    followers = {name: Follower(app, name, stop) for name in app.settings.accounts}
    served = {name: _served(app, config, followers[name], stop) for name, config in app.settings.accounts.items()}
    hooks = hook_route(app, lambda account, hints: served[account].inbox.put(hints))
    page = status_app(lambda: status_page(app), hosts, [record_route(app), hooks])
    async with contextlib.AsyncExitStack() as opened_late, web_server(page, listen) as url:
        for follower in followers.values():
            await opened_late.enter_async_context(follower)
        served = {name: await _watched(app, one, opened_late) for name, one in served.items()}
        say(f"Serving {', '.join(app.settings.accounts)}; status page on {url}.")
        await serve_accounts(list(served.values()), stop=stop)
    say("Stopped; what was done is kept.")


async def _watched(app: App, served: ServedAccount, opened_late: contextlib.AsyncExitStack) -> ServedAccount:
    """Have the account's journal read, where it has one and the settings ask for it."""
    config = app.config(served.name)
    make = ADAPTERS[config.adapter].journal
    journal = make(config.vendor) if make else None
    if journal is None:
        return served
    opened_late.push_async_callback(journal.close)
    watcher = Watcher(app, served.name, journal)
    return replace(served, watch=watcher.watch, every=watcher.every)


def _served(app: App, config: AccountConfig, follower: Follower, stop: asyncio.Event) -> ServedAccount:
    async def run(slot: str) -> None:
        async with app.work(config.name, stop=stop) as work, leased(work) as lease:
            # Asked again under the lease, because another process may just have served this slot.
            if await last_slot() == slot:
                return
            async with noted(work, lease, "run", slot=slot) as run_id:
                road = Road(run_id)
                await steps.run(work, lease, road, as_of=None)
                if road.stopped is not None:
                    raise road.stopped

    async def last_slot() -> str | None:
        runs = await asyncio.get_running_loop().run_in_executor(app.desk, partial(app.store.runs.latest, config.name, 200, kind="run"))
        return next((one.slot for one in runs if one.slot is not None and one.status in SETTLED), None)

    account = app.store.accounts.get(config.name)
    zone = ZoneInfo(config.house.timezone or (account.tenant.timezone if account else "UTC"))
    schedule = Schedule.parse(config.house.schedule, zone)
    return ServedAccount(config.name, schedule, run, last_slot, follower.follow)
