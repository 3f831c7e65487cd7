"""Doubting a pass over everything: what it did not bring is gone only if the CRM seems to have told everything."""

import logging

from connector.errors import AccessRefused
from connector.model import Page, Stream
from connector.steps.work import Work
from connector.store import Lease

log = logging.getLogger("connector.steps")
_ENOUGH = 0.9
"""The share of its own count that a CRM must have told; its search may be a little behind its lists."""


async def doubt(work: Work, lease: Lease, stream: Stream, page: Page) -> None:
    """Let a pass over everything end, or begin it anew the next time because too much is missing to be true.

    Raises:
        AccessRefused: too many records are missing; nothing was taken for gone.
    """
    if not (page.is_last and page.is_full and page.counted is not None) or work.config.house.max_gone_share == 1:
        return
    gone, here = await work.ask(work.store.records.missing, work.account, stream, page)
    is_much = gone > work.config.house.max_gone_share * (gone + here)
    if gone and (is_much or here < _ENOUGH * page.counted):
        await work.ask(work.store.records.restart, lease, stream)
        raise AccessRefused(
            f"The CRM's list of {stream} lacks {gone:,} of the {gone + here:,} that we know, and the CRM itself counts {page.counted:,}; "
            "nothing was taken for gone. If they are gone, let one run find it with CRM_KPI_MAX_GONE_SHARE=1."
        )


async def reconcile(work: Work, stream: Stream, page: Page) -> dict[str, int]:
    """Return, after a pass over everything, how many records the CRM counts and how many we hold, and say so where that differs."""
    if not (page.is_last and page.is_full and page.counted is not None):
        return {}
    held = await work.ask(work.store.records.live, work.account, stream)
    if held != page.counted:
        log.warning("%s: the CRM counts %d %s, the store holds %d.", work.account, page.counted, stream, held)
        work.progress.say(f"{stream}: the CRM counts {page.counted:,}, we hold {held:,}; a difference of {abs(held - page.counted):,}.")
    return {"counted": page.counted, "held": held}
