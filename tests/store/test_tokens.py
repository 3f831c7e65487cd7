"""Refresh tokens are stored sealed: readable with the key alone, and only where they belong."""

import base64

import pytest
from sqlalchemy import text

from connector.errors import SettingsError
from connector.model import Tenant
from connector.store import Seal, Store

KEY = base64.b64encode(bytes(range(200, 232))).decode()
OTHER = base64.b64encode(bytes(32)).decode()


def test_a_token_is_found_with_its_key_only(store: Store):
    """What was saved last comes back; with another key the message names the setting, and the database never holds the token itself."""
    assert store.tokens.find("acme", Seal(KEY)) is None
    store.tokens.save("acme", "7", "refresh-secret-1", Seal(KEY))
    store.tokens.save("acme", "7", "refresh-secret-2", Seal(KEY))
    assert store.tokens.find("acme", Seal(KEY)) == ("7", "refresh-secret-2")
    assert store.tokens.find("other", Seal(KEY)) is None
    with pytest.raises(SettingsError, match="CRM_KPI_SECRET_KEY does not open the stored connection of 'acme'") as wrong:
        store.tokens.find("acme", Seal(OTHER))
    assert "refresh" not in str(wrong.value)
    with store.write(store.leases.acquire("acme", "test")) as connection:
        rows = connection.execute(text("SELECT * FROM refresh_tokens")).all()
    assert len(rows) == 1
    assert "refresh" not in str(rows)


def test_the_bound_tenants_token_is_taken(store: Store):
    """While an account is bound to nobody the newest connection counts; afterwards that of its own tenant, whatever came later."""
    store.tokens.save("acme", "7", "of-seven", Seal(KEY))
    store.tokens.save("acme", "8", "of-eight", Seal(KEY))
    lease = store.leases.acquire("acme", "test")
    with store.write(lease) as connection:
        connection.execute(text("UPDATE refresh_tokens SET saved_at = saved_at + 1000 WHERE tenant = '8'"))
    assert store.tokens.find("acme", Seal(KEY)) == ("8", "of-eight")
    store.accounts.bind(lease, Tenant("7", "Seven", "UTC", "USD"), "hubspot")
    assert store.tokens.find("acme", Seal(KEY)) == ("7", "of-seven")


def test_a_row_moved_to_another_account_does_not_open(store: Store):
    """Somebody who can write to the database cannot lend one account's connection to another."""
    store.tokens.save("acme", "7", "refresh-secret", Seal(KEY))
    with store.write(store.leases.acquire("acme", "test")) as connection:
        connection.execute(text("UPDATE refresh_tokens SET account = 'other'"))
    with pytest.raises(SettingsError, match="does not open"):
        store.tokens.find("other", Seal(KEY))


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 44, "é" * 44, base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(33)).decode()]
)
def test_a_key_that_is_none_is_refused_unseen(key: str):
    """Only 32 bytes in base64, of either alphabet, are a key; the message says how to make one and shows nothing."""
    with pytest.raises(SettingsError, match="openssl rand -base64 32") as wrong:
        Seal(key)
    assert not key or key not in str(wrong.value)
    assert Seal("+/" * 21 + "A=").open(Seal("-_" * 21 + "A=").close("secret", "here"), "here") == "secret"
