"""A real Odoo as the contract of adapters sees it: its own database, and a front before it in which requests can go wrong."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connector.adapters.base import Adapter
from connector.adapters.odoo import MODELS, Odoo, OdooSettings
from connector.model import FieldSpec, Stream
from tests.odoo.front import Front
from tests.odoo.people import ADMIN, People
from tests.odoo.server import SERVED, Server
from tests.odoo.surveys import HAPPY, LIKELY

SEED, DATABASE = "seed", SERVED
_PRINT = """
SELECT (SELECT count(*) FROM ir_model_fields), (SELECT max(write_date) FROM crm_lead), (SELECT count(*) FROM crm_lead),
    (SELECT count(*) FROM gamification_goal), (SELECT max(write_date) FROM gamification_goal),
    (SELECT count(*) FROM ir_model_access WHERE perm_read), (SELECT max(write_date) FROM res_users),
    (SELECT max(write_date) FROM res_partner), (SELECT count(*) FROM survey_user_input_line)
"""
"""What tells whether a test has changed anything, so that the next one needs a database of its own."""


class OdooBox:
    """One database of the server."""

    name = "odoo"
    apart = (Stream.TEAMS,)
    lacks = (Stream.TICKETS,)

    def __init__(self, server: Server, front: Front, url: str) -> None:
        self.server = server
        self.front = front
        self.url = url
        self.people = People(server.url, DATABASE)
        self._adapters: list[Adapter] = []

    async def adapter(self, **more: Any) -> Odoo:  # noqa: ANN401 - any setting
        """Connect anew."""
        settings: dict[str, Any] = {"url": self.url, "database": DATABASE, "user": ADMIN, "key": ADMIN, "headroom": 0, "page_size": 50}
        settings["survey_questions"] = (f"{LIKELY}=nps", f"{HAPPY}=csat")
        made = Odoo(OdooSettings(**(settings | {"requests_per_second": 1000, "horizon_seconds": 0} | more)))
        self._adapters.append(made)
        return made

    async def edit_deal(self, deal: str, amount: Decimal) -> None:
        """Change a deal's amount, as people do."""
        self.people.call("crm.lead", "write", [int(deal)], {"expected_revenue": float(amount)})

    async def delete_deal(self, deal: str) -> None:
        """Delete a deal, as people do."""
        self.people.call("crm.lead", "unlink", [int(deal)])

    async def take_field(self, spec: FieldSpec) -> None:
        """Make a field of this name that is not ours."""
        model = self.people.find("ir.model", ["model", "=", MODELS[spec.entity]], fields=["model"])[0]["id"]
        field = {"name": f"x_{spec.name}", "model_id": model, "field_description": "Theirs", "ttype": "float", "state": "manual"}
        self.people.make("ir.model.fields", [field])

    async def drop_field(self, spec: FieldSpec) -> None:
        """Delete a field, as people do."""
        found = self.people.find("ir.model.fields", ["model", "=", MODELS[spec.entity]], ["name", "=", f"x_{spec.name}"], fields=["name"])
        self.people.call("ir.model.fields", "unlink", [row["id"] for row in found])

    async def revoke(self, stream: Stream) -> None:
        """Take away the right to read a stream."""
        model = {Stream.TEAMS: "crm.team"}[stream]
        rights = self.people.find("ir.model.access", ["model_id.model", "=", model], fields=["name"])
        self.people.call("ir.model.access", "write", [row["id"] for row in rights], {"perm_read": False})

    async def lose_write(self, *, does_land: bool) -> None:
        """Leave the next write without an answer."""
        self.front.lost_writes.append(does_land)

    async def break_page(self, page: int) -> None:
        """Let the page of this number (from 0) fail in a way that passes."""
        self.front.broken["crm.lead"] = page

    async def close(self) -> None:
        """Give back what was opened."""
        for adapter in self._adapters:
            await adapter.close()

    def print(self) -> Sequence[object]:
        """Return what changes when anything does."""
        with self.server.connect(DATABASE) as connection:
            return connection.execute(_PRINT).fetchone() or ()
