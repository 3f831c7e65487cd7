"""The few words we have for failure, grouped by what the caller should do.

    ConnectorError            our fault: report it            (exit 1)
    ├── SettingsError         fix the settings or the command (exit 2)
    ├── GuardStopped          look at the plan, then decide   (exit 3)
    ├── CredentialsError      give us a working credential    (exit 4)
    ├── AccessRefused         grant the scope that is named   (exit 5)
    │   └── LeftOut           nothing to do, settings say so  (exit 5)
    ├── TryLater              nothing to do, run again later  (exit 6)
    │   └── Stopped           we were asked to end            (exit 6)
    └── StoreBusy             another process is at work      (exit 7)

Every message is one sentence for an admin: it names the thing, what was given and what is allowed, and never holds a secret.
"""

from typing import ClassVar


class ConnectorError(Exception):
    """Something went wrong that the person running the command should read about."""

    exit_code: ClassVar[int] = 1


class SettingsError(ConnectorError):
    """A setting or an argument is unknown, missing or malformed."""

    exit_code: ClassVar[int] = 2


class GuardStopped(ConnectorError):
    """A guard refused to go on: other tenant, first push, too many changes, paused, stale plan."""

    exit_code: ClassVar[int] = 3


class CredentialsError(ConnectorError):
    """The CRM does not accept the credential we hold."""

    exit_code: ClassVar[int] = 4


class AccessRefused(ConnectorError):
    """The credential is good, but may not do this; `needs` lists the scopes the CRM asked for."""

    exit_code: ClassVar[int] = 5

    def __init__(self, message: str, needs: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.needs = needs


class LeftOut(AccessRefused):
    """The settings say that this is not to be read; that is no loss."""


class TryLater(ConnectorError):
    """The CRM cannot be reached or wants us to wait longer than this run can; progress is kept."""

    exit_code: ClassVar[int] = 6


class StoreBusy(ConnectorError):
    """The store is locked, or another process holds the account's lease."""

    exit_code: ClassVar[int] = 7


class Stopped(TryLater):
    """Somebody asked us to end; everything up to here is kept, and the next run goes on."""
