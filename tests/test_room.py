"""A plan makes all of a record's new fields or none, and says so before anything is sent."""

from dataclasses import replace

import pytest

from connector.kpis.board import specs as board_specs
from connector.kpis.fields import COMPANY_FIELDS, DEAL_FIELDS, UPDATED_AT
from connector.model import Capabilities, Entity, FieldValue, Tenant
from connector.steps.room import fitting, fitting_both

VALUES = [FieldValue(spec, "1", "1") for spec in (*DEAL_FIELDS, *COMPANY_FIELDS)]
"""Eight fields on a deal, three on a company."""
NAMES = {value.spec.name for value in VALUES if value.spec.entity is Entity.DEALS} | {"kpi_updated_at"}


def able(**left: int) -> Capabilities:
    """Return what an account can do that has this much room."""
    return Capabilities(Tenant("1", "Acme", "UTC", "EUR"), {}, {}, {}, {f"fields_left_{entity}": free for entity, free in left.items()})


@pytest.mark.parametrize("left", [{}, {"deals": 9, "companies": 4}], ids=["nobody says", "just enough"])
def test_what_fits_is_planned_whole(left: dict[str, int]):
    """Where the CRM names no limit, or one that all new fields and the stamp fit under, nothing is left out."""
    room = fitting(VALUES, {}, able(**left))
    assert (room.fields, room.notes, room.stamps) == (tuple(VALUES), (), UPDATED_AT)


def test_what_does_not_fit_is_left_out_whole():
    """One field too many on deals leaves all of the deals' new fields out, stamp included, and companies as they are."""
    room = fitting(VALUES, {}, able(deals=8, companies=4))
    assert {value.spec.entity for value in room.fields} == {Entity.COMPANIES}
    assert Entity.DEALS not in room.stamps
    said = "The CRM has room for 8 more fields on deals, and 9 would be new, so none of them is made: kpi_stage_entered_on, "
    assert [note[: len(said)] for note in room.notes] == [said]


def test_fields_that_are_there_already_need_no_room():
    """An account that is full keeps its present fields up; only what would be new is left out."""
    full = able(deals=0)
    assert fitting(VALUES, {Entity.DEALS: NAMES}, full).notes == ()
    room = fitting(VALUES, {Entity.DEALS: NAMES - {"kpi_close_overdue"}}, full)
    assert "kpi_close_overdue" not in {value.spec.name for value in room.fields}
    assert Entity.DEALS in room.stamps
    assert len(room.fields) == len(VALUES) - 1


def test_without_programs_that_make_fields_only_those_that_are_there_are_filled():
    """Where people make the fields, what is missing waits for them, and the note says so instead of telling of room."""
    by_hand = replace(able(), makes_fields=False)
    room = fitting(VALUES, {Entity.DEALS: NAMES}, by_hand)
    assert {value.spec.entity for value in room.fields} == {Entity.DEALS}
    assert [note.startswith("4 fields on companies are still to be made by people") for note in room.notes] == [True]


def test_the_board_gets_the_room_that_records_leave():
    """Fields that every company has come first; the board's stay out whole where they no longer fit, and cost the others nothing."""
    board = [FieldValue(spec, "7", "1") for spec in list(board_specs(Entity.COMPANIES).values())[:5]]
    enough = fitting_both(VALUES, board, {}, able(companies=9))
    assert enough.fields == (*VALUES, *board)
    room = fitting_both(VALUES, board, {}, able(companies=8))
    assert room.fields == tuple(VALUES)
    assert Entity.COMPANIES in room.stamps
    assert ["5 would be new" in note and "room for 4 more" in note for note in room.notes] == [True]
