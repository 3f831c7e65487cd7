"""Writers that meet, and writers that are killed, lose nothing and double nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import select

from connector.model import Company, Entity, Page, Stream
from connector.store import Lease, Store
from connector.store.schema import RECORD_TABLES

Open = Callable[..., Store]
COMPANIES = RECORD_TABLES[Entity.COMPANIES]
WRITERS, PAGES = 3, 8

PULL_FOREVER = """
import itertools, sys
from connector.model import Company, Page, Stream
from connector.store import Store
with Store.open(sys.argv[1]) as store:
    lease = store.leases.acquire("acme", "victim")
    start = int(store.records.state("acme", Stream.COMPANIES).cursor or 0)
    for number in itertools.count(start + 1):
        records = tuple(Company(id=f"{number}-{place}") for place in range(20))
        store.records.save_page(lease, "r1", Stream.COMPANIES, Page(records, str(number), is_last=False, is_full=True))
        print(number, flush=True)
"""


def save(store: Store, lease: Lease, name: str) -> None:
    """Save one page with one company."""
    page = Page((Company(id=name),), cursor=name, is_last=False, is_full=True)
    store.records.save_page(lease, "r1", Stream.COMPANIES, page)


def test_versions_are_distinct_and_visible_in_their_order(store: Store, lease: Lease, open_store: Open):
    """However many threads and connections write, no reader ever sees a version appear below one that it has seen already."""
    writers = [open_store() for _ in range(WRITERS)]
    threads = [
        threading.Thread(target=lambda n=n, one=one: [save(one, lease, f"{n}-{page}") for page in range(PAGES)])
        for n, one in enumerate(writers)
    ]
    seen: list[set[int]] = []
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.append(_versions(store))
    for thread in threads:
        thread.join()
    seen.append(_versions(store))
    assert seen[-1] == set(range(1, WRITERS * PAGES + 1))
    for earlier, later in pairwise(seen):
        assert min(later - earlier, default=0) == 0 or min(later - earlier) > max(earlier, default=0)


def _versions(store: Store) -> set[int]:
    return {version for _, version in _rows(store)}


def _rows(store: Store) -> list[tuple[str, int]]:
    with store._database.read() as connection:  # noqa: SLF001  # the public reads do not show versions
        return [(row.id, row.row_version) for row in connection.execute(select(COMPANIES.c.id, COMPANIES.c.row_version))]


@pytest.mark.parametrize("kills", [2])
def test_a_killed_writer_leaves_whole_pages_only(store: Store, url: str, kills: int):
    """After every kill the records are those of exactly the pages up to the cursor, and no page that was reported saved is missing."""
    for _ in range(kills):
        victim = subprocess.Popen([sys.executable, "-c", PULL_FOREVER, url], stdout=subprocess.PIPE, text=True)
        lines = [victim.stdout.readline() for _ in range(3)]
        os.kill(victim.pid, signal.SIGKILL)
        lines += victim.stdout.readlines()
        victim.wait()
        victim.stdout.close()
        cursor = int(store.records.state("acme", Stream.COMPANIES).cursor)
        assert cursor >= int(lines[-1])
        ids = {key for key, _ in _rows(store)}
        assert ids == {f"{number}-{place}" for number in range(1, cursor + 1) for place in range(20)}
        store.leases.evict("acme", "victim")


def test_a_writer_waits_for_the_one_before_it(store: Store, lease: Lease, open_store: Open):
    """A page that meets another transaction of the account is stored after it, not lost."""
    other, order = open_store(), []
    with store.write(lease):
        thread = threading.Thread(target=lambda: [save(other, lease, "late"), order.append("late")])
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "late"]
    assert store.records.count("acme", Entity.COMPANIES) == 1
