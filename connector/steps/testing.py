"""check --write-test: proves on one record, chosen by a person, that a field can be written, read back and restored."""

import asyncio
from dataclasses import replace
from datetime import datetime

from connector.errors import AccessRefused, GuardStopped, SettingsError
from connector.kpis import fields as kpi_fields
from connector.kpis.languages import in_language
from connector.model import Entity, FieldSpec, FieldWrite, Status, text_of
from connector.steps.work import Work


async def write_test(work: Work, record: tuple[Entity, str], now: datetime) -> str:
    """Write one of our fields on this record, read it back, restore it, and return a sentence about what was seen.

    Raises:
        GuardStopped: the settings forbid writing.
        SettingsError: there is no such record.
        AccessRefused: the CRM refused the field or the value, or holds something else than was written.
    """
    if work.config.house.dry_run:
        raise GuardStopped("CRM_KPI_DRY_RUN is on, so nothing is written.")
    entity, key = record
    spec = kpi_fields.UPDATED_AT[entity]
    is_owned = (entity, spec.name) in await work.ask(work.store.plans.languages, work.account)
    receipt = await work.adapter.ensure_fields([replace(in_language(spec, work.config.house.language), is_owned=is_owned)])
    if receipt.results[0].status is not Status.OK:
        raise AccessRefused(f"The field {spec.name} cannot be made on {entity}: {receipt.results[0].message}")
    before = await _held(work, key, spec)
    wanted = text_of(now.replace(microsecond=0))
    try:
        how = await _write(work, key, spec, wanted)
        seen = await _held(work, key, spec)
    finally:
        # Also after a write that nobody answered: it may have arrived.
        await asyncio.shield(_write(work, key, spec, before))
    if seen != wanted:
        raise AccessRefused(f"{spec.name} of {entity} {key} was written as {wanted}, but the CRM holds {seen}; it was restored.")
    return " ".join(filter(None, (f"{spec.name} of {entity} {key} was written, read back and restored.", how)))


async def _held(work: Work, key: str, spec: FieldSpec) -> str | None:
    found = await work.adapter.held(spec.entity, [key], [spec])
    if not found:
        raise SettingsError(f"--write-test: the CRM has no {spec.entity} {key}.")
    return found[0].value


async def _write(work: Work, key: str, spec: FieldSpec, value: str | None) -> str:
    """Write one value, and return what the adapter says of how it did."""
    receipt = await work.adapter.write([FieldWrite(spec.entity, key, spec, value)])
    if receipt.results[0].status is not Status.OK:
        raise AccessRefused(f"{spec.name} of {spec.entity} {key} cannot be written: {receipt.results[0].message}")
    return receipt.results[0].message
