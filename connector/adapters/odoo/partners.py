"""The partners that records hang on, and those behind our own users."""

from collections.abc import Mapping, Sequence

from connector.adapters.odoo.deals import Partners
from connector.adapters.odoo.parse import link
from connector.adapters.odoo.rpc import Row, Rpc

_WHO = ("is_company", "commercial_partner_id")
_STAFF = [["share", "=", False]]
ROOT = "1"
"""The user as whom Odoo itself works."""


async def partners_of(rpc: Rpc, rows: Sequence[Row]) -> Partners:
    """Return the partners of some records by id."""
    wanted = sorted({int(key) for row in rows if (key := link(row["partner_id"]))})
    return {str(row["id"]): row for row in await rpc.rows("res.partner", [["id", "in", wanted]], _WHO)} if wanted else {}


async def staff_of(rpc: Rpc) -> Mapping[str, str]:
    """Return our own users, Odoo itself among them, by their partners' ids."""
    return {key: str(row["id"]) for row in await rpc.rows("res.users", _STAFF, ["partner_id"]) if (key := link(row["partner_id"]))}
