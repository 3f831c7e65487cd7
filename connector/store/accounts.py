"""The accounts we work for, each bound to one tenant of one CRM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from connector.errors import GuardStopped, SettingsError
from connector.model import Tenant
from connector.store.database import Database, Found, clock
from connector.store.leases import Lease, writing
from connector.store.rows import instant_of
from connector.store.schema import ACCOUNTS


@dataclass(frozen=True, slots=True)
class Account:
    """An account and whose it is. `paused` is the reason why nothing is pushed, None while pushes may go on."""

    name: str
    adapter: str
    tenant: Tenant
    bound_at: datetime
    paused: str | None
    push_confirmed: bool


class Accounts:
    """The accounts of this store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> Sequence[str]:
        """Return the accounts that are bound to a tenant."""
        with self._database.read() as connection:
            bound = select(ACCOUNTS.c.account).where(ACCOUNTS.c.tenant_id.is_not(None)).order_by(ACCOUNTS.c.account)
            return connection.scalars(bound).all()

    def get(self, account: str) -> Account | None:
        """Return an account; None until it is bound."""
        with self._database.read() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.account == account)).first()
            return _account(row) if row and row.tenant_id is not None else None

    def bind(self, lease: Lease, tenant: Tenant, adapter: str) -> Account:
        """Bind the account to the tenant that the credential opens, or take note of its new name, time zone or currency.

        Raises:
            GuardStopped: the account is bound to another tenant or another CRM; the message names both.
        """
        with writing(self._database, lease) as connection:
            here = ACCOUNTS.c.account == lease.account
            row = connection.execute(select(ACCOUNTS).where(here)).one()
            if row.tenant_id is not None and (row.tenant_id, row.adapter) != (tenant.id, adapter):
                raise GuardStopped(
                    f"The account {lease.account!r} belongs to {row.tenant_name} ({row.adapter} {row.tenant_id}), but these settings open "
                    f"{tenant.name} ({adapter} {tenant.id}); use another account name for another tenant."
                )
            seal = tenant.seal or row.tenant_seal
            if row.tenant_seal not in (None, seal):
                raise GuardStopped(
                    f"The account {lease.account!r} belongs to {row.tenant_name} ({adapter} {row.tenant_id}, itself {row.tenant_seal}), "
                    f"but another one stands in its place ({tenant.seal}); use another account name for another tenant."
                )
            columns = {"tenant_name": tenant.name, "timezone": tenant.timezone, "currency": tenant.currency}
            first = {"tenant_id": tenant.id, "tenant_seal": seal, "adapter": adapter, "bound_at": row.bound_at or clock(connection)}
            connection.execute(update(ACCOUNTS).where(here).values(**columns, **first))
            return _account(connection.execute(select(ACCOUNTS).where(here)).one())

    def set_paused(self, account: str, reason: str | None) -> None:
        """Stop pushes for this reason, or let them go on (None). Needs no lease, so that a person can do it while a run is at work.

        Raises:
            SettingsError: there is no such account.
        """
        with self._database.begin() as connection:
            if connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.account == account).values(paused=reason)).rowcount != 1:
                raise SettingsError(f"There is no account {account!r} in this store.")

    def confirm_push(self, lease: Lease) -> None:
        """Remember that a person has allowed the first push."""
        with writing(self._database, lease) as connection:
            connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.account == lease.account).values(push_confirmed=1))


def _account(row: Found) -> Account:
    tenant = Tenant(id=row.tenant_id, name=row.tenant_name, timezone=row.timezone, currency=row.currency, seal=row.tenant_seal)
    return Account(row.account, row.adapter, tenant, instant_of(row.bound_at), row.paused, bool(row.push_confirmed))
