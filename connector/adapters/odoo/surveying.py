"""Reads the answers to surveys, with who answered, who asked, and what was asked."""

import hashlib
from collections.abc import Sequence

from connector.adapters.odoo.apart import Read
from connector.adapters.odoo.asking import Asking, numbers_of
from connector.adapters.odoo.parse import link
from connector.adapters.odoo.partners import partners_of, staff_of
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.surveys import SENT, Around, Question, kinds_of, surveys_of


class Surveying:
    """The stream of surveys, see `Apart`."""

    def __init__(self, rpc: Rpc, settings: OdooSettings) -> None:
        self._rpc = rpc
        self._asking = Asking(rpc, settings)
        self._is_seven_easy = settings.effort_seven_is_easy
        self._questions: dict[str, Question] = {}
        self.meaning = ""
        self.lacks: Sequence[str] = ()

    async def kinds(self) -> list[Kind]:
        """Find out which questions count, see `Apart`."""
        found = await self._asking.questions()
        self._questions = {str(one.id): one for one in found}
        self.meaning = hashlib.sha256(repr((found, self._is_seven_easy)).encode()).hexdigest()[:12]
        return kinds_of(found, await numbers_of(self._rpc))

    async def way(self, rows: Sequence[Row], kind: Kind) -> Read:
        """Return how answers are read, see `Apart`."""
        inputs = rows if kind.model == SENT else await self._inputs(rows)
        near = Around(
            {str(row["id"]): row for row in inputs},
            await partners_of(self._rpc, inputs),
            {user: partner for partner, user in (await staff_of(self._rpc)).items()},
            self._questions,
            self._is_seven_easy,
        )
        return lambda row: surveys_of(row, kind, near)

    async def _inputs(self, rows: Sequence[Row]) -> list[Row]:
        wanted = sorted({int(key) for row in rows if (key := link(row["user_input_id"]))})
        return await self._rpc.rows(SENT, [["id", "in", wanted]], ["partner_id", "create_uid", "create_date"]) if wanted else []
