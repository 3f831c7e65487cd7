"""What happened to a deal, from the changes that Odoo noted: its stays in stages, and the dated changes of our own fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connector.adapters.odoo.account import Account
from connector.adapters.odoo.parse import decimal, instant, link
from connector.adapters.odoo.rpc import Row, Rpc
from connector.errors import AccessRefused
from connector.model import Entity, FieldHistory, Outcome, Scalar, StageChange, text_of

TRACKED = ("stage_id", "user_id", "expected_revenue", "active")
"""The fields whose changes we read."""
_SIDES = ("old", "new")
_INTEGER = "value_integer"
_CERTAIN = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A noted change of one field, in our types."""

    at: datetime
    field: str
    old: Scalar
    new: Scalar
    by: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A deal as it was from a moment on; `since` is from when on it was in its stage and as active as it was."""

    at: datetime
    stage: str
    owner: str | None
    amount: Decimal | None
    active: bool
    since: datetime
    by: str | None = None

    def outcome(self, account: Account) -> Outcome:
        """Return what it means to be so: inactive is lost, whatever the stage."""
        if not self.active:
            return Outcome.LOST
        return Outcome.WON if account.is_won(self.stage) else Outcome.OPEN


class Trail:
    """Reads the noted changes of some fields of a model; only who may change settings can see them."""

    def __init__(self, rpc: Rpc, model: str = "crm.lead", tracked: Sequence[str] = TRACKED) -> None:
        self._rpc = rpc
        self._model = model
        self._tracked = tracked
        self._names: Mapping[int, str] | None = None

    async def of(self, ids: Sequence[int]) -> Mapping[int, Sequence[Change]] | None:
        """Return the changes of some records, oldest first; None where we may not see them, which does not mean that there are none."""
        try:
            return await self._of(ids)
        except AccessRefused:
            return None

    async def _of(self, ids: Sequence[int]) -> Mapping[int, Sequence[Change]]:
        words, names = await self._rpc.words(), await self._fields()
        about = [["mail_message_id.model", "=", self._model], ["mail_message_id.res_id", "in", list(ids)]]
        columns = (_INTEGER, words.tracked_money)
        fields = [
            "create_date",
            "create_uid",
            "mail_message_id",
            words.tracked_field,
            *(f"{old}_{one}" for old in _SIDES for one in columns),
        ]
        rows = await self._rpc.rows("mail.tracking.value", [*about, [words.tracked_field, "in", list(names)]], fields) if ids else []
        messages = sorted({row["mail_message_id"][0] for row in rows})
        owners = await self._rpc.rows("mail.message", [["id", "in", messages]], ["res_id"]) if messages else []
        records = {int(row["id"]): int(row["res_id"]) for row in owners}
        found: dict[int, list[Change]] = {}
        for row in rows:
            record = records.get(row["mail_message_id"][0])
            if record is not None:
                found.setdefault(record, []).append(_change(row, names[row[words.tracked_field][0]], words.tracked_money))
        return {record: sorted(changes, key=lambda change: change.at) for record, changes in found.items()}

    async def _fields(self) -> Mapping[int, str]:
        if self._names is None:
            wanted = [["model", "=", self._model], ["name", "in", [*self._tracked]]]
            self._names = {int(row["id"]): str(row["name"]) for row in await self._rpc.rows("ir.model.fields", wanted, ["name"])}
        return self._names


def _change(row: Row, field: str, money: str) -> Change:
    def side(which: str) -> Scalar:
        if field == "expected_revenue":
            return decimal(row[f"{which}_{money}"])
        number = row[f"{which}_{_INTEGER}"]
        return bool(number) if field == "active" else link(number)

    at = instant(row["create_date"])
    assert at is not None
    return Change(at, field, side("old"), side("new"), link(row["create_uid"]))


def states_of(row: Row, created_at: datetime, changes: Sequence[Change]) -> list[State]:
    """Return a deal's states, the first from its creation on.

    A value that nobody noted how it came about holds from the last noted change on, or from the last change of stage that the deal tells.
    What was won and put away since, as people do with old deals, is as it was before.
    """
    if decimal(row["probability"]) == _CERTAIN and not row["active"]:
        row = {**row, "active": True}
        changes = [change for change in changes if change.field != "active"]
    present: dict[str, Scalar] = {
        "stage_id": link(row["stage_id"]),
        "user_id": link(row["user_id"]),
        "expected_revenue": decimal(row["expected_revenue"]),
        "active": bool(row["active"]),
    }
    first = {field: next((one.old for one in changes if one.field == field), present[field]) for field in TRACKED}
    last = {one.field: one.new for one in changes}
    moved = max(instant(row["date_last_stage_update"]) or created_at, changes[-1].at if changes else created_at)
    unnoted = [Change(moved, field, last[field], present[field]) for field in last if last[field] != present[field]]
    found = [_state(created_at, first, created_at, None)]
    for change in [*changes, *unnoted]:
        first[change.field] = change.new
        at = max(change.at, created_at)
        since = at if change.field in ("stage_id", "active") else found[-1].since
        state = _state(at, first, since, change.by)
        if found[-1].at == at:
            found.pop()
        found.append(state)
    return found


def _state(at: datetime, values: Mapping[str, Scalar], since: datetime, by: str | None) -> State:
    owner, amount = values["user_id"], values["expected_revenue"]
    return State(
        at,
        str(values["stage_id"] or ""),
        None if owner is None else str(owner),
        amount if isinstance(amount, Decimal) else None,
        bool(values["active"]),
        since,
        by,
    )


def stays_of(deal: str, pipeline: str, states: Sequence[State]) -> Iterator[StageChange]:
    """Yield a deal's stays in stages."""
    entered = [state for place, state in enumerate(states) if place == 0 or state.stage != states[place - 1].stage]
    for place, state in enumerate(entered):
        left_at = entered[place + 1].at if place + 1 < len(entered) else None
        yield StageChange(id=f"{deal}:{place}", deal=deal, pipeline=pipeline, stage=state.stage, entered_at=state.at, left_at=left_at)


def history_of(deal: str, told: Sequence[tuple[State, Mapping[str, Scalar]]]) -> Iterator[FieldHistory]:
    """Yield the dated changes of our fields; `told` holds what they were in each state."""
    for field in told[0][1]:
        old, place = text_of(told[0][1][field]), 0
        for state, values in told[1:]:
            new = text_of(values[field])
            if new != old:
                key = f"{deal}:{field}:{place}"
                yield FieldHistory(id=key, of=Entity.DEALS, record=deal, field=field, old=old, new=new, at=state.at, by=state.by)
                old, place = new, place + 1
