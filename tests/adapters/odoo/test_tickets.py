"""What Odoo's tickets mean in our words, whichever Helpdesk there is: its own or the community's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.adapters.odoo import Odoo
from connector.adapters.odoo.past import Change
from connector.adapters.odoo.tickets import Around, Complaint, Desk, ticket_of
from connector.errors import AccessRefused
from connector.model import Entity, Outcome, Pipeline, Stage, Stream, Ticket
from tests.adapters.boxes import read_all
from tests.adapters.odoo.stand import SETTINGS, Fails, Stand

MAY, JUNE, JULY, AUGUST = (datetime(2017, month, 1, 10, tzinfo=UTC) for month in (5, 6, 7, 8))
TEXT, TIME, MANY = {"type": "char"}, {"type": "datetime"}, {"type": "one2many", "relation": "mail.message"}
COMMON: Mapping[str, Mapping[str, str]] = {
    "partner_id": {"type": "many2one", "relation": "res.partner"},
    "user_id": {"type": "many2one", "relation": "res.users"},
    "priority": {"type": "selection"},
    "message_ids": MANY,
    "active": {"type": "boolean"},
}
OWN: Mapping[str, Mapping[str, str]] = {
    **COMMON,
    "stage_id": {"type": "many2one", "relation": "helpdesk.stage"},
    "close_date": TIME,
    "date_last_stage_update": TIME,
    "ticket_type_id": {"type": "many2one", "relation": "helpdesk.ticket.type"},
    "tag_ids": {"type": "many2many", "relation": "helpdesk.tag"},
}
"""The fields of Odoo's own Helpdesk that concern us."""
COMMUNITY: Mapping[str, Mapping[str, str]] = {
    **COMMON,
    "stage_id": {"type": "many2one", "relation": "helpdesk.ticket.stage"},
    "closed_date": TIME,
    "last_stage_update": TIME,
    "channel_id": {"type": "many2one", "relation": "helpdesk.ticket.channel"},
    "category_id": {"type": "many2one", "relation": "helpdesk.ticket.category"},
    "tag_ids": {"type": "many2many", "relation": "helpdesk.ticket.tag"},
}
"""Those of the community's."""
ENDS = {
    "helpdesk.stage": {"fold": {"type": "boolean"}},
    "helpdesk.ticket.stage": {"fold": {"type": "boolean"}, "closed": {"type": "boolean"}},
}
PARTNERS = [{"id": 31, "is_company": False, "commercial_partner_id": [30, "Acme"]}]
DATES = {"create_date": "2017-05-01 10:00:00", "write_date": "2017-07-01 10:00:00"}


class Helpdesk:
    """An Odoo with one ticket of Ann's in its last stage, a reply of ours, one of hers, and a note among us."""

    def __init__(self, stand: Stand, fields: Mapping[str, Mapping[str, str]]) -> None:
        self.ticket: dict[str, Any] = {
            "id": 5,
            "partner_id": [31, "Ann"],
            "user_id": [2, "Bob"],
            "priority": "2",
            "stage_id": [9, "Done"],
            "tag_ids": [71],
            **{name: f"2017-0{8 if 'last' in name else 7}-01 10:00:00" for name, one in fields.items() if one is TIME},
            **{name: [60, f"a {name}"] for name in ("channel_id", "category_id", "ticket_type_id") if name in fields},
            **DATES,
        }
        model = fields["stage_id"]["relation"]
        self.end = "closed" if "closed" in ENDS[model] else "fold"
        stages = [{"id": 8, "name": "New", "sequence": 1, "fold": True}, {"id": 9, "name": "Done", "sequence": 2, "fold": True}]
        stages = [{**row, self.end: row["id"] == 9, **DATES} for row in stages]
        said = [(31, "2017-05-01 11:00:00"), (3, "2017-06-01 10:00:00"), (3, "2017-06-02 10:00:00"), (4, "2017-05-01 10:00:01")]
        self.messages = [{"id": key, "res_id": 5, "author_id": [who, "x"], "date": at} for key, (who, at) in enumerate(said)]
        tags = {"helpdesk.tag": "Complaint", "helpdesk.ticket.tag": "Complaint"}
        users = [{"id": 2, "partner_id": [3, "Bob"]}, {"id": 1, "partner_id": [4, "Bot"]}]
        deals = [{"id": 1, "name": "New", "sequence": 1, "is_won": False, **DATES}]
        rows: dict[str, Sequence[Mapping[str, Any]]] = {model: stages, "res.partner": PARTNERS, "res.users": users, "crm.stage": deals}
        rows |= {name: [{"id": 71, "name": tag}] for name, tag in tags.items()}
        rows |= {"ir.model.fields": [{"id": 90, "name": "stage_id"}], "mail.tracking.value": [], "helpdesk.ticket.type": []}
        rows |= {"helpdesk.ticket.category": [{"id": 60, "name": "Reklamation"}]}
        for name, found in rows.items():
            stand.says[name, "search_read"] = lambda *_, found=found, **__: list(found)
        stand.says["mail.message", "search_read"] = lambda *_, **__: self.messages
        stand.says["helpdesk.ticket", "search_read"] = lambda *_, **__: [self.ticket]
        stand.says["helpdesk.ticket", "search"] = lambda *_, **__: [5]
        stand.says["helpdesk.ticket", "fields_get"] = lambda *_, **__: fields
        stand.says[model, "fields_get"] = lambda *_, **__: ENDS[model]


async def tickets(odoo: Odoo) -> list[Ticket]:
    """Read the tickets."""
    return [one for page in await read_all(odoo, Stream.TICKETS) for one in page.records if isinstance(one, Ticket)]


@pytest.mark.parametrize(
    ("fields", "channel", "reason"),
    [(OWN, None, "a ticket_type_id"), (COMMUNITY, "a channel_id", "a category_id")],
    ids=["own", "community"],
)
async def test_either_helpdesk_is_read_by_the_fields_that_it_has(
    stand: Stand, odoo: Odoo, fields: Mapping[str, Mapping[str, str]], channel: str | None, reason: str
):
    """Whose it is, what it is about, when we answered and how often, and when it was closed; nothing is asked for that is not there."""
    Helpdesk(stand, fields)
    [found] = await tickets(odoo)

    assert (found.contact, found.company, found.owner, found.priority) == ("31", "30", "2", "2")
    assert (found.channel, found.reason, found.is_complaint) == (channel, reason, None)
    assert (found.first_response_at, found.touches) == (JUNE, 2)
    assert (found.pipeline, found.stage, found.outcome, found.resolved_at) == ("helpdesk", "ticket:9", Outcome.WON, JULY)
    asked = next(named["fields"] for model, _, named in stand.called("search_read") if model == "helpdesk.ticket")
    assert set(asked) <= {*fields, "id", *DATES}


@pytest.mark.parametrize("fields", [OWN, COMMUNITY], ids=["own", "community"])
async def test_the_stages_of_tickets_are_a_pipeline_of_their_own(stand: Stand, odoo: Odoo, fields: Mapping[str, Mapping[str, str]]):
    """They stand beside those of deals, which have the same ids; in the community's Helpdesk a folded stage need not be an end."""
    Helpdesk(stand, fields)
    records = [one for page in await read_all(odoo, Stream.PIPELINES) for one in page.records]

    assert [(one.id, one.of) for one in records if isinstance(one, Pipeline)] == [("crm", Entity.DEALS), ("helpdesk", Entity.TICKETS)]
    assert [(one.id, one.outcome) for one in records if isinstance(one, Stage)] == [
        ("1", Outcome.OPEN),
        ("ticket:8", Outcome.OPEN),
        ("ticket:9", Outcome.WON),
    ]


async def test_a_tag_or_a_type_makes_a_complaint(stand: Stand):
    """The settings name what does; a ticket without any of it is none."""
    desk = Helpdesk(stand, COMMUNITY)
    by_tag, by_category = (Odoo(SETTINGS.model_copy(update={"complaint_values": (one,)})) for one in ("Complaint", "a category_id"))
    found = [one.is_complaint for odoo in (by_tag, by_category) for one in await tickets(odoo)]
    desk.ticket |= {"tag_ids": [], "category_id": False}
    found += [one.is_complaint for odoo in (by_tag, by_category) for one in await tickets(odoo)]
    for odoo in (by_tag, by_category):
        await odoo.close()

    assert found == [True, True, False, False]


async def test_what_makes_a_complaint_is_proposed(stand: Stand, odoo: Odoo):
    """By the names of categories and tags; what they are called is shown."""
    Helpdesk(stand, COMMUNITY)
    [found] = await odoo.proposals()

    assert (found.setting, found.value) == ("complaint_values", ("Reklamation", "Complaint"))


def _fails(*_: object, **__: object) -> None:
    raise Fails("odoo.exceptions.UserError")


def _refused(*_: object, **__: object) -> None:
    raise Fails("odoo.exceptions.AccessError")


async def test_an_answer_is_a_change(stand: Stand, odoo: Odoo):
    """Odoo does not note a reply as a change of its ticket, so the dates of its messages are looked at, too."""
    Helpdesk(stand, OWN)
    cursor = (await read_all(odoo, Stream.TICKETS))[-1].cursor
    await read_all(odoo, Stream.TICKETS, cursor)
    asked = [args[0] for model, args, _ in stand.called("search_read") if model == "helpdesk.ticket"]

    assert [term[0] if isinstance(term, list) else term for term in asked[1]][3:] == ["|", "write_date", "message_ids.create_date", "id"]


async def test_a_user_s_own_ticket_is_not_answered_by_its_user(stand: Stand, odoo: Odoo):
    """Who works with us may ask, too; what they write in their own ticket is a question."""
    desk = Helpdesk(stand, OWN)
    desk.ticket["partner_id"] = [3, "Bob"]
    [found] = await tickets(odoo)

    assert (found.first_response_at, found.touches) == (None, 0)


async def test_what_was_put_away_open_is_no_ticket_any_more(stand: Stand, odoo: Odoo):
    """Spam and merged tickets are put away before they are closed; a closed one stays what it was."""
    Helpdesk(stand, COMMUNITY)
    await tickets(odoo)
    asked = next(args[0] for model, args, _ in stand.called("search_read") if model == "helpdesk.ticket")

    assert asked[:3] == ["|", ["stage_id.closed", "=", True], ["active", "=", True]]


async def test_what_may_not_be_seen_is_not_guessed(stand: Stand, odoo: Odoo):
    """Without the right to messages and noted changes nobody knows when a ticket was answered; when it was closed it says itself."""
    Helpdesk(stand, OWN)
    for model in ("mail.message", "mail.tracking.value"):
        stand.says[model, "search_read"] = _refused
    [found] = await tickets(odoo)

    assert (found.first_response_at, found.touches, found.reopened_at, found.resolved_at) == (None, None, None, JULY)


async def test_a_helpdesk_that_lacks_fields_is_read_without_them(stand: Stand, odoo: Odoo):
    """The least that is a ticket still is one; `check` names what it does not tell."""
    bare = {"name": TEXT, "partner_id": COMMON["partner_id"], "stage_id": OWN["stage_id"]}
    Helpdesk(stand, bare)
    [found] = await read_all(odoo, Stream.TICKETS)

    assert [one.reason for one in found.rejected] == ["the ticket is closed, and nothing tells when."]
    assert Desk({"partner": "partner_id"}).lacks == (
        *("owner", "closing date", "channel", "type", "category"), "which stages end a ticket", "first answers",
    )  # fmt: skip


async def test_a_database_without_a_helpdesk_says_so(stand: Stand, odoo: Odoo):
    """Where none is installed there is nothing to read; the stages of deals come all the same."""
    Helpdesk(stand, OWN)
    stand.says["helpdesk.ticket", "fields_get"] = _fails
    with pytest.raises(AccessRefused, match="they need the app Helpdesk"):
        await tickets(odoo)
    pages = await read_all(odoo, Stream.PIPELINES)

    assert [one.id for page in pages for one in page.records if isinstance(one, Pipeline)] == ["crm"]


DESK = Desk({"stage": "stage_id", "closing date": "close_date", "date of the last move": "moved"}, end="fold", stages={"9": {"fold": True}})


def moved(at: datetime, old: str, new: str) -> Change:
    """Return a noted change of stage."""
    return Change(at, "stage_id", old, new)


@pytest.mark.parametrize(
    ("stage", "closed", "changes", "resolved", "reopened"),
    [
        (9, "2017-07-01 10:00:00", [moved(JUNE, "8", "9")], JULY, None),
        (9, False, [moved(JUNE, "8", "9")], JUNE, None),
        (9, False, [], AUGUST, None),
        (9, False, [moved(JUNE, "9", "8"), moved(JULY, "8", "9")], JULY, JUNE),
        (8, False, [moved(JUNE, "9", "8")], MAY, JUNE),
        (9, False, None, AUGUST, None),
        (9, False, [moved(JUNE, "8", "9"), moved(JULY, "9", "8"), moved(AUGUST, "8", "9")], AUGUST, JULY),
        (8, False, [moved(JUNE, "8", "9"), moved(JULY, "9", "8")], JUNE, JULY),
        (8, "2017-06-01 10:00:00", [], None, None),
        (8, False, None, None, None),
    ],
)
def test_closing_and_opening_again_are_told_by_the_stages(
    stage: int, closed: object, changes: list[Change] | None, resolved: datetime | None, reopened: datetime | None
):
    """The ticket's own date of closing counts while it is closed, else what was noted, else its last move; what is open says nothing."""
    row = {"id": 5, "stage_id": [stage, "x"], "close_date": closed, "moved": "2017-08-01 10:00:00", **DATES}
    found = ticket_of(row, Around(DESK, {}, {}, None if changes is None else {5: changes}, Complaint()))

    assert (found.resolved_at, found.reopened_at) == (resolved, reopened)
