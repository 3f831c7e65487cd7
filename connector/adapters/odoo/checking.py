"""Finds out what this database and this login let us do, by cheap reads and without writing anything."""

from collections.abc import Sequence

from connector.adapters.odoo.account import Accounts
from connector.adapters.odoo.fields import MODELS, Fields
from connector.adapters.odoo.goals import KPIS
from connector.adapters.odoo.kinds import KINDS
from connector.adapters.odoo.reading import Aparts, unavailable
from connector.adapters.odoo.rpc import Rpc
from connector.adapters.odoo.words import GOALS_WRITE, READS, TITLE, WRITES
from connector.errors import AccessRefused
from connector.http import Refused
from connector.model import ANY_KPI, Ability, Answer, Capabilities, Entity, Landing, Stream, Tenant, goal_kind

WRITE_BATCH = 100
_SEES_ALL = "sales_team.group_sale_salesman_all_leads"
_SEEN = (14, 17, 19)


class Checking:
    """Checks one database."""

    def __init__(self, rpc: Rpc, accounts: Accounts, fields: Fields, aparts: Aparts) -> None:
        self._rpc = rpc
        self._accounts = accounts
        self._fields = fields
        self._aparts = aparts

    async def check(self) -> Capabilities:
        """Probe the database, see `Adapter`."""
        tenant = await self._accounts.tenant()
        streams = {stream: await self._stream(stream) for stream in READS}
        return Capabilities(
            tenant,
            streams,
            fields={entity: await self._writable(entity) for entity in WRITES},
            goals=await self._goals(streams[Stream.GOALS]),
            limits={"write_batch": WRITE_BATCH},
            notes=tuple(await self._notes(tenant)),
        )

    async def _stream(self, stream: Stream) -> Ability:
        try:
            apart = self._aparts.get(stream)
            for kind in await apart.kinds() if apart else KINDS[stream]:
                await self._rpc.rows(kind.model, kind.domain, ["write_date"], 1)
        except (AccessRefused, Refused) as error:
            why = unavailable(stream, error)
            return Ability(Answer.NO, str(why), why.needs)
        lacks = ", ".join(apart.lacks) if apart else ""
        return Ability(Answer.YES, f"Not told in this database: {lacks}." if lacks else "")

    async def _may(self, model: str, right: str) -> bool:
        words = await self._rpc.words()
        how: dict[str, object] = {"ids": []} if words.rights == "has_access" else {"raise_exception": False}
        try:
            return bool(await self._rpc.ask(model, words.rights, operation=right, **how))
        except (AccessRefused, Refused):
            return False

    async def _writable(self, entity: Entity) -> Ability:
        if not await self._may(MODELS[entity], "write"):
            return Ability(Answer.NO, f"{TITLE} does not let this login change {entity}.", WRITES[entity])
        try:
            ours = await self._fields.ours(entity)
        except AccessRefused as error:
            return Ability(Answer.NO, str(error), WRITES[entity])
        if ours or await self._may("ir.model.fields", "create"):
            return Ability(Answer.YES)
        return Ability(Answer.NO, f"{TITLE} does not let this login make fields, and none of ours is there.", WRITES[entity])

    async def _goals(self, stream: Ability) -> dict[str, Ability]:
        kinds = [goal_kind(kpi, "owner") for kpi in (*KPIS, ANY_KPI)]
        if stream.answer is Answer.NO:
            return dict.fromkeys(kinds, stream)
        if not await self._may("gamification.goal", "create"):
            return dict.fromkeys(kinds, Ability(Answer.NO, f"{TITLE} does not let this login make goals.", GOALS_WRITE))
        computed = dict.fromkeys(kinds, Ability(Answer.YES, lands=Landing.NATIVE_TARGET))
        return {**computed, goal_kind(ANY_KPI, "owner"): Ability(Answer.YES, lands=Landing.NATIVE)}

    async def _notes(self, tenant: Tenant) -> Sequence[str]:
        notes = []
        if not await self._sees_all():
            count = await self._rpc.count("crm.lead", [["type", "=", "opportunity"]])
            notes.append(
                f"This login is shown its own deals only ({count:,} of them), so every KPI would be of a part; "
                "give it the group Sales / User: All Documents."
            )
        if not await self._may("mail.tracking.value", "read"):
            notes.append(
                "This login may not see when stages, owners and amounts changed: what is known of the past of deals stays, nothing is "
                "added, and lost deals have no date of closing where Odoo keeps none; give it the group Administration / Settings."
            )
        if tenant.seal is None:
            notes.append("This login may not read the database's own id, so another one of its name and address would not be noticed.")
        version = await self._rpc.version()
        if version not in _SEEN:
            notes.append(f"{TITLE} {version} was never seen by us; 14 is tested, 17 and 19 were looked at.")
        return notes

    async def _sees_all(self) -> bool:
        words = await self._rpc.words()
        who = {"ids": [await self._rpc.uid()]} if words.asks_user else {}
        try:
            return bool(await self._rpc.ask("res.users", "has_group", **who, group_ext_id=_SEES_ALL))
        except (AccessRefused, Refused):
            return True
