"""What the next plan would run into, told by `check` before anything is measured."""

from collections.abc import Sequence
from dataclasses import replace

from connector.kpis import board as kpi_board
from connector.kpis import fields as kpi_fields
from connector.kpis.languages import in_language
from connector.model import Capabilities, Entity, FieldSpec, FieldValue, Receipt, Status
from connector.steps.affording import allowances
from connector.steps.boarding import board_record
from connector.steps.planning import can_write, present_names
from connector.steps.room import fitting_both
from connector.steps.work import Work


async def warnings(work: Work, able: Capabilities) -> Sequence[str]:
    """Return a sentence for each thing that stands in a plan's way, or that people have to do before it."""
    chosen = [entity for entity in map(Entity, work.config.house.push_fields) if can_write(able, entity)]
    stamps = {stamp.name for stamp in kpi_fields.UPDATED_AT.values()}
    fields = [spec for spec in kpi_fields.specs().values() if spec.entity in chosen and spec.name not in stamps]
    record = board_record(work)
    board = list(kpi_board.specs(record[0]).values()) if record and can_write(able, record[0]) else []
    own = [*fields, *board, *(kpi_fields.UPDATED_AT[entity] for entity in {spec.entity for spec in (*fields, *board)})]
    there = {entity: await present_names(work, entity) for entity in {spec.entity for spec in (*fields, *board)}}
    room = fitting_both([FieldValue(spec, "", None) for spec in fields], [FieldValue(spec, "", None) for spec in board], there, able)
    lost = record and board and not await work.adapter.held(record[0], [record[1]], board)
    return [
        *room.notes,
        *([] if able.makes_fields else await _to_make(work, [spec for spec in own if spec.name not in there[spec.entity]])),
        *await allowances(work, able),
        *([f"The board record {work.config.house.board_record} (CRM_KPI_BOARD_RECORD) is not in the CRM."] if lost else []),
    ]


async def _to_make(work: Work, specs: Sequence[FieldSpec]) -> Sequence[str]:
    """Return what people have to do for each field that is not there; nothing is sent."""
    owned = await work.ask(work.store.plans.languages, work.account)
    wanted = [replace(in_language(spec, work.config.house.language), is_owned=(spec.entity, spec.name) in owned) for spec in specs]
    receipt = await work.adapter.ensure_fields(wanted) if wanted else Receipt(())
    return [f"To do: {result.message}" for result in receipt.results if result.status is not Status.OK]
