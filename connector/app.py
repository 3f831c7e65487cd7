"""The composition root: the only place that knows which adapter, store and engine are in use."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import platformdirs
from pydantic import BaseModel

from connector.adapters import ADAPTERS, Entry
from connector.errors import CredentialsError, SettingsError
from connector.feeds import FEEDS, FeedEntry
from connector.hours import Hours
from connector.http import Kept, TokenVault
from connector.kpis.fields import READS
from connector.kpis.more_fields import LEAD_PARTS, PARTS
from connector.own import catalogue_of, check_own
from connector.period import Calendar
from connector.schedule import Schedule
from connector.settings import PREFIX, AccountConfig, Settings, load, secrets_given, setting_name
from connector.steps import Progress, Silence, Work
from connector.store import HOW, Seal, Store
from connector.targets import check_goals

T = TypeVar("T")
DEMO_CONFIG = Path(".crm-kpi") / "demo.toml"
"""Where `crm-kpi demo` leaves the demo's settings; used when nothing else is set, so that the demo can be looked at afterwards."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass
class App:
    """This process: its settings, its store and the threads that store and engine run in."""

    settings: Settings
    store: Store
    desk: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, "store"))
    bench: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, "engine"))

    @classmethod
    def start(cls, environ: Mapping[str, str]) -> "App":
        """Read the settings and open the store.

        Raises:
            SettingsError: a setting is unknown, missing or malformed.
            StoreBusy: the database is locked.
        """
        settings = read_settings(environ)
        return cls(settings, Store.open(database_url(settings)))

    def close(self) -> None:
        """Wait for what store and engine have in hand, then let go of both."""
        self.desk.shutdown()
        self.bench.shutdown()
        self.store.close()

    def config(self, name: str | None) -> AccountConfig:
        """Return the settings of the named account, or of the only one there is."""
        return choose(self.settings, name)

    def told_where(self, name: str | None, error: CredentialsError) -> CredentialsError:
        """Return a CRM's refusal of a credential with the settings that hold it and the page that says how to make one."""
        config = self.config(name)
        entry, given = ADAPTERS[config.adapter], secrets_given(config)
        if not given or "does not accept the token" not in str(error) or not str(error).startswith(entry.title):
            return error
        return CredentialsError(f"{str(error).removesuffix('.')}. It stands in {' or '.join(given)}; {entry.docs} says how to make one.")

    def cache_of(self, account: str) -> Path:
        """Return where the engine keeps its copy of this account; losing it costs seconds."""
        place = self.store.url.removeprefix("sqlite:///")
        root = Path(place).parent / "cache" if place != self.store.url else platformdirs.user_cache_path("crm-kpi")
        root.mkdir(parents=True, exist_ok=True)
        return root / f"{account}.duckdb"

    def seal(self) -> Seal:
        """Return what closes and opens the secrets that we store.

        Raises:
            SettingsError: there is no key for it, or none that is one.
        """
        key = self.settings.process.secret_key
        if key is None:
            raise SettingsError(f"CRM_KPI_SECRET_KEY is missing; an OAuth connection is stored encrypted by it. `{HOW}` makes one.")
        return Seal(key.get_secret_value())

    def vault(self, account: str) -> TokenVault:
        """Return where this account's OAuth connection is kept."""
        return _Vault(self, account)

    @contextlib.asynccontextmanager
    async def work(
        self, name: str | None, progress: Progress | None = None, stop: asyncio.Event | None = None, *, vault: TokenVault | None = None
    ) -> AsyncIterator[Work]:
        """Give one account at work, with its own connection to the CRM; its OAuth token comes from `vault` instead of the store."""
        config = self.config(name)
        zone = ZoneInfo(config.house.timezone) if config.house.timezone else None
        adapter = ADAPTERS[config.adapter].build(config.vendor, zone, vault or self.vault(config.name))
        cache = self.cache_of(config.name)
        feeds = [FEEDS[one].build(settings) for one, settings in config.feeds.items()]
        said, ended = progress or Silence(), stop or asyncio.Event()
        work = Work(config, self.store, adapter, cache, self.desk, self.bench, said, ended, feeds=feeds)
        try:
            yield work
        finally:
            await adapter.close()
            for feed in work.feeds:
                await feed.close()


class _Vault:
    """One account's OAuth connection in the store, sealed with the process's key; opened only when it is needed."""

    def __init__(self, app: App, account: str) -> None:
        self._app = app
        self._account = account

    async def load(self) -> Kept | None:
        """Return what is kept, see `TokenVault`."""
        found = await self._ask(lambda: self._app.store.tokens.find(self._account, self._app.seal()))
        return Kept(*found) if found else None

    async def save(self, kept: Kept) -> None:
        """Keep it, see `TokenVault`."""
        await self._ask(lambda: self._app.store.tokens.save(self._account, kept.tenant, kept.token, self._app.seal()))

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._app.desk, question)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings; with none at all, those that the demo left in this folder.

    Raises:
        SettingsError: something is unknown, missing or malformed.
    """
    if not any(name.startswith(PREFIX) for name in environ) and DEMO_CONFIG.exists():
        environ = {setting_name((), "config"): str(DEMO_CONFIG)}
    settings = load(environ, _models(ADAPTERS), _models(FEEDS))
    for config in settings.accounts.values():
        _check_account(config)
    return settings


def _models(entries: Mapping[str, Entry | FeedEntry]) -> Mapping[str, type[BaseModel]]:
    return {name: entry.settings for name, entry in entries.items()}


def choose(settings: Settings, name: str | None) -> AccountConfig:
    """Return the settings of the named account, or of the only one there is.

    Raises:
        SettingsError: no account is set up, or it is not clear which one is meant.
    """
    known = ", ".join(settings.accounts)
    if not known:
        raise SettingsError("No CRM is set up; set CRM_KPI_ADAPTER and the CRM's own settings, or try `crm-kpi demo`.")
    if name is None and len(settings.accounts) == 1:
        return next(iter(settings.accounts.values()))
    if name is None:
        raise SettingsError(f"Several accounts are set up; choose one with --account: {known}.")
    if name not in settings.accounts:
        raise SettingsError(f"There is no account {name!r}; set up are {known}.")
    return settings.accounts[name]


def database_url(settings: Settings) -> str:
    """Return where the store is: as set, else an SQLite file in the user's data folder."""
    if settings.process.database_url is not None:
        return settings.process.database_url.get_secret_value()
    return f"sqlite:///{platformdirs.user_data_path('crm-kpi') / 'crm-kpi.sqlite'}"


def _check_weights(path: tuple[str, ...], config: AccountConfig) -> None:
    for name, allowed in (("health_weights", PARTS), ("lead_weights", LEAD_PARTS)):
        for part in getattr(config.house, name):
            if part not in allowed:
                raise SettingsError(f"{setting_name(path, name)} weighs {part!r}; allowed are {', '.join(allowed)}.")


def _check_hours(path: tuple[str, ...], hours: str | None) -> None:
    try:
        Hours.parse(hours or "mon 09:00-17:00")
    except SettingsError as error:
        raise SettingsError(f"{setting_name(path, 'business_hours')}: {error}") from None


def _check_account(config: AccountConfig) -> None:
    path = () if config.name == "default" else ("accounts", config.name)
    if not _NAME.fullmatch(config.name):
        raise SettingsError(f"{config.name!r} cannot name an account; allowed are small letters, digits, - and _, at most 63.")
    zone = config.house.timezone
    if zone is not None and zone not in available_timezones():
        raise SettingsError(f"{setting_name(path, 'timezone')} is {zone!r}; allowed are IANA names such as Europe/Helsinki.")
    fillable = tuple(READS)
    _check_weights(path, config)
    for entity in config.house.push_fields:
        if entity not in fillable:
            raise SettingsError(f"{setting_name(path, 'push_fields')} holds {entity!r}; allowed are {', '.join(fillable)}.")
    _check_hours(path, config.house.business_hours)
    check_own(config.house.kpis, config.kpi_places)
    check_goals(config.house.goals, catalogue_of(config.house.kpis), Calendar(ZoneInfo(zone or "UTC"), config.house.fiscal_year_start))
    try:
        Schedule.parse(config.house.schedule, ZoneInfo(zone or "UTC"))
    except SettingsError as error:
        raise SettingsError(f"{setting_name(path, 'schedule')}: {error}") from None
