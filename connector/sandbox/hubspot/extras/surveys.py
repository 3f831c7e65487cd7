"""Answers to surveys, all of them generated: after tickets how content people were and how hard it was, once a quarter how loyal they are.

Contentment goes from 1 to 5 stars, effort from 1 to 7 where 7 is easy, loyalty from 0 to 10. Ticket answers lean on whether the ticket was
in time; about a third of the people asked answer. One survey of the portal's own kind has answers in words, and fits none of the three.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time

from connector.sandbox.hubspot.clock import instant, iso, local, local_day
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.kinds import CONTACTS, FEEDBACK
from connector.sandbox.hubspot.records import Record, Source
from connector.sandbox.maven import LAST_DAY

_SURVEYS: Mapping[str, tuple[str, str]] = {
    "CSAT": ("1101", "Ticket closed"),
    "CES": ("1102", "Ease of support"),
    "NPS": ("1103", "Customer loyalty 2017"),
    "CUSTOM": ("1104", "What shall we build next?"),
}
_QUARTERS = (date(2017, 3, 20), date(2017, 6, 19), date(2017, 9, 18), date(2017, 12, 11))
_CSAT_WEIGHTS = {True: (1, 1, 3, 9, 10), False: (5, 5, 5, 4, 2)}
_CES_WEIGHTS = {True: (1, 1, 1, 2, 4, 6, 5), False: (3, 4, 4, 3, 2, 1, 1)}
_NPS_WEIGHTS = (2, 1, 2, 2, 3, 5, 7, 14, 20, 24, 20)
_SHARE = 0.33
_HOUR = 3_600_000


def add_surveys(ground: Ground, tickets: Sequence[Record]) -> None:
    """Add the answers in the order in which they were given."""
    answers = [*_after_tickets(ground, tickets), *_each_quarter(ground)]
    for at, _, values, ties in sorted(answers, key=lambda answer: answer[:2]):
        record = ground.portal.table(FEEDBACK).create(values, at, Source("CRM_UI", "surveys"))
        ground.tie(record, *ties)
        _note(values, ties, at)


_Answer = tuple[int, int, dict[str, str], Sequence[Record]]


def _after_tickets(ground: Ground, tickets: Sequence[Record]) -> list[_Answer]:
    found: list[_Answer] = []
    for ticket in tickets:
        closed = instant(ticket.values.get("closed_date", ""))
        people = ground.linked(ticket, CONTACTS)
        if closed is None or not people or ground.random.random() > _SHARE:
            continue
        at = closed + ground.random.randint(1, 48) * _HOUR
        if local_day(at) <= LAST_DAY:
            found.append((at, ticket.id, _ticket_answer(ground, ticket, at), (people[0], ticket)))
    return found


def _ticket_answer(ground: Ground, ticket: Record, at: int) -> dict[str, str]:
    in_time = ticket.values.get("hs_time_to_close_sla_status") == "COMPLETED_ON_TIME"
    if ticket.id % 3 == 0:
        return _values("CES", ground.random.choices(range(1, 8), _CES_WEIGHTS[in_time])[0], "", at)
    stars = ground.random.choices(range(1, 6), _CSAT_WEIGHTS[in_time])[0]
    return _values("CSAT", stars, ("DETRACTOR", "DETRACTOR", "PASSIVE", "PROMOTER", "PROMOTER")[stars - 1], at)


def _each_quarter(ground: Ground) -> list[_Answer]:
    found: list[_Answer] = []
    for day in _QUARTERS:
        for contact in ground.contacts[:: ground.step]:
            at = local(day, time(9 + ground.random.randint(0, 8), ground.random.randint(0, 59)))
            if contact.created < at and ground.random.random() < _SHARE:
                found.append((at, contact.id, _loyalty(ground, contact, at), (contact,)))
    return found


def _loyalty(ground: Ground, contact: Record, at: int) -> dict[str, str]:
    if contact.id % 20 == 0:
        return _values("CUSTOM", "An app for the phone", "", at)
    score = ground.random.choices(range(11), _NPS_WEIGHTS)[0]
    return _values("NPS", score, "DETRACTOR" if score < 7 else "PASSIVE" if score < 9 else "PROMOTER", at)  # noqa: PLR2004  # hubspot.md 8.7


def _values(kind: str, value: object, group: str, at: int) -> dict[str, str]:
    number, name = _SURVEYS[kind]
    values = {
        "hs_survey_type": kind,
        "hs_survey_id": number,
        "hs_survey_name": name,
        "hs_survey_channel": "EMAIL",
        "hs_value": str(value),
        "hs_submission_name": f"{name} ({kind})",
        "hs_submission_timestamp": iso(at),
    }
    return values | ({"hs_response_group": group} if group else {})


def _note(values: Mapping[str, str], ties: Sequence[Record], at: int) -> None:
    """Write the last answer onto the ticket it is about (hubspot.md 8.5)."""
    name = {"CSAT": "hs_last_csat_rating", "CES": "hs_feedback_last_ces_rating"}.get(values["hs_survey_type"])
    if name:
        dates = {"hs_last_csat_date": iso(at)} if values["hs_survey_type"] == "CSAT" else {}
        ties[-1].put({name: values["hs_value"], **dates}, at, Source("CALCULATED", "surveys"))
