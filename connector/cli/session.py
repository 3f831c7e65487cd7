"""Brings a command and one account together: settings, progress on the screen, and a polite stop on Ctrl-C or SIGTERM."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TypeVar

from connector.app import App
from connector.cli.progress import watching
from connector.errors import CredentialsError, SettingsError
from connector.steps import Work, check

T = TypeVar("T")


def session(account: str | None, action: Callable[[Work], Awaitable[T]], *, quiet: bool = False) -> T:
    """Run an action on one account, showing its progress on standard error unless `quiet`.

    The first Ctrl-C or SIGTERM lets the page or batch in hand end; the second one breaks off at once.
    """

    async def go(app: App) -> T:
        with watching(quiet=quiet) as progress:
            async with app.work(account, progress) as work:
                with stoppable(work.stop):
                    return await action(work)

    with opened() as app:
        try:
            return asyncio.run(go(app))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        except CredentialsError as error:
            raise app.told_where(account, error) from None


@contextmanager
def opened() -> Iterator[App]:
    """Open this process's settings and store."""
    app = App.start(os.environ)
    try:
        yield app
    finally:
        app.close()


@contextmanager
def stoppable(stop: asyncio.Event) -> Iterator[None]:
    """Let signals set `stop`; a second one cancels the task in hand."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def on_signal() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, on_signal)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


def day_of(text: str | None) -> date | None:
    """Read a day given on the command line.

    Raises:
        SettingsError: it is not a day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--as-of is {text!r}; allowed is a day such as 2017-12-31.") from None


async def moment(work: Work, day: date | None) -> datetime | None:
    """Return the end of the given day on the account's own clock, or None for now.

    Raises:
        SettingsError: the day is still to come.
    """
    if day is None:
        return None
    if await work.ask(work.store.accounts.get, work.account) is None:
        await check(work)
    account = await work.bound()
    calendar = work.calendar(account)
    if day > calendar.day_of(datetime.now(UTC)):
        raise SettingsError(f"--as-of is {day}, which is still to come; allowed are days up to today.")
    return calendar.end_of(day)
