"""Calls, tasks, e-mails, notes and meetings as activities: planned ones, what they became when done, and messages; no text is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.adapters.odoo.deals import Partners, whose
from connector.adapters.odoo.parse import dates_of, day, instant, link
from connector.adapters.odoo.partners import ROOT, partners_of, staff_of
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.rpc import Row, Rpc
from connector.model import Activity, ActivityKind, ActivityStatus, Direction, Stream

_DATES = ("create_date", "write_date")
_ABOUT = ["crm.lead", "res.partner"]
_PLANNED, _MESSAGE = "mail.activity", "mail.message"
PLANNED = Kind(_PLANNED, ("res_model", "res_id", "user_id", "date_deadline", *_DATES), (["res_model", "in", _ABOUT],), "planned:")
"""An activity that is to be done; once it is, only a message is left of it."""
SAID = Kind(_MESSAGE, ("model", "res_id", "author_id", "date", "message_type", *_DATES), (["model", "in", _ABOUT],), "message:")
_PEOPLE = ["message_type", "in", ["email", "comment"]]
MEETINGS = Kind(
    "calendar.event",
    ("opportunity_id", "res_model", "res_id", "user_id", "start", "stop", "active", *_DATES),
    ("|", ["opportunity_id", "!=", False], ["res_model", "in", _ABOUT]),
)
# Ids of one stream must not be those of another: a message is of one of them, and may become one of another by an edit.
_TYPED = {
    Stream.CALLS: "call",
    Stream.TASKS: "task",
}
KINDS: Mapping[Stream, tuple[Kind, ...]] = {
    **{
        stream: tuple(Kind(kind.model, kind.fields, kind.domain, f"{word}-{kind.prefix}") for kind in (PLANNED, SAID))
        for stream, word in _TYPED.items()
    },
    Stream.EMAILS: (Kind(SAID.model, SAID.fields, (*SAID.domain, _PEOPLE, ["subtype_id.internal", "=", False]), "mail:"),),
    Stream.NOTES: (Kind(SAID.model, SAID.fields, (*SAID.domain, _PEOPLE, ["subtype_id.internal", "=", True]), "note:"),),
    Stream.MEETINGS: (Kind(MEETINGS.model, MEETINGS.fields, MEETINGS.domain, "meeting:"),),
}
"""What each stream of activities is read from."""
_WORDS: Mapping[Stream, ActivityKind] = {
    Stream.CALLS: ActivityKind.CALL,
    Stream.TASKS: ActivityKind.TASK,
    Stream.EMAILS: ActivityKind.EMAIL,
    Stream.NOTES: ActivityKind.NOTE,
    Stream.MEETINGS: ActivityKind.MEETING,
}
# English, Swedish, Finnish, Ukrainian, Portuguese and Polish words for a call: older versions do not mark its type otherwise.
_CALL = re.compile(r"\bcall|phone|\bring\b|samtal|puhelu|soit|дзвін|дзвон|телефон|chamad|liga[çc]|telefon|rozmow", re.IGNORECASE)
_LONGEST = timedelta(days=7)
"""What took longer was never ended in the CRM, so nobody knows how long it took."""
_NEXT = timedelta(days=1)


async def typed(rpc: Rpc, stream: Stream, kinds: Sequence[Kind]) -> list[Kind]:
    """Return the kinds of a stream with the types of activities that belong to it; what is neither call nor meeting is a task.

    Newer versions, and some apps, keep what is done beside the message that it became, put away.
    """
    if stream not in _TYPED:
        return [*kinds]
    kept = [["active", "=", True]] if "active" in await rpc.columns(_PLANNED) else []
    rows = await rpc.rows("mail.activity.type", [], ["name", "category"])
    calls = {row["id"] for row in rows if row["category"] == "phonecall" or _CALL.search(str(row["name"]))}
    wanted = calls if stream is Stream.CALLS else {row["id"] for row in rows if row["category"] != "meeting"} - calls
    columns = {_PLANNED: "activity_type_id", _MESSAGE: "mail_activity_type_id"}
    own = [[*(kept if kind.model == _PLANNED else []), [columns[kind.model], "in", sorted(wanted)]] for kind in kinds]
    return [replace(kind, domain=(*kind.domain, *more)) for kind, more in zip(kinds, own, strict=True)]


@dataclass(frozen=True, slots=True)
class Around:
    """What activities hang on: leads and partners by id, users by their partner's id, and the time zone in which days end.

    `machine` is the partner in whose name Odoo itself speaks.
    """

    leads: Mapping[str, Row]
    partners: Partners
    users: Mapping[str, str]
    machine: str
    zone: ZoneInfo


async def around(rpc: Rpc, rows: Sequence[Row], zone: str) -> Around:
    """Read what some activities hang on."""
    about = [_about(row) for row in rows]
    numbers = sorted({int(key) for model, key in about if model == "crm.lead" and key})
    leads = await rpc.rows("crm.lead", [["id", "in", numbers]], ["partner_id"]) if numbers else []
    wanted = {key for model, key in about if model == "res.partner" and key} | {key for row in leads if (key := link(row["partner_id"]))}
    users = await staff_of(rpc)
    return Around(
        {str(row["id"]): row for row in leads},
        await partners_of(rpc, [{"partner_id": key} for key in wanted]),
        {key: user for key, user in users.items() if user != ROOT},
        next((key for key, user in users.items() if user == ROOT), ""),
        ZoneInfo(zone),
    )


def _about(row: Row) -> tuple[str, str | None]:
    """Return the record that an activity is about."""
    if deal := link(row.get("opportunity_id")):
        return "crm.lead", deal
    return str(row.get("res_model") or row.get("model") or ""), link(row.get("res_id"))


def activity_of(row: Row, kind: Kind, stream: Stream, near: Around) -> Activity:
    """Read an activity."""
    model, key = _about(row)
    lead = near.leads.get(key or "") if model == "crm.lead" else None
    company, contact = whose(lead if lead is not None else {"partner_id": key if model == "res.partner" else False}, near.partners)
    usual = Activity(
        id=f"{kind.prefix}{row['id']}",
        kind=_WORDS[stream],
        direction=Direction.OUT,
        company=company,
        contact=contact,
        deal=key if lead is not None else None,
        **dates_of(row),
    )
    return {_PLANNED: _planned, _MESSAGE: _said}.get(kind.model, _met)(usual, row, near)


def _planned(usual: Activity, row: Row, near: Around) -> Activity:
    """Read what is to be done on a day, and so until its end."""
    found = day(row["date_deadline"])
    until = datetime.combine(found + _NEXT, time(), near.zone).astimezone(UTC) if found else None
    return replace(usual, status=ActivityStatus.PLANNED, owner=link(row["user_id"]), at=until, due_at=until)


def _said(usual: Activity, row: Row, near: Around) -> Activity:
    """Read a message; one whose author is none of our users came in, but for those of the machine."""
    author = link(row["author_id"]) or ""
    owner, is_machine = near.users.get(author), author == near.machine
    direction = Direction.OUT if owner or is_machine else Direction.IN
    return replace(usual, owner=owner, direction=direction, is_automated=is_machine, at=instant(row["date"]))


def _met(usual: Activity, row: Row, _near: Around) -> Activity:
    """Read a meeting; one that was put away was not held."""
    begin, end = instant(row["start"]), instant(row["stop"])
    length = end - begin if begin and end else None
    return replace(
        usual,
        status=ActivityStatus.DONE if row["active"] else ActivityStatus.CANCELLED,
        owner=link(row["user_id"]),
        at=begin,
        duration=int(length.total_seconds()) if length is not None and timedelta() <= length <= _LONGEST else None,
    )
