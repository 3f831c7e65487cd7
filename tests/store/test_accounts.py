"""An account belongs to one tenant of one CRM, for good."""

from dataclasses import replace

import pytest

from connector.errors import GuardStopped, SettingsError
from connector.model import Tenant
from connector.store import Lease, Store

TENANT = Tenant(id="4711", name="Maven", timezone="America/New_York", currency="USD")


def test_an_account_is_bound_once(store: Store, lease: Lease):
    """The first tenant is kept with the moment of binding; until then there is no account."""
    assert store.accounts.get("acme") is None
    assert store.accounts.names() == []
    bound = store.accounts.bind(lease, TENANT, "hubspot")
    assert store.accounts.get("acme") == bound
    assert (bound.tenant, bound.adapter, bound.paused, bound.push_confirmed) == (TENANT, "hubspot", None, False)
    assert bound.bound_at <= store.now()
    assert store.accounts.names() == ["acme"]


def test_a_tenant_may_change_its_name(store: Store, lease: Lease):
    """The name, zone and currency of the same tenant follow the CRM; the day of binding stays."""
    bound = store.accounts.bind(lease, TENANT, "hubspot")
    renamed = replace(TENANT, name="Maven Analytics", timezone="Europe/Berlin", currency="EUR")
    assert store.accounts.bind(lease, renamed, "hubspot") == replace(bound, tenant=renamed)


@pytest.mark.parametrize(("tenant", "adapter"), [(replace(TENANT, id="9", name="Rival"), "hubspot"), (TENANT, "nutshell")])
def test_another_tenant_or_crm_is_stopped(store: Store, lease: Lease, tenant: Tenant, adapter: str):
    """The message names both sides, and the binding stays."""
    bound = store.accounts.bind(lease, TENANT, "hubspot")
    with pytest.raises(GuardStopped, match=rf"belongs to Maven \(hubspot 4711\).*open {tenant.name} \({adapter} {tenant.id}\)"):
        store.accounts.bind(lease, tenant, adapter)
    assert store.accounts.get("acme") == bound


def test_another_tenant_under_the_same_id_is_stopped(store: Store, lease: Lease):
    """A seal is noted as soon as it can be seen and stays when it cannot; another one is another tenant."""
    sealed = replace(TENANT, seal="one")
    for seen in (TENANT, sealed, TENANT):
        bound = store.accounts.bind(lease, seen, "odoo")
    assert bound.tenant == sealed
    with pytest.raises(GuardStopped, match=r"itself one.*another one stands in its place"):
        store.accounts.bind(lease, replace(TENANT, seal="two"), "odoo")


def test_a_pause_needs_no_lease(store: Store, lease: Lease):
    """A person can pause and resume an account while a run holds it."""
    store.accounts.bind(lease, TENANT, "hubspot")
    store.accounts.set_paused("acme", "undo of r000003")
    assert store.accounts.get("acme").paused == "undo of r000003"
    store.accounts.set_paused("acme", None)
    assert store.accounts.get("acme").paused is None
    with pytest.raises(SettingsError, match="no account 'acne'"):
        store.accounts.set_paused("acne", "typo")


def test_the_first_push_is_confirmed_for_good(store: Store, lease: Lease):
    """A confirmation stays over later checks."""
    store.accounts.bind(lease, TENANT, "hubspot")
    store.accounts.confirm_push(lease)
    assert store.accounts.bind(lease, TENANT, "hubspot").push_confirmed
