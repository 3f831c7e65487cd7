"""What the next plan would run into, told by `check` before anything is measured."""

from collections.abc import Sequence

from connector.kpis import board as kpi_board
from connector.kpis import fields as kpi_fields
from connector.model import Capabilities, Entity, FieldValue
from connector.steps.boarding import board_record
from connector.steps.planning import can_write, present_names
from connector.steps.room import fitting_both
from connector.steps.work import Work


async def warnings(work: Work, able: Capabilities) -> Sequence[str]:
    """Return a sentence for each kind of record that has no room for its new fields, and for a board record that is not there."""
    chosen = [entity for entity in map(Entity, work.config.house.push_fields) if can_write(able, entity)]
    stamps = {stamp.name for stamp in kpi_fields.UPDATED_AT.values()}
    fields = [spec for spec in kpi_fields.specs().values() if spec.entity in chosen and spec.name not in stamps]
    record = board_record(work)
    board = list(kpi_board.specs(record[0]).values()) if record and can_write(able, record[0]) else []
    there = {entity: await present_names(work, entity) for entity in {spec.entity for spec in (*fields, *board)}}
    room = fitting_both([FieldValue(spec, "", None) for spec in fields], [FieldValue(spec, "", None) for spec in board], there, able)
    lost = record and board and not await work.adapter.held(record[0], [record[1]], board)
    return [
        *room.notes,
        *([f"The board record {work.config.house.board_record} (CRM_KPI_BOARD_RECORD) is not in the CRM."] if lost else []),
    ]
