"""Refresh tokens of OAuth connections, sealed: one for each account and tenant."""

from sqlalchemy import select

from connector.errors import SettingsError
from connector.store.database import Database, clock, upsert
from connector.store.schema import ACCOUNTS, REFRESH_TOKENS
from connector.store.sealing import Seal


class Tokens:
    """The refresh tokens of every account. Needs no lease, because reading alone may already have to renew one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, account: str, tenant: str, token: str, seal: Seal) -> None:
        """Keep a token in place of the one before."""
        with self._database.begin() as connection:
            sealed = seal.close(token, account, tenant)
            upsert(connection, REFRESH_TOKENS, [{"account": account, "tenant": tenant, "sealed": sealed, "saved_at": clock(connection)}])

    def find(self, account: str, seal: Seal) -> tuple[str, str] | None:
        """Return tenant and token: those of the tenant that the account is bound to, while it is bound to none the newest.

        Raises:
            SettingsError: it was sealed with another key.
        """
        mine = select(REFRESH_TOKENS).where(REFRESH_TOKENS.c.account == account).order_by(REFRESH_TOKENS.c.saved_at.desc())
        with self._database.read() as connection:
            bound = connection.scalars(select(ACCOUNTS.c.tenant_id).where(ACCOUNTS.c.account == account)).first()
            found = connection.execute(mine if bound is None else mine.where(REFRESH_TOKENS.c.tenant == bound)).first()
        if found is None:
            return None
        token = seal.open(found.sealed, account, found.tenant)
        if token is None:
            raise SettingsError(
                f"CRM_KPI_SECRET_KEY does not open the stored connection of {account!r}; give the key it was made with, or connect anew."
            )
        return found.tenant, token
