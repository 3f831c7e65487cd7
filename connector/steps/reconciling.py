"""Doubting what is missing: it is gone only if the CRM seems to have told everything, or to miss no more than it may."""

from connector.errors import AccessRefused
from connector.model import Page, Stream
from connector.steps.work import Work
from connector.store import Lease

_ENOUGH = 0.9
"""The share of its own count that a CRM must have told; its search may be a little behind its lists."""


async def doubt(work: Work, lease: Lease, stream: Stream, page: Page) -> None:
    """Let records be gone, or begin a pass over everything anew the next time, because too much is missing to be true.

    Raises:
        AccessRefused: too many records are missing; nothing was taken for gone.
    """
    if work.config.house.max_gone_share == 1:
        return
    if page.gone:
        await _doubt_gone(work, stream, page)
    if not (page.is_last and page.is_full and page.counted is not None):
        return
    gone, here = await work.ask(work.store.records.missing, work.account, stream, page)
    is_much = gone > work.config.house.max_gone_share * (gone + here)
    if gone and (is_much or here < _ENOUGH * page.counted):
        await work.ask(work.store.records.restart, lease, stream)
        raise AccessRefused(
            f"The CRM's list of {stream} lacks {gone:,} of the {gone + here:,} that we know, and the CRM itself counts {page.counted:,}; "
            "nothing was taken for gone. If they are gone, let one run find it with CRM_KPI_MAX_GONE_SHARE=1."
        )


async def _doubt_gone(work: Work, stream: Stream, page: Page) -> None:
    """Let the records go that a page tells are there no more, unless they are too many; where the stream stands then stays as it is."""
    here = await work.ask(work.store.records.live, work.account, stream)
    gone = await work.ask(work.store.records.live, work.account, stream, page.gone)
    if gone > work.config.house.max_gone_share * here:
        raise AccessRefused(
            f"The CRM shows us {gone:,} of the {here:,} {stream} that we know no more, perhaps because this login may see fewer now; "
            "nothing was taken for gone. If they are gone, let one run find it with CRM_KPI_MAX_GONE_SHARE=1."
        )


async def reconcile(work: Work, stream: Stream, page: Page) -> dict[str, int]:
    """Return, after a pass over everything, how many records the CRM counts and how many we hold, and say so where that differs."""
    if not (page.is_last and page.is_full and page.counted is not None):
        return {}
    held = await work.ask(work.store.records.live, work.account, stream)
    if held != page.counted:
        work.progress.say(f"{stream}: the CRM counts {page.counted:,} after everything was read, and we hold {held:,} of them.")
    return {"counted": page.counted, "held": held}
