"""How far a journal was read is kept for each account and tenant."""

from connector.store import Store


def test_a_place_is_kept_for_its_own_tenant(store: Store):
    """The place saved last comes back; another account, or another tenant of the same, begins anew."""
    assert store.journals.find("acme", "7") is None
    store.journals.save("acme", "7", "o-1")
    store.journals.save("acme", "7", "o-2")
    assert (store.journals.find("acme", "7"), store.journals.find("acme", "8"), store.journals.find("other", "7")) == ("o-2", None, None)
