"""One holder an account; who lost the lease cannot write any more, whatever it still believes."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from connector.errors import StoreBusy
from connector.model import Company, Entity, Page, Stream
from connector.store import Lease, Store

Open = Callable[..., Store]

PAGE = Page(records=(Company(id="1", name="Acme"),), cursor="c", is_last=True, is_full=True)


def test_a_held_lease_is_refused_by_name(store: Store, open_store: Open):
    """A second holder, in whatever process, is told who has the account and until when."""
    before = store.now()
    lease = store.leases.acquire("acme", "host:1", ttl_seconds=30)
    other = open_store()
    holder, until = other.leases.holder("acme")
    assert holder == "host:1"
    assert before + timedelta(seconds=30) <= until <= other.now() + timedelta(seconds=30)
    with pytest.raises(StoreBusy, match=re.escape(f"'acme' is being worked on by host:1 until {until:%Y-%m-%d %H:%M:%S} UTC")):
        other.leases.acquire("acme", "host:2")
    assert other.leases.acquire("other", "host:2").epoch == 1
    store.leases.check(lease)


def test_a_released_lease_is_free(store: Store):
    """Giving it back lets the next one in at once, with a later epoch."""
    first = store.leases.acquire("acme", "host:1")
    store.leases.release(first)
    assert store.leases.holder("acme") is None
    second = store.leases.acquire("acme", "host:2")
    assert (second.epoch, second.holder) == (first.epoch + 1, "host:2")


def test_an_expired_lease_is_taken_over_and_fenced(store: Store, open_store: Open):
    """After the time is up another may take over; the first one can neither write, renew, check nor release it away."""
    late = store.leases.acquire("acme", "host:1", ttl_seconds=0.05)
    time.sleep(0.1)
    other = open_store()
    new = other.leases.acquire("acme", "host:2")
    for attempt in (
        lambda: store.records.save_page(late, "r1", Stream.COMPANIES, PAGE),
        lambda: store.leases.renew(late),
        lambda: store.leases.check(late),
    ):
        with pytest.raises(StoreBusy, match="lease of host:1 on the account 'acme' is lost"):
            attempt()
    store.leases.release(late)
    other.records.save_page(new, "r1", Stream.COMPANIES, PAGE)
    assert store.records.count("acme", Entity.COMPANIES) == 1


def test_an_expired_lease_is_lost_even_if_nobody_took_it(store: Store):
    """Whoever was away too long starts over instead of going on."""
    late = store.leases.acquire("acme", "host:1", ttl_seconds=0.05)
    time.sleep(0.1)
    with pytest.raises(StoreBusy):
        store.leases.check(late)
    with pytest.raises(StoreBusy):
        store.records.save_page(late, "r1", Stream.COMPANIES, PAGE)


def test_writing_keeps_the_lease(store: Store):
    """Every write counts the time anew, so that a busy holder does not lose what it works on."""
    lease = store.leases.acquire("acme", "host:1", ttl_seconds=2)
    for _ in range(4):
        time.sleep(0.6)
        store.records.save_page(lease, "r1", Stream.COMPANIES, PAGE)
    store.leases.check(lease)


def test_a_dead_holder_can_be_evicted(store: Store):
    """The lease of a holder that is known to be gone is free; of another holder's lease nothing happens."""
    dead = store.leases.acquire("acme", "host:1")
    store.leases.evict("acme", "host:2")
    store.leases.check(dead)
    store.leases.evict("acme", "host:1")
    with pytest.raises(StoreBusy):
        store.leases.renew(dead)
    assert store.leases.acquire("acme", "host:3").epoch == dead.epoch + 1


def test_a_transaction_under_the_lease_is_all_or_nothing(store: Store, lease: Lease):
    """What is written through the open transaction is undone by an error inside it."""

    def break_off() -> None:
        with store.write(lease) as connection:
            connection.execute(text("UPDATE accounts SET paused = 'half'"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    with store.write(lease) as connection:
        assert connection.execute(text("SELECT paused FROM accounts")).scalar_one() is None
