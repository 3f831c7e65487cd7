"""Finds out what this Workspace and this token let us do, by cheap reads and without writing anything."""

from collections.abc import Awaitable, Mapping

from connector.adapters.clickup.account import NO_CURRENCY, Accounts
from connector.adapters.clickup.fields import Fields
from connector.adapters.clickup.objects import Ask, Objects
from connector.adapters.clickup.places import CLOSED
from connector.adapters.clickup.reading import Reading
from connector.adapters.clickup.vendor import LEAST
from connector.adapters.clickup.words import KINDS, LISTS, TITLE, WRITABLE, WRITE_BATCH, named, needs
from connector.adapters.wire import refusal_of
from connector.errors import AccessRefused
from connector.http import together
from connector.model import ANY_KPI, Ability, Allowance, Answer, Capabilities, Entity, Landing, Stream, Tenant, goal_kind

_NO_ZONE = f"{TITLE} tells no time zone of a Workspace, so days are those of UTC; CRM_KPI_TIMEZONE says otherwise."
_NO_CURRENCY = (
    f"{TITLE} keeps a currency on the amount field only, and none is known: no amount is in a home currency until "
    f"{named('amount_field')} names a currency field, or {named('currency')} says it."
)
_NO_TIMES = (
    'The ClickApp "Total time in Status" is off, so nothing tells when deals moved: no past of stages is read. An admin of the Workspace '
    "turns it on under ClickApps."
)
_NO_USERS = f"{TITLE} keeps custom fields on tasks only; the board record shows reps' numbers."

_NO_PLAN = (
    f"{TITLE} does not tell which plan is paid for, and 100 requests a minute may mean Free Forever, so its limits for life are kept; "
    f"{named('plan')} says which plan it is."
)

FREE: Mapping[str, Allowance] = {"fields": Allowance(60), "goals": Allowance(100, new=3, change=3)}
"""What the plan Free Forever takes in the whole life of a Workspace; a goal is made by three requests, and kept up by one to three.

Which of them one will need is not known before it is looked at, and what is used up comes back never, so the most is counted.
"""
_FREE = "free"
GOAL_KPIS = ("revenue_won", "deals_won", ANY_KPI)
"""Any KPI can be a goal; two that most have are named beside the word that stands for all."""


class Checking:
    """Checks one Workspace."""

    def __init__(self, objects: Objects, accounts: Accounts, reading: Reading, fields: Fields) -> None:
        self._objects = objects
        self._accounts = accounts
        self._reading = reading
        self._fields = fields

    async def check(self) -> Capabilities:
        """Probe the Workspace, see `Adapter`."""
        tenant = await self._accounts.tenant()
        streams = await together(self._stream(stream, tenant) for stream in KINDS)
        fields = await together(self._field(entity) for entity in WRITABLE)
        plan = self._accounts.settings.plan or await self._objects.plan(tenant.id)
        is_untold = plan is None and self._objects.client.told().calls <= LEAST.calls
        return Capabilities(
            tenant,
            streams=dict(zip(KINDS, streams, strict=True)),
            fields={**dict(zip(WRITABLE, fields, strict=True)), Entity.USERS: Ability(Answer.NO, _NO_USERS)},
            goals={goal_kind(kpi, subject): _goals(streams[-1]) for kpi in GOAL_KPIS for subject in ("owner", "team")},
            limits={"write_batch": WRITE_BATCH},
            notes=(*await self._notes(tenant), *([_NO_PLAN] if is_untold else [])),
            makes_fields=False,
            for_life=FREE if is_untold or _FREE in (plan or "").casefold() else {},
        )

    async def _stream(self, stream: Stream, tenant: Tenant) -> Ability:
        asked: Awaitable[object] = self._tasks(stream, tenant) if stream in LISTS else self._reading.probe(stream)
        error = await refusal_of(asked)
        if error is None:
            return Ability(Answer.YES)
        return Ability(Answer.NO, str(error), (error.needs if isinstance(error, AccessRefused) else ()) or needs(stream))

    async def _tasks(self, stream: Stream, tenant: Tenant) -> object:
        places = (await self._accounts.account(stream)).places
        return await self._objects.tasks(tenant.id, Ask(tuple(place.id for place in places), "updated"))

    async def _field(self, entity: Entity) -> Ability:
        error = await refusal_of(self._fields.there(entity))
        if error is None:
            return Ability(Answer.UNVERIFIED, "People make the fields; whether values may be set only a write tells.")
        return Ability(Answer.NO, str(error), error.needs if isinstance(error, AccessRefused) else ())

    async def _notes(self, tenant: Tenant) -> tuple[str, ...]:
        notes = {
            _NO_ZONE: self._accounts.zone is None,
            _NO_CURRENCY: tenant.currency == NO_CURRENCY,
            _NO_TIMES: not await self._tells_times(tenant),
            **dict.fromkeys(await self._undated(tenant), True),
        }
        return tuple(note for note, is_so in notes.items() if is_so)

    async def _undated(self, tenant: Tenant) -> list[str]:
        """Name the statuses that mean won or lost though ClickUp does not date when a deal comes into them."""
        try:
            places = await self._accounts.places.of(Stream.DEALS, tenant.id)
        except AccessRefused:
            return []
        own = self._accounts.settings
        closing = {name.strip().casefold() for name in (*own.won_statuses, *own.lost_statuses)}
        return [
            f"The status {status.name!r} of the list {place.name} is of the type {status.kind}, so only time in status tells when deals "
            "came into it; make it of the type done or closed."
            for place in places
            for status in place.statuses
            if status.name.strip().casefold() in closing and status.kind not in CLOSED
        ]

    async def _tells_times(self, tenant: Tenant) -> bool:
        """Whether it is told how long a deal stood in its statuses; so it is taken where no deal can be asked about."""
        try:
            places = await self._accounts.places.of(Stream.DEALS, tenant.id)
            tasks, _ = await self._objects.tasks(tenant.id, Ask(tuple(place.id for place in places), "updated"))
        except AccessRefused:
            return True
        return not tasks or await refusal_of(self._objects.times([str(tasks[0]["id"])])) is None


def _goals(stream: Ability) -> Ability:
    if stream.answer is Answer.NO:
        return stream
    return Ability(Answer.UNVERIFIED, "Goals can be seen; only a write tells.", lands=Landing.NATIVE)
