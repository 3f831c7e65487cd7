"""The reading side: each stream page by page in our words; what cannot be read is set aside with the reason."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

from connector.adapters.clickup.account import Account, Accounts, members_of
from connector.adapters.clickup.deals import Times, deal_of, is_dated, line_items_of
from connector.adapters.clickup.fields import held_in
from connector.adapters.clickup.goals import goal_of
from connector.adapters.clickup.memo import Memo
from connector.adapters.clickup.objects import Objects
from connector.adapters.clickup.page import page_of
from connector.adapters.clickup.parse import Row, chosen
from connector.adapters.clickup.passes import Batch, Pass, Rhythm
from connector.adapters.clickup.places import CLOSED, Outcomes, Place
from connector.adapters.clickup.records import company_of, contact_of, pipeline_of, products_of, task_of, teams_of, ticket_of, user_of
from connector.adapters.clickup.tracked import KINDS as TRACKED
from connector.adapters.clickup.tracked import Tracked, activity_of
from connector.adapters.clickup.words import LISTS, WRITABLE, named, needs
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import FILLS, Entity, FieldSpec, Page, Record, Stream

_DONE = "{}"
"""The cursor of a stream that is read whole each time; where it stands tells nothing."""


class Reading:
    """Reads one Workspace."""

    def __init__(self, objects: Objects, accounts: Accounts, rhythm: Rhythm) -> None:
        self._objects = objects
        self._accounts = accounts
        self._rhythm = rhythm
        self._time = Memo(self._all_time)

    async def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec]) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`."""
        try:
            if stream not in LISTS:
                yield await self.whole(stream)
                return
            account = await self._accounts.account(stream)
            tasks = Pass(self._objects, account, rhythm=self._rhythm, kept=lambda task: _number_in(stream, task, account))
            async for batch in tasks.batches(since):
                yield await self._page(stream, batch, account, own)
        except AccessRefused as error:
            raise AccessRefused(str(error), error.needs or needs(stream)) from error

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`; what is in other lists or in the archive now is gone from here.

        What the token's user may not see may be there all the same.
        """
        account = await self._accounts.account(stream)
        tasks, hidden = await self._objects.some(ids)
        page = await self._read(stream, [task for task in tasks if task.get("archived") is not True], account, own)
        return replace(page, same=tuple(hidden))

    async def _page(self, stream: Stream, batch: Batch, account: Account, own: Sequence[FieldSpec]) -> Page:
        page = await self._read(stream, batch.rows, account, own)
        return replace(page, cursor=batch.cursor.text, is_last=batch.is_last, is_full=batch.is_full, counted=batch.counted)

    async def _read(self, stream: Stream, tasks: Sequence[Body], account: Account, own: Sequence[FieldSpec]) -> Page:
        rows = [task for task in tasks if _is_of(stream, task, account)]
        times = await self._times(
            [str(task["id"]) for task in rows if task.get("id") and (stream is Stream.DEALS or _is_undated(stream, task))]
        )
        parents = {str(task.get("id")): str(task["parent"]) for task in tasks if task.get("parent")}

        def read(row: Row) -> Iterable[Record]:
            match stream:
                case Stream.DEALS:
                    return deal_of(row, account, times)
                case Stream.LINE_ITEMS:
                    return line_items_of(row, account)
                case Stream.COMPANIES:
                    return (company_of(row, account),)
                case Stream.CONTACTS:
                    return (contact_of(row, account),)
                case Stream.TICKETS:
                    return (ticket_of(row, account, times),)
            return (task_of(row, parents, times),)

        page, entity = page_of(stream, rows, read), FILLS[stream][0]
        fields = [spec for spec in own if spec.entity is entity and WRITABLE.get(entity) is stream]
        read_ids = {record.id for record in page.records if record.entity is entity} if fields else set()
        held = held_in(entity, [task for task in rows if str(task.get("id")) in read_ids], fields, account.zone)
        # Where the past is not told, of all or of some, what is known of it stays.
        kept = tuple(record.id for record in page.records if record.entity is Entity.DEALS and record.id not in (times or {}))
        return replace(page, held=tuple(held), kept=kept, is_full=False)

    async def _times(self, ids: Sequence[str]) -> Times | None:
        """Read how long tasks stood in which status; None where the Workspace does not tell."""
        try:
            return await self._objects.times(ids) if ids else {}
        except (AccessRefused, Refused):
            return None

    async def whole(self, stream: Stream) -> Page:
        """Read a small stream whole."""
        workspace = await self._accounts.workspace()
        if stream in TRACKED:
            return await self._tracked(stream, workspace)
        if stream is Stream.GOALS:
            rows = await self._objects.goals(str(workspace["id"]))
            return replace(page_of(stream, rows, lambda row: (goal_of(row, self._accounts.days),)), cursor=_DONE)
        if stream is Stream.PIPELINES:
            return await self._pipelines(str(workspace["id"]))
        return Page(tuple(await self._small(stream, workspace)), _DONE, is_last=True, is_full=True)

    async def _small(self, stream: Stream, workspace: Body) -> list[Record]:
        key = str(workspace["id"])
        match stream:
            case Stream.USERS:
                return [user_of(raw) for raw in members_of(workspace)]
            case Stream.TEAMS:
                return list(teams_of(await self._objects.groups(key)))
        return list(await self._products(key))

    async def _products(self, workspace: str) -> Iterable[Record]:
        wanted = self._accounts.settings.product_field
        if wanted is None:
            setting = named("product_field")
            raise AccessRefused(f"No field is set for products; {setting} names it.", (setting,))
        places = await self._accounts.places.of(Stream.DEALS, workspace)
        await self._accounts.mapped.hold(Stream.PRODUCTS, places, workspace)
        fields = await together(self._objects.fields(place.id) for place in places)
        return products_of([field for part in fields for field in part], wanted)

    async def _pipelines(self, workspace: str) -> Page:
        """Read the lists; the pipelines of deals do not hang on lists of tickets that are hidden, but then nothing counts as gone."""
        deals = await self._accounts.places.of(Stream.DEALS, workspace)
        desks = await self._desks(workspace)
        outcomes = Outcomes(self._accounts.settings)
        lists = [*((place, outcomes) for place in deals), *((place, None) for place in desks or ())]
        found = [record for at, (place, meant) in enumerate(lists) for record in pipeline_of(place, at, meant)]
        return Page(tuple(found), _DONE, is_last=True, is_full=desks is not None)

    async def _tracked(self, stream: Stream, workspace: Body) -> Page:
        """Read tracked time; the two streams that come from it ask for it once."""
        key, own = str(workspace["id"]), self._accounts.settings
        entries = await self._time.get()
        named = {"deal": own.deal_lists, "company": own.company_lists, "contact": own.contact_lists, "ticket": own.ticket_lists}
        lists = {name: f"{name}_lists" for name, some in named.items() if some}
        places = {name: [place.id for place in await self._accounts.places.named(setting, key)] for name, setting in lists.items()}
        page = page_of(stream, entries, lambda row: activity_of(stream, row, own, places))
        return replace(page, cursor=_DONE, counted=len(page.records))

    async def probe(self, stream: Stream) -> None:
        """Find out whether a stream that is read whole can be read; raises as reading it does."""
        if stream not in TRACKED:
            await self.whole(stream)
            return
        workspace = await self._accounts.workspace()
        await Tracked(self._objects).recent(str(workspace["id"]), _people(workspace))

    async def _all_time(self) -> list[Body]:
        workspace = await self._accounts.workspace()
        return await Tracked(self._objects).all(str(workspace["id"]), _people(workspace))

    async def _desks(self, workspace: str) -> list[Place] | None:
        """Return the lists of tickets, None where they are set and may not be seen."""
        try:
            return await self._accounts.places.named(LISTS[Stream.TICKETS], workspace)
        except (AccessRefused, Refused):
            return None


def _people(workspace: Body) -> list[str]:
    return [str(one["id"]) for one in members_of(workspace)]


def _is_of(stream: Stream, task: Body, account: Account) -> bool:
    """Whether a task is of a stream: in one of its lists at home, because a list shows tasks of others, too; one that tells none is."""
    home = Row(task).list_id
    return (not home or account.place(home) is not None) and bool(task.get("parent")) is (stream is Stream.TASKS)


def _is_undated(stream: Stream, task: Body) -> bool:
    """Whether a ticket or a subtask is closed and does not tell when."""
    status = task.get("status") if stream in (Stream.TICKETS, Stream.TASKS) else None
    return isinstance(status, dict) and status.get("type") in CLOSED and not is_dated(Row(task))


def _number_in(stream: Stream, task: Body, account: Account) -> int:
    """Return how many records of a stream a task stands for."""
    if not _is_of(stream, task, account):
        return 0
    return len(chosen(Row(task).field(account.settings.product_field))) if stream is Stream.LINE_ITEMS else 1
